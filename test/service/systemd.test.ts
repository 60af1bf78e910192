import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../support/clips.ts';
import { describeWith } from '../support/parts.ts';
import { boot, SYSTEMD } from '../support/systemd.ts';

test('x', async () => {
    const folder = await temporaryFolder();
    const kmsg = join(folder.path, 'kmsg');
    execFileSync('mknod', ['-m', '666', kmsg, 'c', '1', '11']);
    const machine = await boot({
      command: '/usr/local/bin/node /opt/weir/test/service/inside/script.mjs',
      binds: [],
      devices: [`${kmsg}:/dev/weir-kmsg`],
      limitMs: 280_000,
    });
    console.log(machine.said);
    require('fs').writeFileSync('/tmp/s6t/seen.json', await machine.read('seen.json'));
}, 300_000);
