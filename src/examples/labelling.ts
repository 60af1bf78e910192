import { z } from 'zod';
import { formatPath, problemsOf } from '../artifact/problems.ts';
import { usageError, type WeirError } from '../errors.ts';
import type { Example } from './example.ts';
import { exampleId, type LabelChange, labelName, questionId } from './journal.ts';
import { isTime, spanOf, TIME_WORDS } from './moments.ts';

/** The question that is meant where none is named, as in a truth file with one question. */
export const ONLY_QUESTION = 'default';

const question = questionId.default(ONLY_QUESTION);
/** `null` takes a label away. */
const label = labelName.nullable();
const time = z.string().refine(isTime, TIME_WORDS);

const labelsRequest = z
  .strictObject({
    labels: z
      .array(z.strictObject({ example: exampleId, question, label }))
      .max(10_000)
      .default([]),
    spans: z
      .array(z.strictObject({ from: time, to: time, question, label }))
      .max(1_000)
      .default([]),
  })
  .refine(({ labels, spans }) => labels.length + spans.length > 0, 'names no label: give labels, spans, or both');

export type LabelsRequest = z.infer<typeof labelsRequest>;

/** What a request comes to. */
export interface Labelling {
  readonly changes: readonly LabelChange[];
  /** By span of the request: how many examples lie in it. */
  readonly inSpans: readonly number[];
}

/** Checks a body against a schema. @throws WeirError `request-invalid` with everything that is wrong with it */
export function parseBody<S extends z.ZodType>(schema: S, body: unknown): z.infer<S> {
  const result = schema.safeParse(body ?? {});
  if (result.success) return result.data;
  throw invalidRequest(
    problemsOf(result.error, schema).map(({ path, message }) => `${formatPath(path) || 'the body'}: ${message}`),
  );
}

export function parseLabels(body: unknown): LabelsRequest {
  return parseBody(labelsRequest, body);
}

/**
 * What a request changes of the examples that are kept. Labels of an earlier request are replaced; within one they must not
 * contradict each other.
 *
 * @throws WeirError `request-invalid` with everything that is wrong with it
 */
export function labelling({ labels, spans }: LabelsRequest, kept: readonly Example[], nowMs: number): Labelling {
  const ids = new Set(kept.map(({ id }) => id));
  const problems: string[] = [];
  const said = new Map<string, { change: LabelChange; where: string }>();
  const say = (change: LabelChange, where: string) => {
    const key = `${change.example} ${change.question}`;
    const before = said.get(key);
    if (before !== undefined && before.change.label !== change.label) {
      const [a, b] = [before.change.label, change.label].map(quoted);
      problems.push(
        `${where}: says ${b} of example ${change.example}, question "${change.question}"; ${before.where} says ${a}`,
      );
    } else said.set(key, { change, where });
  };
  for (const [at, change] of labels.entries()) {
    if (ids.has(change.example)) say(change, `labels[${at}]`);
    else problems.push(`labels[${at}].example: there is no example ${change.example}`);
  }
  const inSpans = spans.map(({ from, to, question: asked, label: name }, at) => {
    const span = spanOf(from, to, nowMs);
    if (typeof span === 'string') {
      problems.push(`spans[${at}]: ${span}`);
      return 0;
    }
    const inside = kept.filter(({ takenAtMs }) => takenAtMs >= span.fromMs && takenAtMs < span.toMs);
    for (const { id } of inside) say({ example: id, question: asked, label: name }, `spans[${at}]`);
    return inside.length;
  });
  if (problems.length > 0) throw invalidRequest(problems);
  return { changes: [...said.values()].map(({ change }) => change), inSpans };
}

export function invalidRequest(problems: readonly string[]): WeirError {
  const shown = problems.slice(0, 20);
  const more = problems.length > shown.length ? [`and ${problems.length - shown.length} more`] : [];
  return usageError('request-invalid', [...shown, ...more].join('\n'), 'correct it; nothing of it was done');
}

function quoted(name: string | null): string {
  return name === null ? 'nothing (null)' : `"${name}"`;
}
