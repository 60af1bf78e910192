import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, WeirError } from '../errors.ts';
import { Redactor, redactUrls } from '../secrets.ts';
import { isJournal, journalText } from '../service/journal.ts';

/** Prints an error for a person and returns the exit code: the message, and what to do about it. No stack trace. */
export function reportError(error: unknown, redactor: Redactor = new Redactor()): number {
  const known = error instanceof WeirError;
  const lines = known
    ? [`weir: ${error.message}`, `  → ${error.remedy}`]
    : [
        `weir: unexpected error: ${messageOf(error)}`,
        '  → this is a defect of Weir: please report it with what you did',
      ];
  if (!known && process.env.WEIR_DEBUG && error instanceof Error) lines.push(error.stack ?? '');
  const text = redactor.redact(lines.join('\n'));
  process.stderr.write(isJournal(process.env, 2) ? journalText('error', text) : `${text}\n`);
  return known ? error.exitCode : 1;
}

/** Prints what is wrong with a command line: it quotes what was typed, which may hold a password. */
export function printUsageError(text: string): void {
  process.stderr.write(redactUrls(text));
}

/** Prints a line of results. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

const LEAVE_MS = 500;

/** Ends the process with its exit code, also when a reader of stdout has paused: what it does not take within a moment is lost. */
export async function leave(): Promise<never> {
  const giveUpMs = performance.now() + LEAVE_MS;
  while (process.stdout.writableLength > 0 && performance.now() < giveUpMs) await sleep(10);
  return process.exit();
}

/** What became of stdout. */
export interface Output {
  /** Aborted when nothing more can be written: a command then ends, and what it still prints is nobody's. */
  readonly closed: AbortSignal;
  /** 1 once results could not be written (a full disk); 0 while all is well or the reader has merely left (`| head`). */
  readonly exitCode: 0 | 1;
}

/** Watches stdout from here on; a failure to write to it is never a crash. Call once. */
export function watchStdout(): Output {
  const closed = new AbortController();
  let exitCode: Output['exitCode'] = 0;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (closed.signal.aborted) return;
    closed.abort();
    if (error.code === 'EPIPE') return;
    exitCode = 1;
    process.exitCode = 1; // the command may be over already
    process.stderr.write(`weir: cannot write the results: ${error.message}\n  → check the disk, or write elsewhere\n`);
  });
  return {
    closed: closed.signal,
    get exitCode() {
      return exitCode;
    },
  };
}
