import { messageOf, WeirError } from '../errors.ts';
import { Redactor } from '../secrets.ts';

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
  process.stderr.write(`${redactor.redact(lines.join('\n'))}\n`);
  return known ? error.exitCode : 1;
}

/** Prints a line of results. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/**
 * Aborted when the reader of stdout leaves early (`| head`): a command then ends quietly, and what it still prints is
 * nobody's.
 */
export function readerLeft(): AbortSignal {
  const left = new AbortController();
  process.stdout.on('error', () => left.abort());
  return left.signal;
}
