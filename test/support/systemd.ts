import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Part } from './parts.ts';
import { runWithin } from './processes.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** A small Debian 12 that boots; built once, kept between runs, never written to. */
const TREE = join(ROOT, '.cache/debian-12-systemd');
/** Held by whoever builds or boots: two machines would share their control group, and files of tests run side by side. */
const LOCK = `${TREE}.lock`;

export const SYSTEMD: Part = {
  name: 'systemd-nspawn and debootstrap as root',
  present: process.geteuid?.() === 0 && existsSync('/usr/bin/systemd-nspawn') && existsSync('/usr/sbin/debootstrap'),
  remedy: 'apt-get install systemd-container debootstrap, and run the tests as root',
};

const DEBIAN = '--variant=minbase --include=systemd,systemd-sysv,dbus bookworm';

/** What it may take to build the tree where there is none: it comes on top of a boot's own limit. */
export const TREE_TIMEOUT_MS = 300_000;

export interface BootSettings {
  /** A command line of the booted machine; it runs as root once that is up and powers it off when it ends. */
  readonly command: string;
  /** Files and folders of this machine to be seen inside, read-only: `HERE:THERE`. */
  readonly binds: readonly string[];
  /** Device nodes of this machine to be seen inside. */
  readonly devices?: readonly string[];
  /** Leave out Node and the project: a machine that never had either. */
  readonly bare?: boolean;
  /** For all of it, with the wait for another machine that is booted. */
  readonly limitMs: number;
}

export interface Booted {
  /** Everything that the command wrote to stdout and stderr. */
  readonly said: string;
  /** A file that the command wrote below /out. */
  read(name: string): Promise<string>;
  remove(): Promise<void>;
}

/**
 * Boots a Debian 12 of its own with a real systemd, runs a command in it and resolves when it is powered off again. Node is there as
 * /usr/local/bin/node, the project as /opt/weir, both read-only; what the command leaves in /out can be read afterwards. It
 * reaches no network, and nothing of this machine but what is bound.
 */
export async function boot({ command, binds, devices = [], bare = false, limitMs }: BootSettings): Promise<Booted> {
  await requireTree();
  const folder = await mkdtemp(join(tmpdir(), 'weir-systemd-'));
  await chmod(folder, 0o755);
  const unit = join(folder, 'weir-test.service');
  await writeFile(unit, testUnit(command));
  const project = [`${process.execPath}:/usr/local/bin/node`, `${ROOT}:/opt/weir`];
  const args = [
    ...['--no-fork', LOCK, 'systemd-nspawn'],
    ...['-D', TREE, '--volatile=overlay', '--register=no', '--keep-unit', '--boot', '--private-network'],
    // Rules about devices are programs that systemd loads into the kernel.
    '--system-call-filter=bpf',
    `--bind=${folder}:/out`,
    ...[...(bare ? [] : project), ...binds].map((bind) => `--bind-ro=${bind}`),
    `--bind-ro=${unit}:/etc/systemd/system/weir-test.service`,
    ...devices.map((device) => `--bind=${device}`),
    'systemd.wants=weir-test.service',
  ];
  const env = { ...process.env, SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: '1' };
  const booting = run('flock', args, { env, timeout: limitMs, killSignal: 'SIGKILL', maxBuffer: 1 << 26 });
  booting.child.stdin?.end();
  const console = await booting.then(
    ({ stdout }) => stdout,
    (error: { stdout?: string; stderr?: string }) => `${error.stdout}\n${error.stderr}`,
  );
  const said = await readFile(join(folder, 'said'), 'utf8').catch(
    () => `nothing; the console:\n${console.slice(-4000)}`,
  );
  return {
    said,
    read: (name) => readFile(join(folder, name), 'utf8'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function testUnit(command: string): string {
  return `[Unit]
Description=What the test does
After=multi-user.target
[Service]
Type=oneshot
TimeoutStartSec=infinity
StandardOutput=truncate:/out/said
StandardError=inherit
ExecStart=${command}
ExecStopPost=/bin/systemctl poweroff --no-block
`;
}

/** Builds the tree where there is none. Of several that ask at once one builds, and the others wait for it. */
async function requireTree(): Promise<void> {
  if (existsSync(TREE)) return;
  const unfinished = `${TREE}.${process.pid}`;
  await mkdir(unfinished, { recursive: true });
  // What is mounted below the tree ends with the building: nothing of this machine is there when the tree is removed.
  const script = `[ -e "$0" ] || { unshare --mount debootstrap ${DEBIAN} "$1" && mv -T "$1" "$0"; }`;
  try {
    await runWithin(TREE_TIMEOUT_MS, 'flock', [LOCK, 'sh', '-c', script, TREE, unfinished]);
  } finally {
    await rm(unfinished, { recursive: true, force: true, maxRetries: 5 });
  }
}
