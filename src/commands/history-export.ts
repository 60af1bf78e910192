import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { didYouMean } from '../artifact/problems.ts';
import { messageOf, usageError, WeirError } from '../errors.ts';
import { type Filter, TYPES } from '../history/protocol.ts';
import { openReader, type Reader } from '../history/reader.ts';
import { CSV_HEADER, csvLine } from '../server/csv.ts';
import { stateDirectory } from '../service/state-dir.ts';
import { requireDestination } from './destination.ts';
import type { Output } from './shell.ts';

export interface ExportOptions {
  readonly format: 'jsonl' | 'csv';
  readonly cameras?: readonly string[];
  /** Unix ms. */
  readonly from?: number;
  readonly to?: number;
  readonly types?: readonly string[];
  readonly out?: string;
  readonly stateDir?: string;
}

/** No more than so many messages are in memory at once. */
const PAGE = 500;

/**
 * Writes kept messages, oldest first, up to the newest there was at its beginning.
 *
 * @throws WeirError `history-missing`, `history-newer`, `history-unreadable`, `history-camera`, `write-failed`
 */
export async function historyExport(options: ExportOptions, output: Output): Promise<number> {
  await requireDestination(options.out);
  const reader = openReader(stateDirectory(options.stateDir, process.env));
  try {
    requireKept(reader, options.cameras ?? []);
    const lines = Readable.from(linesOf(reader, filterOf(options), options.format), { highWaterMark: 1 });
    if (options.out === undefined) await pipeline(lines, process.stdout, { end: false });
    else await pipeline(lines, createWriteStream(options.out, { mode: 0o600 }));
    return 0;
  } catch (cause) {
    if (options.out === undefined && output.closed.aborted) return output.exitCode;
    if (cause instanceof WeirError) throw cause;
    throw new WeirError('write-failed', `the export broke off: ${messageOf(cause)}`, {
      remedy: 'check the disk that it is written to; `weir history check` looks through the database',
      cause,
    });
  } finally {
    reader.close();
  }
}

/** @throws WeirError `history-camera`: of a camera nothing is kept */
function requireKept(reader: Reader, cameras: readonly string[]): void {
  const unknown = cameras.find((camera) => !reader.hasCamera(camera));
  if (unknown === undefined) return;
  const kept = reader.cameras();
  throw usageError(
    'history-camera',
    `--cameras: the history has nothing of a camera "${unknown}"${didYouMean(unknown, kept)}`,
    `it has ${kept.join(', ') || 'nothing of any camera yet'}`,
  );
}

function* linesOf(reader: Reader, filter: Filter, format: 'jsonl' | 'csv'): Generator<string> {
  const line = format === 'csv' ? csvLine : (text: string) => `${text}\n`;
  if (format === 'csv') yield CSV_HEADER;
  const { last } = reader;
  for (let after: number | null = null; ; ) {
    const answer = reader.scan({ filter, after, descending: false, limit: PAGE, withGaps: false });
    const texts = answer.items.flatMap((item) => (item.kind === 'message' && item.seq <= last ? [item.text] : []));
    if (texts.length > 0) yield texts.map(line).join('');
    after = answer.to;
    if (answer.isEnd || answer.to >= last) return;
  }
}

function filterOf({ cameras, types, from, to }: ExportOptions): Filter {
  return {
    cameras: cameras ?? 'all',
    questions: null,
    changesOnly: false,
    types: (types ?? TYPES).map((type) => (TYPES as readonly string[]).indexOf(type)),
    fromMs: from ?? null,
    toMs: to ?? null,
  };
}
