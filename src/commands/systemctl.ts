import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { messageOf, WeirError } from '../errors.ts';

const run = promisify(execFile);
/** Longer than a unit may take to start. */
const LIMIT_MS = 240_000;

/** @throws WeirError `no-systemd`, `not-root` */
export function requireSystemd(): void {
  if (!existsSync('/run/systemd/system')) {
    throw new WeirError('no-systemd', 'this machine is not run by systemd', {
      remedy: 'start `weir run --config F` by what starts services here; it ends orderly on SIGTERM',
    });
  }
  if (process.geteuid?.() !== 0) {
    throw new WeirError('not-root', 'a service is installed by root', { remedy: 'say it again with sudo' });
  }
}

/** @throws WeirError `systemctl-failed` with what it said */
export async function systemctl(...args: string[]): Promise<void> {
  try {
    await run('systemctl', args, { timeout: LIMIT_MS });
  } catch (cause) {
    const said = (cause as { stderr?: string }).stderr?.trim() || messageOf(cause);
    throw new WeirError('systemctl-failed', `systemctl ${args.join(' ')}: ${said}`, {
      remedy: 'see `systemctl status weir` and `journalctl -u weir`',
      cause,
    });
  }
}

/** The last lines that a unit wrote to the journal; empty if they cannot be had. */
export async function lastLines(unit: string, count: number): Promise<string> {
  const args = ['-u', unit, '-n', String(count), '-o', 'cat', '--no-pager'];
  return await run('journalctl', args, { timeout: LIMIT_MS }).then(
    ({ stdout }) => stdout.trimEnd(),
    () => '',
  );
}
