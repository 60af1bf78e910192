import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './daemon.ts';
import type { Part } from './parts.ts';

/** A Debian 12 with systemd and nothing else; made once, for it takes a minute or two. */
const DEBIAN = join(ROOT, '.cache/debian-12');
const TOOLS = ['/usr/bin/systemd-nspawn', '/usr/sbin/debootstrap'];

export const CONTAINERS: Part = {
  name: 'systemd-nspawn as root',
  present: process.getuid?.() === 0 && TOOLS.every((tool) => existsSync(tool)),
  remedy: 'apt-get install systemd-container debootstrap, and be root',
};

/** A machine with Debian 12 and a running systemd, without a network. */
export interface Container {
  readonly root: string;
  remove(): void;
}

export function makeContainer(): Container {
  if (!existsSync(DEBIAN)) {
    const making = `${DEBIAN}.${process.pid}`;
    const packages = '--include=systemd,systemd-sysv,dbus';
    execFileSync('debootstrap', ['--variant=minbase', packages, 'bookworm', making], { stdio: 'ignore' });
    renameSync(making, DEBIAN);
  }
  const root = join(mkdtempSync(join(tmpdir(), 'weir-test-container-')), 'root');
  execFileSync('cp', ['-a', DEBIAN, root]);
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}

/**
 * Boots the container, runs a script in it as root, and powers it off.
 *
 * @param script for bash; its output and errors go to `log`, files that it writes to /results are handed back by name
 */
export async function bootAndRun(
  { root }: Container,
  script: string,
  timeoutMs: number,
): Promise<{ log: string; results: Readonly<Record<string, string>> }> {
  mkdirSync(join(root, 'results'), { recursive: true });
  writeFileSync(join(root, 'script.sh'), script);
  writeFileSync(
    join(root, 'etc/systemd/system/script.service'),
    '[Unit]\nAfter=multi-user.target\nSuccessAction=poweroff\nFailureAction=poweroff\n[Service]\nType=oneshot\n' +
      'ExecStart=/bin/bash -c "exec /bin/bash -x /script.sh >/results/log 2>&1"\n',
  );
  const wants = join(root, 'etc/systemd/system/default.target.wants');
  mkdirSync(wants, { recursive: true });
  rmSync(join(wants, 'script.service'), { force: true });
  symlinkSync('../script.service', join(wants, 'script.service'));

  const flags = ['--quiet', '--register=no', '--keep-unit', '--boot', '--private-network'];
  const machine = spawn('systemd-nspawn', ['-D', root, ...flags], { stdio: 'ignore', timeout: timeoutMs });
  await once(machine, 'close');
  const names = readdirSync(join(root, 'results'));
  const results = Object.fromEntries(names.map((name) => [name, readFileSync(join(root, 'results', name), 'utf8')]));
  return { log: results.log ?? '', results };
}

/** Lays a file into the container. */
export function put(container: Container, from: string, path: string): void {
  cpSync(from, join(container.root, path));
}
