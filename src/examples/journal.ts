import { z } from 'zod';
import { OTHER, UNCLEAR } from '../words.ts';
import type { Example } from './example.ts';
import { type Nearest, THUMBNAIL_BYTES } from './likeness.ts';
import type { Pieces } from './pieces.ts';

const finite = z.number().finite();
const count = z.int().min(0);

/** The name of a question, as in truth files. */
export const questionId = z
  .string()
  .regex(/^[A-Za-z0-9][\w-]{0,62}$/, 'must be 1 to 63 characters of letters, digits, "-" and "_"');
const EXAMPLE_ID = /^[0-9a-z]{1,12}$/;
export const exampleId = z.string().regex(EXAMPLE_ID, 'must be the id of an example, as in the list');

/** What a person says of a frame: the name of a class, `~`, or nothing any more. */
export const labelName = z
  .string()
  .refine((name) => name === name.trim() && name.length >= 1 && name.length <= 64 && !/\p{Cc}/u.test(name), {
    message: 'must be the name of a class, 1 to 64 characters without blanks around it',
  })
  .refine((name) => name !== OTHER, {
    message: `"${OTHER}" is the answer to what was never taught; for a picture that is unclear say "${UNCLEAR}"`,
  });

const answered = z.strictObject({
  question: z.string(),
  label: z.string().nullable(),
  classId: z.string().nullable(),
  confidence: finite.nullable(),
  right: finite,
});

const example = z.strictObject({
  id: exampleId,
  takenAtMs: finite,
  stream: count,
  ptsSeconds: finite,
  reason: z.enum(['unsure', 'random']),
  width: z.int().positive(),
  height: z.int().positive(),
  bytes: count,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  answers: z.array(answered),
  labels: z.record(questionId, labelName),
});

const change = z.strictObject({ example: exampleId, question: questionId, label: labelName.nullable() });

/** A label of an example; `null` takes it away. */
export type LabelChange = Readonly<z.infer<typeof change>>;

/** A line of a journal. What stands in one line happened as a whole, or not at all. */
const record = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('kept'),
    example,
    /** Base64 of the picture's thumbnail. */
    thumbnail: z.base64().refine((text) => Buffer.byteLength(text, 'base64') === THUMBNAIL_BYTES),
    /** Where the journal was written anew: what was most like it among what was kept then. */
    nearest: z.strictObject({ id: exampleId, novelty: finite }).nullable().optional(),
  }),
  z.strictObject({ type: z.literal('dropped'), examples: z.array(exampleId) }),
  z.strictObject({ type: z.literal('labelled'), changes: z.array(change) }),
]);

export type JournalRecord =
  | ({ readonly type: 'kept' } & Stored)
  | { readonly type: 'dropped'; readonly examples: readonly string[] }
  | { readonly type: 'labelled'; readonly changes: readonly LabelChange[] };

/** The first line. */
const HEADER = `${JSON.stringify({ schema: 'weir.examples/1' })}\n`;

export interface Stored {
  readonly example: Example;
  readonly thumbnail: string;
  readonly nearest?: Nearest | null | undefined;
}

/** The text of one line. */
export function journalLine(written: JournalRecord): string {
  return `${JSON.stringify(written)}\n`;
}

/** So many lines are written or read in one piece: about two milliseconds. */
const PIECE_LINES = 100;

/** The shortest journal that says what is kept. */
export function* journalText(stored: readonly Stored[]): Pieces<string> {
  let text = HEADER;
  for (const [at, { example, thumbnail, nearest }] of stored.entries()) {
    text += journalLine({ type: 'kept', example, thumbnail, nearest });
    if (at % PIECE_LINES === 0) yield;
  }
  return text;
}

/** What a journal says in the end, in the order in which it was kept. */
export interface Replay {
  readonly stored: ReadonlyMap<string, Stored>;
  /** Lines that are no records: after a power cut, the last one. */
  readonly spoilt: number;
  /** It is no journal of this version. */
  readonly isForeign: boolean;
}

/** Reads a journal as far as it can be read: what is torn is left out, what was whole before and after it counts. */
export function* replay(text: string): Pieces<Replay> {
  const stored = new Map<string, Stored>();
  const lines = text.split('\n');
  if (`${lines[0]}\n` !== HEADER) return { stored, spoilt: 0, isForeign: text !== '' };
  let spoilt = 0;
  for (const [at, line] of lines.entries()) {
    if (at === 0 || line === '') continue;
    if (at % PIECE_LINES === 0) yield;
    const read = readLine(line);
    if (read === null) spoilt++;
    else apply(read, stored);
  }
  return { stored, spoilt, isForeign: false };
}

/** An example with a label more, another, or one less. */
export function withLabel(labelled: Example, question: string, label: string | null): Example {
  const { [question]: _, ...others } = labelled.labels;
  return { ...labelled, labels: label === null ? others : { ...others, [question]: label } };
}

function readLine(line: string): JournalRecord | null {
  try {
    return record.parse(JSON.parse(line));
  } catch {
    return null;
  }
}

function apply(read: JournalRecord, stored: Map<string, Stored>): void {
  switch (read.type) {
    case 'kept':
      stored.set(read.example.id, { example: read.example, thumbnail: read.thumbnail, nearest: read.nearest });
      return;
    case 'dropped':
      for (const id of read.examples) stored.delete(id);
      return;
    case 'labelled':
      for (const { example: id, question, label } of read.changes) {
        const before = stored.get(id);
        if (before !== undefined) stored.set(id, { ...before, example: withLabel(before.example, question, label) });
      }
  }
}
