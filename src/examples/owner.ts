import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeArtifact } from '../artifact/write.ts';

const FILE = 'owner';
const OWNER = /^(\d+) (\d*)$/;

/** Says in a folder that this process keeps pictures there. @throws WeirError `write-failed` */
export async function own(folder: string): Promise<void> {
  await writeArtifact(join(folder, FILE), `${process.pid} ${await startOf(process.pid)}`, { isPrivate: true });
}

export async function disown(folder: string): Promise<void> {
  await rm(join(folder, FILE), { force: true }).catch(() => {});
}

/** The process that keeps pictures in a folder, if it runs and is another one; `null` otherwise. */
export async function otherOwner(folder: string): Promise<number | null> {
  const text = await readFile(join(folder, FILE), 'utf8').catch(() => '');
  const [, pid, start] = OWNER.exec(text) ?? [];
  if (pid === undefined || Number(pid) === process.pid) return null;
  const runs = await startOf(Number(pid));
  return runs !== '' && runs === start ? Number(pid) : null;
}

/** When a process began, in the kernel's ticks, so that one that got its number later is not taken for it; empty if it is gone. */
async function startOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // Its name, in parentheses, may hold blanks; the 20th field after it is the start (proc(5)).
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
