import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { WeirError } from '../errors.ts';
import type { LabelArchive, LabelQuery } from '../sinks/past.ts';
import { CSV_HEADER, csvLine } from './csv.ts';
import { type PaceBounds, ReadingPace } from './reading-pace.ts';

export interface FileBounds extends PaceBounds {
  readonly atOnce: number;
  /** Of one token at once: others want files too. */
  readonly ofOneToken: number;
  /** Whoever takes nothing for so long is cut off. */
  readonly stallMs: number;
}

export const FILE_BOUNDS: FileBounds = {
  atOnce: 4,
  ofOneToken: 2,
  stallMs: 30_000,
  leastBytesPerSecond: 4_000,
  graceMs: 60_000,
};

/** A file is made of pages of so many messages: no more of it is in memory at once. */
const PAGE = 500;
/** It is handed over in pieces of about so many characters: whoever reads slowly is seen to read. */
const PIECE_CHARACTERS = 64 * 1024;

export interface FileWish {
  readonly format: 'csv' | 'jsonl';
  readonly limit?: number | undefined;
  /** Number of the newest message: what comes while the file is written is not in it, it would have no end. */
  readonly last: number;
}

/** Kept messages as files. Each may go through all that is kept, so there are few at once. */
export class LabelFiles {
  readonly #bounds: FileBounds;
  #open = 0;
  /** By the ids of tokens. */
  readonly #ofTokens = new Map<string, number>();

  constructor(bounds: FileBounds = FILE_BOUNDS) {
    this.#bounds = bounds;
  }

  /** @throws WeirError `exports-busy`; of the history, before the file begins */
  async send(
    { method, principal }: Pick<FastifyRequest, 'method' | 'principal'>,
    reply: FastifyReply,
    archive: LabelArchive,
    query: Omit<LabelQuery, 'limit'>,
    { format, limit = Number.POSITIVE_INFINITY, last }: FileWish,
  ): Promise<FastifyReply> {
    this.#take(principal.token, reply.raw);
    const page = (afterSeq: number | undefined, left: number) =>
      archive.labels({ ...query, ...(afterSeq === undefined ? {} : { afterSeq }), limit: Math.min(PAGE, left) });
    const first = await page(query.afterSeq, limit); // what cannot be read is told before the file begins
    const line = format === 'csv' ? csvLine : (text: string) => `${text}\n`;
    async function* lines() {
      if (format === 'csv') yield CSV_HEADER;
      let left = limit;
      for (let { items, next } = first; ; { items, next } = await page(next, left)) {
        const own = items.filter(({ seq }) => seq <= last);
        yield* piecesOf(own.map(({ text }) => line(text)));
        left -= own.length;
        if (next === null || left <= 0 || (query.order === 'oldest' && next >= last)) return;
      }
    }
    void reply.header('Content-Disposition', `attachment; filename="weir-labels.${format}"`);
    void reply.type(format === 'csv' ? 'text/csv; charset=utf-8; header=present' : 'application/jsonl; charset=utf-8');
    // Nobody reads it, so nothing would slow it down.
    if (method === 'HEAD') return reply.send();
    return reply.send(Readable.from(this.#watched(lines(), reply.raw), { highWaterMark: 1 }));
  }

  /** @param token whoever comes without one has no name: all of them together may have every place */
  #take(token: string | undefined, response: ServerResponse): void {
    const own = token === undefined ? 0 : (this.#ofTokens.get(token) ?? 0);
    const isOwn = own >= this.#bounds.ofOneToken;
    if (isOwn || this.#open >= this.#bounds.atOnce) {
      const which = isOwn
        ? `${own} files of kept labels are being written for this token`
        : `${this.#open} files of kept labels are being written`;
      throw new WeirError('exports-busy', `${which} already`, {
        remedy: 'try again when one of them is done, or ask for pages: format=json',
      });
    }
    if (response.closed) return; // whoever asked is gone
    this.#count(token, 1);
    response.once('close', () => this.#count(token, -1));
  }

  #count(token: string | undefined, by: 1 | -1): void {
    this.#open += by;
    if (token === undefined) return;
    const own = (this.#ofTokens.get(token) ?? 0) + by;
    if (own === 0) this.#ofTokens.delete(token);
    else this.#ofTokens.set(token, own);
  }

  /** Cuts off who takes nothing, or too little, but not while it is looked for what is to be written. */
  async *#watched(pieces: AsyncIterable<string>, response: ServerResponse): AsyncGenerator<string> {
    const pace = new ReadingPace(this.#bounds);
    let timer: NodeJS.Timeout | undefined;
    const wait = () => {
      response.setTimeout(this.#bounds.stallMs);
      timer = setTimeout(() => response.destroy(), pace.leftMs).unref();
    };
    response.once('timeout', () => response.destroy()).once('close', () => clearTimeout(timer));
    for await (const piece of pieces) {
      const fromMs = performance.now();
      wait();
      yield piece;
      clearTimeout(timer);
      response.setTimeout(0);
      pace.took(piece.length, performance.now() - fromMs);
    }
    wait(); // until its end has been taken too
  }
}

function* piecesOf(lines: readonly string[]): Generator<string> {
  let piece = '';
  for (const line of lines) {
    piece += line;
    if (piece.length < PIECE_CHARACTERS) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}
