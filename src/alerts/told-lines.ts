import { z } from 'zod';
import type { Alert } from './alert.ts';

/** What became of an alert at a target, once that is settled. */
export type Settled = 'delivered' | 'refused';

const SCHEMA = 'weir.alert-journal/1';
const atMs = z.number();
const alertSchema = z.strictObject({
  schema: z.literal('weir.alert/1'),
  id: z.string(),
  isTest: z.boolean(),
  rule: z.string(),
  camera: z.string(),
  question: z.string().nullable(),
  label: z.string(),
  confidence: z.number().nullable(),
  track: z.number().nullable(),
  atMs,
  sinceMs: z.number(),
  stream: z.number().nullable(),
  ptsSeconds: z.number().nullable(),
  epoch: z.string(),
  seq: z.number(),
  text: z.string(),
}) satisfies z.ZodType<Alert>;

const settled = z.enum(['delivered', 'refused']);
const raised = z.strictObject({ raised: alertSchema, of: z.string() });
const outcome = z.strictObject({ outcome: settled, target: z.string(), alert: z.string() });
const kept = z.strictObject({ kept: alertSchema, outcomes: z.record(z.string(), settled) });
const rule = z.strictObject({
  rule: z.string(),
  of: z.string(),
  raised: z.int().min(0),
  lastAtMs: atMs,
  places: z.record(z.string(), atMs),
});
const line = z.union([raised, outcome, kept, rule]);

/** A line of the journal: an alert that is counted with it, what became of one, and in what is written anew alerts and counts so far. */
export type ToldLine = z.infer<typeof line>;

/** What a journal's text holds. */
export interface ReadLines {
  readonly lines: readonly ToldLine[];
  /** The last line is not whole: what a crash left. */
  readonly isTorn: boolean;
  /** Lines in between that cannot be read. */
  readonly broken: number;
}

/** @throws Error where it is no journal, or one of another version */
export function readLines(text: string): ReadLines {
  const [head = '', ...rows] = text.split('\n');
  // A crash at the very beginning leaves nothing, or a part of the first line.
  if (rows.length === 0 && headLine().startsWith(head)) return { lines: [], isTorn: true, broken: 0 };
  const schema = (jsonOf(head) as { schema?: unknown } | null)?.schema;
  if (schema !== SCHEMA) throw new Error(`it does not begin as a ${SCHEMA}`);
  const isTorn = rows.pop() !== '';
  const found = rows.map((row) => line.safeParse(jsonOf(row)).data ?? null);
  const lines = found.filter((one) => one !== null);
  return { lines, isTorn, broken: found.length - lines.length };
}

export function textOfLine(of: ToldLine): string {
  return `${JSON.stringify(of)}\n`;
}

export function textOfLines(lines: readonly ToldLine[]): string {
  return `${headLine()}\n${lines.map(textOfLine).join('')}`;
}

function headLine(): string {
  return JSON.stringify({ schema: SCHEMA });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
