import { z } from 'zod';
import { formatPath, problemsOf } from '../artifact/problems.ts';
import { usageError, type WeirError } from '../errors.ts';
import { DEFAULT_QUESTION } from '../words.ts';
import type { Example } from './example.ts';
import { exampleId, type LabelChange, labelName, questionId } from './journal.ts';
import { isTime, spanOf, TIME_WORDS } from './moments.ts';

/** So many labels may one request change: they stand in one line of the journal. */
const MOST_CHANGES = 20_000;

const question = questionId.default(DEFAULT_QUESTION);
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
 * What a request changes of the examples that are kept; what they are labelled with already is no change. Labels of an earlier
 * request are replaced; within one they must not contradict each other.
 *
 * @throws WeirError `request-invalid` with everything that is wrong with it
 */
export function labelling({ labels, spans }: LabelsRequest, kept: readonly Example[], nowMs: number): Labelling {
  const examples = [...kept].sort((a, b) => a.takenAtMs - b.takenAtMs);
  const times = Float64Array.from(examples, ({ takenAtMs }) => takenAtMs);
  const places = new Map(examples.map(({ id }, place) => [id, place]));
  const said = new Sayings(examples);
  const problems: string[] = [];
  const say = (from: number, to: number, asked: string, name: string | null, where: string) => {
    const problem = said.say(from, to, asked, name, where);
    if (problem !== null) problems.push(problem);
  };
  for (const [at, { example, question: asked, label: name }] of labels.entries()) {
    const place = places.get(example);
    if (place === undefined) problems.push(`labels[${at}].example: there is no example ${example}`);
    else say(place, place + 1, asked, name, `labels[${at}]`);
  }
  const inSpans = spans.map(({ from, to, question: asked, label: name }, at) => {
    const span = spanOf(from, to, nowMs);
    if (typeof span === 'string') {
      problems.push(`spans[${at}]: ${span}`);
      return 0;
    }
    const [first, end] = [firstFrom(times, span.fromMs), firstFrom(times, span.toMs)];
    say(first, end, asked, name, `spans[${at}]`);
    return end - first;
  });
  if (said.changes.length > MOST_CHANGES) problems.push(`changes more than ${MOST_CHANGES} labels: send fewer at once`);
  if (problems.length > 0) throw invalidRequest(problems);
  return { changes: said.changes, inSpans };
}

/** What is said within one request. */
class Sayings {
  /** Of examples in the order in which they were taken. */
  readonly #examples: readonly Example[];
  /** By question, by place of the example: the first that says something of it. */
  readonly #first = new Map<string, { readonly label: string | null; readonly where: string }[]>();
  readonly changes: LabelChange[] = [];

  constructor(examples: readonly Example[]) {
    this.#examples = examples;
  }

  /** Says it of all examples from a place to before another. @returns the first contradiction, in words */
  say(from: number, to: number, question: string, label: string | null, where: string): string | null {
    const first = this.#first.get(question) ?? [];
    this.#first.set(question, first);
    const saying = { label, where };
    for (let place = from; place < to && this.changes.length <= MOST_CHANGES; place++) {
      const before = first[place];
      if (before === undefined) this.#sayFirst(first, place, question, saying);
      else if (before.label !== label) {
        const [a, b] = [before.label, label].map(quoted);
        const id = this.#examples[place]?.id;
        return `${where}: says ${b} of example ${id}, question "${question}"; ${before.where} says ${a}`;
      }
    }
    return null;
  }

  #sayFirst<T extends { label: string | null }>(first: T[], place: number, question: string, saying: T): void {
    first[place] = saying;
    const example = this.#examples[place];
    if (example === undefined || (example.labels[question] ?? null) === saying.label) return;
    this.changes.push({ example: example.id, question, label: saying.label });
  }
}

/** Index of the first that is not before a moment. @param times ascending */
function firstFrom(times: Float64Array, moment: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) < moment) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function invalidRequest(problems: readonly string[]): WeirError {
  const shown = problems.slice(0, 20);
  const more = problems.length > shown.length ? [`and ${problems.length - shown.length} more`] : [];
  return usageError('request-invalid', [...shown, ...more].join('\n'), 'correct it; nothing of it was done');
}

function quoted(name: string | null): string {
  return name === null ? 'nothing (null)' : `"${name}"`;
}
