import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { configurationOf, renderUnit } from '../../src/service/unit.ts';
import { temporaryFolder } from '../support/clips.ts';
import { ROOT } from '../support/daemon.ts';
import { describeWith } from '../support/parts.ts';
import { SYSTEMD } from '../support/systemd.ts';

const template = await readFile(join(ROOT, 'systemd/weir.service'), 'utf8');
const settings = {
  command: ['/usr/bin/node', '/opt/weir/main.js', 'run', '--config', '/etc/weir/weir.yaml'],
  configuration: '/etc/weir/weir.yaml',
  fromHomes: [],
};

describe('the unit of an installation', () => {
  test('starts it with its configuration, and is the shipped one otherwise', () => {
    const unit = renderUnit(template, settings);
    expect(unit).toContain('\nExecStart=/usr/bin/node /opt/weir/main.js run --config /etc/weir/weir.yaml\n');
    const without = (text: string) => text.replace(/^ExecStart=.*$/m, '');
    expect(without(unit.slice(unit.indexOf('\n') + 1))).toBe(without(template));
    expect(configurationOf(unit)).toBe('/etc/weir/weir.yaml');
    expect(configurationOf(template)).toBeNull();
  });

  test('quotes what systemd would read otherwise', () => {
    const unit = renderUnit(template, { ...settings, command: ['/opt/my node/node', '/opt/100%/$x/main.js', 'a"b'] });
    expect(unit).toContain('\nExecStart="/opt/my node/node" "/opt/100%%/$$x/main.js" "a\\"b"\n');
  });

  test('shows an installation below a home, and nothing else there', () => {
    const unit = renderUnit(template, { ...settings, fromHomes: ['/home/me/weir', '/home/me/my node'] });
    expect(unit).toContain(
      '\nProtectHome=tmpfs\nBindReadOnlyPaths=/home/me/weir\nBindReadOnlyPaths="/home/me/my node"\n',
    );
    expect(unit).not.toContain('ProtectHome=yes');
  });
});

describeWith([SYSTEMD], 'systemd-analyze', () => {
  test('finds nothing wrong with the units, and them little exposed', async () => {
    const folder = await temporaryFolder();
    const path = join(folder.path, 'weir.service');
    const command = [process.execPath, join(ROOT, 'dist/src/main.js'), 'run', '--config', '/etc/weir/weir.yaml'];
    await writeFile(path, renderUnit(template, { ...settings, command }));
    const analyze = promisify(execFile);
    const { stderr } = await analyze('systemd-analyze', ['verify', '--man=no', path]);
    expect(stderr.split('\n').filter((line) => line.includes('weir'))).toEqual([]);
    const { stdout } = await analyze('systemd-analyze', ['security', '--offline=true', '--no-pager', path]);
    expect(Number(/exposure level for weir\.service: ([\d.]+)/.exec(stdout)?.[1])).toBeLessThanOrEqual(2);
    await folder.remove();
  });
});
