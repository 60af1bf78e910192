import type { PastItem } from '../sinks/past.ts';
import { type Entry, type Filter, type ScanAnswer, type ScanRequest, TYPES } from './protocol.ts';
import { withTime } from './sent-time.ts';
import { numberOf, type Row, type Sqlite, textOf, type Value } from './sqlite.ts';

/** More are not looked at in one go, so that batches are written in between. */
const MOST_SCANNED = 20_000;
/** And no more text than this is handed over at once. */
const MOST_CHARACTERS = 4_000_000;

/** Whether a message that is not on the disk yet is looked for. */
export function matches(entry: Entry, filter: Filter): boolean {
  const { cameras, questions, changesOnly, types, fromMs, toMs } = filter;
  if (cameras !== 'all' && !cameras.includes(entry.camera)) return false;
  if (!types.includes(entry.type)) return false;
  if (fromMs !== null && entry.at < fromMs) return false;
  if (toMs !== null && entry.at > toMs) return false;
  if (TYPES[entry.type] === 'camera') return true;
  if (questions !== null && !questions.includes(entry.question)) return false;
  return TYPES[entry.type] === 'event' || !changesOnly || entry.changed;
}

/** The same as a condition. Camera states are of no question; ids come from the database itself. */
function conditionOf(filter: Filter, ids: (names: readonly string[]) => readonly number[]): string {
  const { cameras, questions, changesOnly, types, fromMs, toMs } = filter;
  const within = (column: string, values: readonly number[]) => `${column} IN (${values.join(',')})`;
  return [
    ...(cameras === 'all' ? [] : [within('camera', ids(cameras))]),
    within('type', types),
    ...(questions === null ? [] : [`(type = 2 OR ${within('question', ids(questions))})`]),
    ...(changesOnly ? ['(type <> 0 OR changed)'] : []),
    ...(fromMs === null ? [] : [`at >= ${Math.ceil(fromMs)}`]),
    ...(toMs === null ? [] : [`at <= ${Math.floor(toMs)}`]),
  ].join(' AND ');
}

export interface Held {
  readonly database: Sqlite;
  /** The oldest kept and the newest known, waiting ones included. */
  readonly first: number;
  readonly last: number;
  /** Newest on the disk. */
  readonly committed: number;
  /** What waits to be written, by number; after a thread died also what was written before it could say so. */
  readonly waiting: readonly Entry[];
  /** Numbers that are lost and not noted on the disk yet. */
  readonly lost: readonly { readonly first: number; readonly last: number }[];
  /** `null` where it cannot be read. */
  readonly text: (body: Value | undefined) => string | null;
}

/** A stretch of what is kept, on the disk and on its way there. */
export function scan(held: Held, request: ScanRequest): ScanAnswer {
  const { filter, descending, limit } = request;
  const { low, high } = stretch(held, request);
  if (low > high) {
    const to = Math.max(request.after ?? 0, descending ? 0 : held.last);
    return { items: request.withGaps ? gapsWithin(held, request.after ?? 0, to) : [], to, isEnd: true };
  }
  const from = descending ? Math.max(low, high - MOST_SCANNED + 1) : low;
  const until = descending ? high : Math.min(high, low + MOST_SCANNED - 1);
  const ids = (names: readonly string[]) => idsOf(held.database, names);
  const isCameraKnown = filter.cameras === 'all' || ids(filter.cameras).length > 1;
  if (!isCameraKnown && !request.withGaps && !held.waiting.some((entry) => matches(entry, filter))) {
    return { items: [], to: descending ? low : high, isEnd: true }; // nothing of it to look for in all that is kept
  }
  const rows = held.database
    .prepare(
      `SELECT seq, at, type, body FROM messages WHERE seq BETWEEN ? AND ? AND ${conditionOf(filter, ids)}
       ORDER BY seq ${descending ? 'DESC' : 'ASC'} LIMIT ${limit}`,
    )
    .all([from, until]);
  const found: Place[] = rows.map((row) => ({ seq: numberOf(row, 'seq'), row }));
  const waiting: Place[] = held.waiting
    .filter((entry) => entry.seq > held.committed && entry.seq >= from && entry.seq <= until && matches(entry, filter))
    .map((entry) => ({ seq: entry.seq, entry }));
  const all = descending ? [...waiting.reverse(), ...found] : [...found, ...waiting];
  const items: PastItem[] = [];
  let characters = 0;
  let unread = 0;
  let to = descending ? from : until;
  for (const { seq, row, entry } of all) {
    if (items.length >= limit || characters > MOST_CHARACTERS) break;
    const text = entry?.text ?? textOfRow(held, row);
    if (text === null) {
      if (request.withGaps) items.push({ kind: 'gap', from: seq, to: seq, reason: 'expired' });
      unread++;
      continue;
    }
    items.push({ kind: 'message', seq, text });
    characters += text.length;
  }
  const looked = request.withGaps ? items.length : items.length + unread;
  const isCut = looked < all.length || looked >= limit;
  if (isCut) to = all[looked - 1]?.seq ?? to;
  if (!request.withGaps) return { items, to, isEnd: !isCut && (descending ? to <= low : to >= high) };
  const gaps = gapsWithin(held, request.after ?? 0, to);
  return { items: merged(gaps, items), to, isEnd: to >= held.last };
}

interface Place {
  readonly seq: number;
  readonly row?: Row;
  readonly entry?: Entry;
}

function textOfRow(held: Held, row: Row | undefined): string | null {
  const text = held.text(row?.body);
  if (text === null || row === undefined || TYPES[numberOf(row, 'type')] !== 'camera') return text;
  return withTime(text, numberOf(row, 'at'));
}

/** The numbers among which to look: what the times leave of what is asked. */
function stretch(held: Held, { filter, after, descending }: ScanRequest): { low: number; high: number } {
  let low = descending || after === null ? held.first : Math.max(held.first, after + 1);
  let high = descending && after !== null ? Math.min(held.last, after - 1) : held.last;
  if (filter.fromMs === null && filter.toMs === null) return { low, high };
  const row = held.database
    .prepare('SELECT min(first) AS low, max(last) AS high FROM spans WHERE atMax >= ? AND atMin <= ?')
    .get([filter.fromMs ?? Number.MIN_SAFE_INTEGER, filter.toMs ?? Number.MAX_SAFE_INTEGER]);
  const timely = held.waiting.filter(({ at }) => at >= (filter.fromMs ?? at) && at <= (filter.toMs ?? at));
  const lows = [...(row?.low == null ? [] : [numberOf(row, 'low')]), ...timely.slice(0, 1).map(({ seq }) => seq)];
  const highs = [...(row?.high == null ? [] : [numberOf(row, 'high')]), ...timely.slice(-1).map(({ seq }) => seq)];
  if (lows.length === 0) return { low: 1, high: 0 };
  low = Math.max(low, Math.min(...lows));
  high = Math.min(high, Math.max(...highs));
  return { low, high };
}

/** The oldest number kept; `null` where nothing is. */
export function firstOf(database: Sqlite): number | null {
  const row = database.prepare('SELECT min(first) AS first FROM spans').get();
  return row?.first == null ? null : numberOf(row, 'first');
}

/** An unknown name has the id 0, which none has. */
function idsOf(database: Sqlite, names: readonly string[]): number[] {
  const statement = database.prepare('SELECT id FROM names WHERE name = ?');
  return [0, ...names.map((name) => numberOf(statement.get([name]), 'id')).filter((id) => id > 0)];
}

type Gap = Extract<PastItem, { kind: 'gap' }>;

/** Numbers from `after` + 1 to `to` of which nothing is kept. */
function gapsWithin(held: Held, after: number, to: number): Gap[] {
  const gaps: Gap[] = [];
  const add = (first: number, last: number, reason: Gap['reason']) => {
    const from = Math.max(first, after + 1);
    const end = Math.min(last, to);
    if (from <= end) gaps.push({ kind: 'gap', from, to: end, reason });
  };
  add(1, held.first - 1, 'expired');
  const holes = held.database
    .prepare('SELECT first, last, reason FROM holes WHERE last > ? AND first <= ? ORDER BY first')
    .all([Math.max(after, held.first - 1), to]);
  for (const hole of holes) {
    const reason = textOf(hole, 'reason') === 'epoch' ? 'epoch' : 'expired';
    add(Math.max(held.first, numberOf(hole, 'first')), numberOf(hole, 'last'), reason);
  }
  for (const { first, last } of held.lost) add(Math.max(held.first, first), last, 'expired');
  return joined(gaps);
}

/** Neighbours of one reason are one gap. */
function joined(gaps: readonly Gap[]): Gap[] {
  const all: Gap[] = [];
  for (const gap of [...gaps].sort((a, b) => a.from - b.from)) {
    const before = all.at(-1);
    if (before?.reason === gap.reason && before.to + 1 >= gap.from) {
      all[all.length - 1] = { ...before, to: Math.max(before.to, gap.to) };
    } else all.push(gap);
  }
  return all;
}

function merged(gaps: readonly Gap[], items: readonly PastItem[]): PastItem[] {
  const place = (item: PastItem) => (item.kind === 'gap' ? item.from : item.seq);
  return [...gaps, ...items].sort((a, b) => place(a) - place(b));
}
