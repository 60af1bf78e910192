import { constants } from 'node:fs';
import { open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeArtifact } from '../artifact/write.ts';
import { messageOf } from '../errors.ts';
import type { Clock } from '../types.ts';
import type { Alert } from './alert.ts';
import { type ToldAlert, ToldAlerts } from './told.ts';
import { readLines, type Settled, type ToldLine, textOfLine, textOfLines } from './told-lines.ts';

export interface JournalParts {
  /** Its folder is made with the first alert. */
  readonly path: string;
  /** Alerts that are older go. */
  readonly keepDays: number;
  readonly clock: Pick<Clock, 'unixMs' | 'monotonicMs'>;
  /** Is told what is wrong with the file, or with the disk; that once until it takes alerts again. */
  readonly onTrouble: (text: string) => void;
}

const MS_PER_DAY = 86_400_000;
const LOOK_MS = 3_600_000;
/** So many lines are added before the file is written anew, without what is not needed any more. */
const MOST_ADDED = 600;
/** Nothing of ours is as large. */
const MOST_BYTES = 16_000_000;
/** Nobody waits longer for a disk. */
const PATIENCE_MS = 1_000;

/**
 * The newest alerts on disk, a line each, added at the end: they outlive the daemon, however it ends. Where the disk refuses
 * them they are in memory, and the next one that it takes brings all.
 */
export class AlertJournal {
  readonly #parts: JournalParts;
  readonly #told = new ToldAlerts();
  #waiting: ToldLine[] = [];
  #added = 0;
  /** What is on disk does not lead to what is to be there by adding lines. */
  #isAnew = true;
  #isTroubled = false;
  #turn: Promise<void> = Promise.resolve();
  /** The last turn has not begun: it takes what comes now. */
  #isDue = false;
  #timer: NodeJS.Timeout | null = null;

  private constructor(parts: JournalParts) {
    this.#parts = parts;
  }

  /** Opens a journal with what is in it. A file that cannot be read is put aside: never throws. */
  static async open(parts: JournalParts): Promise<AlertJournal> {
    const journal = new AlertJournal(parts);
    await removeLeft(parts.path, journal.#keptFromMs());
    await journal.#read();
    journal.#timer = setInterval(() => void journal.look(), LOOK_MS);
    journal.#timer.unref();
    return journal;
  }

  /** Newest first. */
  get recent(): readonly ToldAlert[] {
    return this.#told.recent;
  }

  /** How often a rule told, and when last (a Unix time in milliseconds; `null`: never). */
  countOf(rule: string): { readonly raised: number; readonly lastAtMs: number | null } {
    return { raised: this.#told.raised(rule), lastAtMs: this.#told.lastAtMs(rule) };
  }

  /** When a rule last told of its places, as readings of the monotonic clock. @param of the rule's fingerprint */
  lastOf(rule: string, of: string): ReadonlyMap<string, number> {
    const { clock } = this.#parts;
    const [unixMs, monotonicMs] = [clock.unixMs(), clock.monotonicMs()];
    const ages = [...this.#told.places(rule, of)].map(([place, atMs]) => [place, unixMs - atMs] as const);
    // Of tomorrow: the clock was set back, and nobody knows when it was. Once too often is better than never.
    return new Map(ages.filter(([, ageMs]) => ageMs >= 0).map(([place, ageMs]) => [place, monotonicMs - ageMs]));
  }

  /** Counts and keeps an alert; `kept` says when it is on disk. @param of the rule's fingerprint */
  raise(alert: Alert, of: string): void {
    this.#put({ raised: alert, of });
  }

  /** Resolves when an alert is on disk or the disk refuses it, after a second in any case; one of an earlier run that is not there is taken in. */
  async kept(alert: Alert): Promise<void> {
    const isGone = alert.atMs < this.#keptFromMs() || this.#told.knows(alert);
    if (!isGone) this.raise(alert, this.#told.of(alert.rule));
    await this.#soon();
  }

  settle(alert: Pick<Alert, 'id'>, target: string, outcome: Settled): void {
    this.#put({ outcome, target, alert: alert.id });
  }

  /** Lets go of what is too old, here and on disk, and tries a disk again that refused. */
  async look(): Promise<void> {
    if (this.#told.expire(this.#keptFromMs())) this.#isAnew = true;
    else if (!this.#isTroubled) return;
    await this.#write();
  }

  /** Ends when all is on disk, or after a second. */
  async close(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    if (this.#isTroubled) void this.#write();
    await this.#soon();
  }

  #keptFromMs(): number {
    return this.#parts.clock.unixMs() - this.#parts.keepDays * MS_PER_DAY;
  }

  #put(line: ToldLine): void {
    this.#told.take(line);
    // What a disk is too slow for is written with all the rest.
    if (this.#waiting.length >= MOST_ADDED) this.#isAnew = true;
    else this.#waiting.push(line);
    void this.#write();
  }

  async #soon(): Promise<void> {
    const stop = new AbortController();
    const late = sleep(PATIENCE_MS, undefined, { signal: stop.signal, ref: false }).catch(() => {});
    await Promise.race([this.#turn, late]).finally(() => stop.abort());
  }

  /** One after the other; what comes while one is under way goes with the next. */
  #write(): Promise<void> {
    if (this.#isDue) return this.#turn;
    this.#isDue = true;
    this.#turn = this.#turn.then(() => {
      this.#isDue = false;
      return this.#flush();
    });
    return this.#turn;
  }

  async #flush(): Promise<void> {
    const { path, onTrouble } = this.#parts;
    const lines = this.#waiting;
    if (lines.length === 0 && !this.#isAnew) return;
    this.#waiting = [];
    const isAnew = this.#isAnew || this.#added + lines.length > MOST_ADDED;
    this.#isAnew = false;
    try {
      if (isAnew || !(await appended(path, lines))) {
        this.#waiting = []; // all of it is in what is written now
        this.#told.expire(this.#keptFromMs());
        await writeArtifact(path, textOfLines(this.#told.lines), { isPrivate: true });
        this.#added = 0;
      } else this.#added += lines.length;
      this.#isTroubled = false;
    } catch (error) {
      this.#isAnew = true; // half a line may be there
      if (!this.#isTroubled) onTrouble(`the list of alerts is kept in memory only: ${messageOf(error)}`);
      this.#isTroubled = true;
    }
  }

  async #read(): Promise<void> {
    const { path } = this.#parts;
    try {
      const found = await stat(path);
      if (!found.isFile()) throw new Error('it is no file');
      if (found.size > MOST_BYTES) throw new Error(`it is larger than ${MOST_BYTES} bytes`);
      const { lines, isTorn, broken } = readLines(await readFile(path, 'utf8'));
      for (const line of lines) this.#told.take(line);
      this.#added = lines.length;
      const hasOld = this.#told.expire(this.#keptFromMs());
      this.#isAnew = isTorn || broken > 0 || hasOld;
      if (broken > 0) await this.#putAside(`${broken} of ${broken + lines.length} lines cannot be read`);
    } catch (error) {
      if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return;
      await this.#putAside(messageOf(error));
    }
    if (this.#isAnew) await this.#write();
  }

  async #putAside(why: string): Promise<void> {
    const { path, onTrouble } = this.#parts;
    const aside = asideOf(path);
    const where = await rename(path, aside).then(
      () => `it is kept as ${aside}`,
      (error: unknown) => `it cannot be put aside (${messageOf(error)})`,
    );
    onTrouble(`the list of alerts ${path} cannot be read whole, ${where}: ${why}`);
  }
}

function asideOf(path: string): string {
  return `${path}.unreadable`;
}

/** What a crash left of a file that was written anew has another name. What was put aside holds alerts: it stays as long as they would. */
async function removeLeft(path: string, keptFromMs: number): Promise<void> {
  const names = await readdir(dirname(path)).catch(() => []);
  const aside = await stat(asideOf(path)).catch(() => null);
  if (aside?.isFile() && aside.mtimeMs < keptFromMs) await rm(asideOf(path), { force: true }).catch(() => {});
  const left = names.filter((name) => name.startsWith(`${basename(path)}.`) && name.endsWith('.tmp'));
  await Promise.all(left.map((name) => rm(join(dirname(path), name), { force: true }).catch(() => {})));
}

/** @returns whether the file is there, and now holds that too */
async function appended(path: string, lines: readonly ToldLine[]): Promise<boolean> {
  const { O_WRONLY, O_APPEND, O_NOFOLLOW } = constants;
  const file = await open(path, O_WRONLY | O_APPEND | O_NOFOLLOW).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (file === null) return false;
  try {
    await file.writeFile(lines.map(textOfLine).join(''));
    // What became of an alert is not worth it.
    if (lines.some((line) => 'raised' in line)) await file.datasync();
  } finally {
    await file.close();
  }
  return true;
}
