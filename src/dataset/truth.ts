import { parseArtifact, readTextFile } from '../artifact/read.ts';
import { DEFAULT_QUESTION, UNCLEAR } from '../words.ts';
import { flatTruthFile, truthFile } from './truth-file.ts';

export interface TruthClass {
  readonly name: string;
  readonly meaning?: string;
}

export interface TruthInterval {
  /** PTS seconds, half-open. */
  readonly from: number;
  readonly to: number;
  readonly label: string;
  readonly also: readonly string[];
}

/** One question about a clip, and its answers over time. */
export interface TruthQuestion {
  readonly id: string;
  readonly text: string | null;
  readonly classes: readonly TruthClass[];
  readonly intervals: readonly TruthInterval[];
}

/** A truth file, and the clip that it names. */
export interface TruthFile {
  readonly clip: string | null;
  readonly questions: readonly TruthQuestion[];
}

/** What is true of a moment: a label and others that are right too; `unclear`, or `unsaid` where nobody said anything. */
export type TruthAt =
  | { readonly kind: 'label'; readonly label: string; readonly also: readonly string[] }
  | { readonly kind: 'unclear' | 'unsaid' };

const UNCLEAR_MOMENT: TruthAt = { kind: 'unclear' };
const UNSAID_MOMENT: TruthAt = { kind: 'unsaid' };

/**
 * Reads `weir.truth/1`, or its flat form with one question.
 *
 * @throws WeirError `truth-missing`, `truth-unreadable`, `truth-invalid` with everything that is wrong
 */
export async function readTruth(path: string): Promise<readonly TruthQuestion[]> {
  return (await readTruthFile(path)).questions;
}

/** The same, with the clip that it says to be of. */
export async function readTruthFile(path: string): Promise<TruthFile> {
  return parseTruthFile(await readTextFile(path, 'truth'), path);
}

/** The questions of text already in memory. */
export function parseTruth(text: string, path: string): readonly TruthQuestion[] {
  return parseTruthFile(text, path).questions;
}

function parseTruthFile(text: string, path: string): TruthFile {
  if (isFlat(text)) {
    const flat = parseArtifact(text, path, { what: 'truth', schema: flatTruthFile });
    const { question = null, clip = null, ...rest } = flat;
    return { clip, questions: [toQuestion({ id: DEFAULT_QUESTION, text: question, ...rest })] };
  }
  const { questions, clip = null } = parseArtifact(text, path, { what: 'truth', schema: truthFile });
  return {
    clip,
    questions: questions.map(({ text: words = null, ...question }) => toQuestion({ ...question, text: words })),
  };
}

/** What is true at a moment. What is unclear, and what several intervals say at once, is decided against scoring. */
export function truthAt({ intervals }: TruthQuestion, seconds: number): TruthAt {
  const here = intervals.filter(({ from, to }) => from <= seconds && seconds < to);
  if (here.some(({ label }) => label === UNCLEAR)) return UNCLEAR_MOMENT;
  const [first] = here;
  if (first === undefined) return UNSAID_MOMENT;
  return { kind: 'label', label: first.label, also: here.flatMap(({ label, also }) => [label, ...also]) };
}

/** By the keys at the top level; what is not JSON is left to the one who reads it. */
function isFlat(text: string): boolean {
  try {
    const data: unknown = JSON.parse(text);
    return (
      typeof data === 'object' && data !== null && !('questions' in data) && ('intervals' in data || 'classes' in data)
    );
  } catch {
    return false;
  }
}

function toQuestion({
  id,
  text,
  classes,
  intervals,
}: {
  readonly id: string;
  readonly text: string | null;
  readonly classes: Readonly<Record<string, string>>;
  readonly intervals: readonly (Omit<TruthInterval, 'also'> & { readonly also?: readonly string[] | undefined })[];
}): TruthQuestion {
  return {
    id,
    text,
    classes: Object.entries(classes).flatMap(([name, meaning]) =>
      name === UNCLEAR ? [] : [meaning === '' ? { name } : { name, meaning }],
    ),
    intervals: intervals.map(({ from, to, label, also = [] }) => ({ from, to, label, also })),
  };
}
