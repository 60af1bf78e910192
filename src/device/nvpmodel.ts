import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const TIMEOUT_MS = 2_000;
const PLACES = ['usr/sbin/nvpmodel', 'usr/bin/nvpmodel'];

/** Asks nvpmodel for the power mode. @returns its name, as `MAXN`; `null` where there is no nvpmodel or it does not say */
export async function askNvpmodel(root: string): Promise<string | null> {
  for (const place of PLACES) {
    const answer = await run(join(root, place), ['-q'], { timeout: TIMEOUT_MS }).catch(() => null);
    if (answer !== null) return parsePowerMode(answer.stdout);
  }
  return null;
}

/** Finds the mode in the output of `nvpmodel -q`, whatever warnings stand around it. */
export function parsePowerMode(output: string): string | null {
  return /^\s*NV Power Mode:\s*(\S+)/m.exec(output)?.[1] ?? null;
}
