import { type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Processes (zombies too) whose parent is `parent`, by id, with their names. */
export function childProcesses(parent = process.pid): Map<number, string> {
  const children = new Map<number, string>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
      const [, name = '', rest = ''] = /^\d+ \((.*)\) (.*)$/s.exec(stat) ?? [];
      if (Number(rest.split(' ')[1]) === parent) children.set(Number(entry), name);
    } catch {
      // gone meanwhile
    }
  }
  return children;
}

/** The ffmpeg processes among the children. */
export function ffmpegChildren(parent = process.pid): number[] {
  return [...childProcesses(parent)].filter(([, name]) => name.startsWith('ffmpeg')).map(([pid]) => pid);
}

/** What the command lines of all ffmpegs of this process hold. */
export function commandLines(): string {
  return ffmpegChildren()
    .map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
    .join('\n');
}

/** What the process's descriptors point to, sorted. */
export function openDescriptors(pid: number | 'self' = 'self'): string[] {
  return readdirSync(`/proc/${pid}/fd`)
    .flatMap((fd) => {
      try {
        return [readlinkSync(`/proc/${pid}/fd/${fd}`).replace(/\d{3,}/g, 'N')];
      } catch {
        return [];
      }
    })
    .sort();
}

/** Waits until `condition` holds; rejects with what it was waiting for. */
export async function waitFor(
  condition: () => boolean | Promise<boolean>,
  what: string,
  timeoutMs = 25_000,
): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited ${timeoutMs} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/**
 * Runs a command to its end and gives its stdout. Rejects with its last words where it fails, and after `limitMs`: it is killed then,
 * with all that it started, as what hangs is often a child of a child.
 */
export async function runWithin(
  limitMs: number,
  command: string,
  args: readonly string[],
  options: Pick<SpawnOptions, 'cwd' | 'env'> = {},
): Promise<string> {
  // A group of its own, to be killed as one.
  const child = spawn(command, args, { ...options, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let words = '';
  let isLate = false;
  child.stdout.on('data', (data) => {
    stdout += data;
  });
  child.stderr.on('data', (data) => {
    words = `${words}${data}`.slice(-4_000);
  });
  const late = setTimeout(() => {
    isLate = true;
    killGroup(child.pid);
    child.stdout.destroy();
    child.stderr.destroy();
  }, limitMs);
  try {
    const [code] = await once(child, 'close');
    if (code === 0) return stdout;
    const end = isLate ? `took longer than ${limitMs} ms` : `ended with ${code}`;
    throw new Error(`${[command, ...args].join(' ')} ${end}: ${words}`);
  } finally {
    clearTimeout(late);
  }
}

function killGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, 'SIGKILL');
  } catch {
    // ended by itself meanwhile
  }
}
