import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, WeirError } from '../errors.ts';
import { DATABASE } from '../history/open-store.ts';
import { quarantined } from '../history/quarantine.ts';
import { type Findings, withReader } from '../history/reader.ts';
import { isCorruption } from '../history/sqlite.ts';
import { stateDirectory } from '../service/state-dir.ts';
import { print } from './shell.ts';

const NOTHING = { messages: 0, first: 1, last: 0, epochs: 0, holes: 0, fromMs: 0, toMs: 0 };

/**
 * Looks through the database and tells what is in it.
 *
 * @returns 0 where it is sound, else 1
 * @throws WeirError `history-missing`, `history-newer`
 */
export async function historyCheck(options: { readonly stateDir?: string; readonly json?: boolean }): Promise<number> {
  const stateDir = stateDirectory(options.stateDir, process.env);
  const found = findings(stateDir);
  const path = join(stateDir, 'history', DATABASE);
  const bytes = ['', '-wal'].reduce((sum, part) => sum + (existsSync(path + part) ? statSync(path + part).size : 0), 0);
  const aside = quarantined(path);
  const isSound = found.problems.length === 0;
  if (options.json) {
    print(JSON.stringify({ schema: 'weir.history-check/1', sound: isSound, bytes, ...found, quarantined: aside }));
    return isSound ? 0 : 1;
  }
  print(`${path}: ${isSound ? 'sound' : 'NOT sound'}, ${(bytes / 1e6).toFixed(1)} MB`);
  for (const problem of found.problems) print(`  ${problem}`);
  const { messages, first, last, epochs, holes, fromMs, toMs } = found;
  if (messages > 0) {
    const [from, to] = [new Date(fromMs).toISOString(), new Date(toMs).toISOString()];
    print(
      `${messages} messages, ${first} to ${last}, ${from} to ${to}; ${epochs} epochs, ${holes} numbers not written`,
    );
  }
  for (const name of aside) print(`set aside as corrupt: ${name}`);
  return isSound ? 0 : 1;
}

function findings(stateDir: string): Findings {
  try {
    return withReader(stateDir, (reader) => reader.check());
  } catch (error) {
    const cause = error instanceof WeirError ? error.cause : error;
    if (!isCorruption(cause)) throw error;
    return { ...NOTHING, problems: [messageOf(cause)] };
  }
}
