import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { WeirError } from '../errors.ts';
import { mayRead, type Principal } from '../principal.ts';
import type { LabelArchive, LabelQuery } from '../sinks/past.ts';
import { principalOf, type Routes } from './api.ts';
import { CSV_HEADER, csvLine } from './csv.ts';
import { type LabelsQuery, labelsQuery, parsed } from './requests.ts';

export interface LabelsService {
  /** `null`: nothing is kept. */
  readonly archive: () => LabelArchive | null;
  /** Number of the newest message. */
  readonly last: () => number;
}

const USUAL_LIMIT = 100;
/** A file is made of pages of so many messages: no more of it is in memory at once. */
const PAGE = 500;

/** `/api/labels`: what was said before, a page at a time, or all of it as a file. */
export function labelsRoutes({ archive, last }: LabelsService): Routes {
  return (app) => {
    app.get('/api/labels', async (request, reply) => {
      const query = parsed(labelsQuery, request.query);
      const asked = queryOf(query, principalOf(request));
      const kept = archive() ?? historyOff();
      if (query.format !== 'json') return await sendFile(reply, kept, asked, { ...query, last: last() });
      const { items, next } = await kept.labels({ ...asked, limit: query.limit ?? USUAL_LIMIT });
      // As they were sent: they are not taken apart to be put together again.
      const text = `{"items":[${items.map((item) => item.text).join(',')}],"next":${JSON.stringify(next?.toString() ?? null)}}`;
      return reply.type('application/json; charset=utf-8').send(text);
    });
  };
}

function queryOf(query: LabelsQuery, principal: Principal): Omit<LabelQuery, 'limit'> {
  const { camera, question, from, to, every, types, cursor, order } = query;
  for (const id of camera ?? []) {
    if (mayRead(principal, id)) continue;
    throw new WeirError('camera-unknown', `there is no camera "${id}"`, { remedy: 'GET /api/cameras lists them' });
  }
  return {
    cameras: camera ?? principal.cameras,
    ...(question === undefined ? {} : { questions: question }),
    ...(from === undefined ? {} : { fromMs: from }),
    ...(to === undefined ? {} : { toMs: to }),
    every,
    types,
    ...(cursor === undefined ? {} : { afterSeq: cursor }),
    order,
  };
}

async function sendFile(
  reply: FastifyReply,
  archive: LabelArchive,
  query: Omit<LabelQuery, 'limit'>,
  { format, limit = Number.POSITIVE_INFINITY, last }: LabelsQuery & { readonly last: number },
): Promise<FastifyReply> {
  const page = (afterSeq: number | undefined, left: number) =>
    archive.labels({ ...query, ...(afterSeq === undefined ? {} : { afterSeq }), limit: Math.min(PAGE, left) });
  const first = await page(query.afterSeq, limit); // what cannot be read is told before the file begins
  const line = format === 'csv' ? csvLine : (text: string) => `${text}\n`;
  async function* parts() {
    if (format === 'csv') yield CSV_HEADER;
    let left = limit;
    for (let { items, next } = first; ; { items, next } = await page(next, left)) {
      // What comes while it is written is not in it: it would have no end.
      const own = items.filter(({ seq }) => seq <= last);
      if (own.length > 0) yield own.map(({ text }) => line(text)).join('');
      left -= own.length;
      if (next === null || left <= 0 || (query.order === 'oldest' && next >= last)) return;
    }
  }
  void reply.header('Content-Disposition', `attachment; filename="weir-labels.${format}"`);
  void reply.type(format === 'csv' ? 'text/csv; charset=utf-8; header=present' : 'application/jsonl; charset=utf-8');
  return reply.send(Readable.from(parts(), { highWaterMark: 1 }));
}

function historyOff(): never {
  throw new WeirError('history-off', 'no history is kept', {
    remedy: 'set `history.enabled: true` in the configuration, and restart Weir',
  });
}
