import { z } from 'zod';
import { suggestion } from '../artifact/problems.ts';
import { UNCLEAR } from '../words.ts';

const seconds = z.number().finite();

const interval = z.strictObject({
  /** Half-open: `[from, to)`. */
  from: seconds,
  to: seconds,
  label: z.string().min(1),
  /** Further labels that are right too. */
  also: z.array(z.string().min(1)).optional(),
});

/** What each class means, by its name. */
const classes = z.record(z.string().min(1), z.string());

const body = { classes, intervals: z.array(interval) };

type Body = z.infer<z.ZodObject<typeof body>>;

/** Everything that the shape alone does not tell. */
function checkBody({ classes: named, intervals }: Body, context: z.core.$RefinementCtx<Body>): void {
  const known = Object.keys(named).filter((name) => name !== UNCLEAR);
  const problem = (path: readonly (string | number)[], message: string) =>
    context.addIssue({ code: 'custom', path: [...path], message });
  if (known.length === 0) problem(['classes'], 'names no class');
  for (const [at, { from, to, label, also = [] }] of intervals.entries()) {
    if (from >= to) problem(['intervals', at], `from ${from} is not before to ${to}`);
    if (label !== UNCLEAR && !known.includes(label)) {
      problem(['intervals', at, 'label'], `"${label}" is none of the classes${suggestion(label, known)}`);
    }
    for (const [k, further] of also.entries()) {
      const where = ['intervals', at, 'also', k];
      if (further === UNCLEAR) problem(where, `"${UNCLEAR}" is no class; leave it out`);
      else if (!known.includes(further))
        problem(where, `"${further}" is none of the classes${suggestion(further, known)}`);
    }
  }
  for (const words of contradictions(intervals)) problem(['intervals'], words);
}

/** Intervals that overlap and say different things; what is unclear contradicts nothing. */
function contradictions(intervals: Body['intervals']): string[] {
  const sorted = intervals
    .filter(({ label, from, to }) => label !== UNCLEAR && from < to)
    .sort((a, b) => a.from - b.from || a.to - b.to);
  const found: string[] = [];
  for (const [at, one] of sorted.entries()) {
    for (const other of sorted.slice(at + 1)) {
      if (other.from >= one.to) break;
      if (one.label === other.label || (one.also?.includes(other.label) && other.also?.includes(one.label))) continue;
      const until = Math.min(one.to, other.to);
      found.push(`from ${other.from} to ${until} s both "${one.label}" and "${other.label}" are said`);
    }
  }
  return found;
}

/** `weir.truth/1` with all that may stand there. */
export const truthFile = z.strictObject({
  schema: z.literal('weir.truth/1'),
  clip: z.string().optional(),
  questions: z
    .array(
      z.strictObject({ id: z.string().min(1).max(63), text: z.string().optional(), ...body }).superRefine(checkBody),
    )
    .min(1)
    .superRefine((questions, context) => {
      const ids = questions.map(({ id }) => id);
      for (const [at, id] of ids.entries()) {
        if (ids.indexOf(id) < at)
          context.addIssue({ code: 'custom', path: [at, 'id'], message: `"${id}" stands there twice` });
      }
    }),
});

/** The flat form: one question. */
export const flatTruthFile = z
  .strictObject({
    schema: z.literal('weir.truth/1').optional(),
    clip: z.string().optional(),
    question: z.string().optional(),
    ...body,
  })
  .superRefine(checkBody);
