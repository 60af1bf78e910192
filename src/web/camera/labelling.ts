import { DEFAULT_QUESTION, UNCLEAR } from '../../words.ts';
/** Labelling pictures one after another: what is shown, what a key means, what was said, and taking it back. Pure; the page sends it. */

export interface Example {
  readonly id: string;
  /** ISO 8601 */
  readonly takenAt: string;
  readonly reason: 'unsure' | 'random';
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  readonly answers: readonly {
    readonly question: string;
    readonly label: string | null;
    readonly confidence: number | null;
    /** Calibrated probability that it is right. */
    readonly right: number;
  }[];
  readonly labels: Readonly<Record<string, string>>;
  /** Path of its picture. */
  readonly picture: string;
}

export interface Listing {
  readonly camera: string;
  readonly keep: boolean;
  readonly totals: {
    readonly frames: number;
    readonly labelled: number;
    readonly unsure: number;
    readonly random: number;
  };
  readonly questions: readonly Census[];
  readonly examples: readonly Example[];
}

export interface Census {
  readonly id: string;
  readonly classes: readonly { readonly name: string; readonly examples: number }[];
  readonly unclear: number;
  readonly unlabelled: number;
}

/** Says of a picture that it is unclear: it is not used. */
export { UNCLEAR };
/** A question is taught from so many classes, each with so many examples, on. */
export const LEAST_CLASSES = 2;
export const LEAST_EXAMPLES = 5;
/** Keys 1 to 9. */
const KEYS = 9;

export interface Work {
  readonly question: string;
  /** In the order of their keys. */
  readonly classes: readonly string[];
  /** Still to be looked at, the next one first. */
  readonly queue: readonly Example[];
  /** What was said in this sitting, the last thing last; `null`: looked at and left for later. */
  readonly said: readonly {
    readonly example: Example;
    readonly label: string | null;
    readonly before: string | null;
  }[];
}

export type Saying = { readonly example: string; readonly question: string; readonly label: string | null };

const QUESTION_ID = /^[A-Za-z0-9][\w-]{0,62}$/;

/** Whether a question can be called so. */
export function isQuestionId(text: string): boolean {
  return QUESTION_ID.test(text);
}

/** Questions that can be taught: what the camera is asked, then those that have labels. Those of regions are asked of the same pictures, and named without them. */
export function questionsToTeach(
  asked: readonly string[],
  { questions }: Pick<Listing, 'questions'>,
): [string, ...string[]] {
  const [first = DEFAULT_QUESTION, ...rest] = [...new Set([...asked, ...questions.map(({ id }) => id)])].filter(
    isQuestionId,
  );
  return [first, ...rest];
}

/** Begins with what the camera is unsure about. @param first ids that are to come before all others, as those that a fit asked for */
export function beginWork({ examples, questions }: Listing, question: string, first: readonly string[] = []): Work {
  const wanted = new Map(first.map((id, at) => [id, at]));
  const place = ({ id }: Example) => wanted.get(id) ?? first.length;
  const queue = examples.filter(({ id, labels }) => labels[question] === undefined || wanted.has(id));
  const census = questions.find(({ id }) => id === question);
  return {
    question,
    classes: (census?.classes ?? []).map(({ name }) => name),
    queue: [...queue].sort((a, b) => place(a) - place(b)),
    said: [],
  };
}

/** Pictures that came meanwhile are added behind; what was said stays. */
export function withNew(work: Work, listing: Listing): Work {
  const known = new Set([...work.queue, ...work.said.map(({ example }) => example)].map(({ id }) => id));
  const kept = new Set(listing.examples.map(({ id }) => id));
  const fresh = beginWork(listing, work.question);
  const classes = [...work.classes, ...fresh.classes.filter((name) => !work.classes.includes(name))];
  // What made way for another meanwhile cannot be labelled any more.
  return {
    ...work,
    classes,
    queue: [...work.queue.filter(({ id }) => kept.has(id)), ...fresh.queue.filter(({ id }) => !known.has(id))],
  };
}

/** Says what the first of the queue shows; `null` leaves it for later. @returns what is to be sent, if anything */
export function say(work: Work, label: string | null): { readonly work: Work; readonly saying: Saying | null } {
  const [example, ...queue] = work.queue;
  if (example === undefined) return { work, saying: null };
  const name = label?.trim() ?? null;
  if (name === '') return { work, saying: null };
  const isNew = name !== null && name !== UNCLEAR && !work.classes.includes(name);
  const before = example.labels[work.question] ?? null;
  return {
    work: {
      ...work,
      queue,
      classes: isNew ? [...work.classes, name] : work.classes,
      said: [...work.said, { example, label: name, before }],
    },
    saying: name === null ? null : { example: example.id, question: work.question, label: name },
  };
}

/** Takes the last thing back: its picture is the first of the queue again, with the label that it had before. */
export function undo(work: Work): { readonly work: Work; readonly saying: Saying | null } {
  const last = work.said.at(-1);
  if (last === undefined) return { work, saying: null };
  return {
    work: { ...work, queue: [last.example, ...work.queue], said: work.said.slice(0, -1) },
    saying: last.label === null ? null : { example: last.example.id, question: work.question, label: last.before },
  };
}

/** Without an example that is not there any more. */
export function without(work: Work, id: string): Work {
  return { ...work, queue: work.queue.filter((example) => example.id !== id) };
}

export type Command = { readonly kind: 'label'; readonly label: string } | { readonly kind: 'skip' | 'undo' | 'new' };

/** What a key means while nothing is being written. @param key as KeyboardEvent.key */
export function commandOf(key: string, { classes }: Pick<Work, 'classes'>): Command | null {
  if (/^[1-9]$/.test(key)) {
    const label = classes[Number(key) - 1];
    return label === undefined ? null : { kind: 'label', label };
  }
  if (key === UNCLEAR || key === '0') return { kind: 'label', label: UNCLEAR };
  if (key === 's' || key === 'ArrowRight') return { kind: 'skip' };
  if (key === 'u' || key === 'ArrowLeft') return { kind: 'undo' };
  return key === 'n' ? { kind: 'new' } : null;
}

/** Key of a class, as far as there are keys. */
export function keyOf(place: number): string | null {
  return place < KEYS ? String(place + 1) : null;
}

/** How many examples each class has, with what was said in this sitting and the daemon has not told again yet. */
export function progressOf(
  work: Work,
  census: Census | undefined,
): { readonly name: string; readonly examples: number; readonly lacking: number }[] {
  const counts = new Map(work.classes.map((name) => [name, 0]));
  for (const { name, examples } of census?.classes ?? []) counts.set(name, examples);
  return [...counts].map(([name, examples]) => ({ name, examples, lacking: Math.max(0, LEAST_EXAMPLES - examples) }));
}

/** What is still missing before it can be taught; `null`: nothing. */
export function lackingWords(progress: readonly { readonly name: string; readonly lacking: number }[]): string | null {
  const begun = progress.filter(({ lacking }) => lacking < LEAST_EXAMPLES);
  if (begun.length < LEAST_CLASSES) return `label at least ${LEAST_EXAMPLES} pictures each of ${LEAST_CLASSES} classes`;
  const short = begun.filter(({ lacking }) => lacking > 0);
  if (short.length === 0) return null;
  return `label ${short.map(({ name, lacking }) => `${lacking} more of “${name}”`).join(', ')}`;
}
