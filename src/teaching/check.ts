import { usageError, WeirError } from '../errors.ts';
import { OTHER, UNUSED } from '../words.ts';
import type { TaughtTruth, TeachInput } from './input.ts';

const MOST_CLASSES = 20;
const LEAST_EXAMPLES = 2;
/** So many frames are named in a warning. */
const NAMED = 3;
/** More labelled frames of one camera change nothing but the time that teaching takes. */
const MOST_LABELLED = 1500;

/** A question as it can be taught, and what has to be said about it. */
export interface Checked {
  readonly question: TaughtTruth;
  /** By sample: 1 where its label is learnt from; of very many labels only some are. */
  readonly kept: Uint8Array;
  readonly warnings: readonly string[];
}

/**
 * Takes out of a question what cannot be taught: frames with contradicting labels, classes with fewer than two examples. Thins very
 * many labels, evenly in time.
 *
 * @throws WeirError `teach-few-classes`, `teach-many-classes`, `teach-class-name`, `teach-same-frames`
 */
export function checkQuestion(question: TaughtTruth, { keys, names }: Pick<TeachInput, 'keys' | 'names'>): Checked {
  const { id, classes } = question;
  const warnings: string[] = [];
  requireNames(question);
  const truth = Int32Array.from(question.truth);
  dropContradictions(question, truth, keys, names, warnings);
  const counts = classes.map((_, k) => truth.filter((label) => label === k).length);
  const kept = classes.flatMap((_, k) => ((counts[k] ?? 0) >= LEAST_EXAMPLES ? [k] : []));
  for (const [k, { name }] of classes.entries()) {
    if (kept.includes(k)) continue;
    const what = counts[k] === 1 ? 'one example' : 'no example';
    warnings.push(
      `question "${id}": class "${name}" has ${what} and is left out: label at least ${LEAST_EXAMPLES} frames of it, better of several moments`,
    );
  }
  if (kept.length < 2) {
    const given = classes.map(({ name }, k) => `"${name}" ${counts[k]}`).join(', ');
    throw usageError(
      'teach-few-classes',
      `question "${id}" has fewer than two classes with ${LEAST_EXAMPLES} examples or more (${given || 'no class at all'})`,
      'label frames of at least two classes',
    );
  }
  const index = new Map(kept.map((k, at) => [k, at]));
  for (const [i, label] of truth.entries()) if (label >= 0) truth[i] = index.get(label) ?? UNUSED;
  const used = thinned(truth);
  const [labelled, left] = [truth.filter((label) => label >= 0).length, used.filter((own) => own === 1).length];
  if (left < labelled) {
    warnings.push(
      `question "${id}": ${labelled} frames are labelled; ${left} of them, evenly over time and as many of each class as there can be, are learnt from and judged`,
    );
  }
  return {
    question: { ...question, classes: kept.flatMap((k) => classes[k] ?? []), truth },
    kept: used,
    warnings,
  };
}

function requireNames({ id, classes, truth }: TaughtTruth): void {
  if (classes.length > MOST_CLASSES) {
    throw usageError(
      'teach-many-classes',
      `question "${id}" has ${classes.length} classes; at most ${MOST_CLASSES} can be taught`,
      'merge some, or ask several questions',
    );
  }
  const names = classes.map(({ name }) => name);
  const twice = names.find((name, at) => name === '' || names.indexOf(name) < at);
  if (twice !== undefined) {
    throw usageError('teach-class-name', `question "${id}": class "${twice}" has no name of its own`, 'rename it');
  }
  if (names.includes(OTHER)) {
    throw usageError(
      'teach-class-name',
      `question "${id}": a class cannot be named "${OTHER}": that is what is said of frames that are far from every class, and it is learnt from no example`,
      'give the class another name, for instance "something"',
    );
  }
  const wrong = truth.find((label) => label >= classes.length);
  if (wrong !== undefined) throw new RangeError(`question ${id}: there is no class ${wrong}`);
}

function dropContradictions(
  { id, classes }: TaughtTruth,
  truth: Int32Array,
  keys: readonly string[],
  names: readonly string[],
  warnings: string[],
): void {
  const before = classes.map((_, k) => truth.filter((label) => label === k).length);
  const labels = new Map<string, Set<number>>();
  for (const [i, label] of truth.entries()) {
    if (label < 0) continue;
    const own = labels.get(keys[i] ?? '') ?? new Set();
    labels.set(keys[i] ?? '', own.add(label));
  }
  const contradicting = [...truth.keys()].filter(
    (i) => (truth[i] ?? 0) >= 0 && (labels.get(keys[i] ?? '')?.size ?? 0) > 1,
  );
  if (contradicting.length === 0) return;
  const pairs = new Set(
    contradicting.map((i) => [...(labels.get(keys[i] ?? '') ?? [])].map((k) => `"${classes[k]?.name}"`).join(' and ')),
  );
  for (const i of contradicting) truth[i] = UNUSED;
  const emptied = classes.filter((_, k) => (before[k] ?? 0) > 0 && !truth.includes(k));
  if (emptied.length > 0) {
    throw new WeirError(
      'teach-same-frames',
      `question "${id}": ${[...pairs].join('; ')} have the same frames; nothing is left of ${emptied.map(({ name }) => `"${name}"`).join(', ')}`,
      { remedy: 'give each frame one label', exitCode: 2 },
    );
  }
  const some = contradicting.slice(0, NAMED).map((i) => names[i]);
  const more = contradicting.length > NAMED ? ` and ${contradicting.length - NAMED} more` : '';
  warnings.push(
    `question "${id}": ${contradicting.length} frames are labelled both ${[...pairs].join('; ')} and are left out: ${some.join(', ')}${more}`,
  );
}

/** 1 for at most `MOST_LABELLED` labels, of frequent classes evenly fewer. */
function thinned(truth: Int32Array): Uint8Array {
  const rows = new Map<number, number[]>();
  for (const [i, label] of truth.entries()) {
    if (label < 0) continue;
    const own = rows.get(label) ?? [];
    rows.set(label, own);
    own.push(i);
  }
  const kept = new Uint8Array(truth.length);
  let left = MOST_LABELLED;
  let classes = rows.size;
  for (const own of [...rows.values()].sort((a, b) => a.length - b.length)) {
    const keep = Math.min(own.length, Math.floor(left / classes--));
    left -= keep;
    for (let i = 0; i < keep; i++) kept[own[Math.floor((i * own.length) / keep)] ?? 0] = 1;
  }
  return kept;
}
