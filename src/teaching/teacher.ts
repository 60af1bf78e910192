import { mean } from '../cascade/statistics.ts';
import { applyHead, type Head } from '../heads/head.ts';
import type { CandidateFit } from './cross.ts';
import type { Material } from './head-fit.ts';
import type { Lesson, Lessons } from './lessons.ts';
import type { Split } from './moments.ts';

/** A label of the teacher's counts only where it is this sure … */
const LEAST_SURE = 0.95;
/** … and where people's labels, out of fold, showed that it is right about as often when it says so. */
const LEAST_RIGHT = 0.95;
/** That must have shown on so many moments; each counts the same, however many frames it has. */
const LEAST_MOMENTS = 4;
/** Surer limits that are tried where that one is not kept. */
const LIMITS = [LEAST_SURE, 0.98, 0.99, 0.995];
/** More frames teach pupils nothing more. */
const MOST_TAUGHT = 1000;

/** Lessons for pupils, with frames that nobody labelled. */
export interface TaughtLessons {
  readonly lessons: Lessons;
  /** By class: frames that the teacher labelled. */
  readonly counts: readonly number[];
  /** So many of them teach the final pupils: of very many only some do. */
  readonly taught: number;
}

/**
 * The reference's head labels what it is sure of among frames nobody labelled; cheaper rungs learn from those too (Kang et al.,
 * "NoScope", 2017, specialise so). Nothing that judges a fold has taught its teacher: for each fold the teacher is the head that was
 * fitted without it, and frames that may show what it judges stay out.
 *
 * @param unlabelled samples, by index
 * @returns null where the teacher is not reliable at any limit, or sure of nothing
 */
export function taughtLessons(
  lessons: Lessons,
  split: Split,
  teacher: CandidateFit,
  { raw, d }: Material,
  unlabelled: readonly number[],
  truth: Int32Array,
): TaughtLessons | null {
  const classes = teacher.head.bias.length;
  const limit = reliableLimit(teacher.outOfFold, split, truth, classes + 1);
  if (limit === null) return null;
  const label = (head: Head): Map<number, number> => {
    const logits = new Float32Array(classes + 1);
    const labels = new Map<number, number>();
    for (const row of unlabelled) {
      applyHead(head, raw.subarray(row * d, (row + 1) * d), logits);
      const { top, probability } = surest(logits);
      if (top < classes && probability >= limit) labels.set(row, top);
    }
    return labels;
  };
  const final = label(teacher.head);
  if (final.size === 0) return null;
  const counts = Array.from({ length: classes }, () => 0);
  for (const k of final.values()) counts[k] = (counts[k] ?? 0) + 1;
  return {
    taught: Math.min(final.size, MOST_TAUGHT),
    lessons: {
      final: extended(lessons.final, final),
      folds: lessons.folds.map((lesson, fold) => {
        const own = label(teacher.folded[fold] ?? teacher.head);
        for (const row of own.keys()) if (split.isAkin(fold, row)) own.delete(row);
        return extended(lesson, own);
      }),
    },
    counts,
  };
}

/** The least limit at which answers that sure were right often enough on enough moments, out of fold. */
function reliableLimit(outOfFold: Float32Array, split: Split, truth: Int32Array, classes: number): number | null {
  const answers = split.rows.map((row, at) => {
    const { top, probability } = surest(outOfFold.subarray(at * classes, (at + 1) * classes));
    return { probability, isRight: top === truth[row], moment: split.moments[row] ?? 0 };
  });
  for (const limit of LIMITS) {
    const sure = answers.filter(({ probability }) => probability >= limit);
    const moments = new Map<number, { sure: number; right: number }>();
    for (const { moment, isRight } of sure) {
      const own = moments.get(moment) ?? { sure: 0, right: 0 };
      moments.set(moment, { sure: own.sure + 1, right: own.right + (isRight ? 1 : 0) });
    }
    const shares = [...moments.values()].map((own) => own.right / own.sure);
    if (shares.length >= LEAST_MOMENTS && mean(shares) >= LEAST_RIGHT) return limit;
  }
  return null;
}

/** All that the teacher says counts as much as all that people said, at most. */
function extended(lesson: Lesson, labels: ReadonlyMap<number, number>): Lesson {
  const all = [...labels.keys()];
  const step = Math.max(1, all.length / MOST_TAUGHT);
  const rows = Array.from({ length: Math.min(all.length, MOST_TAUGHT) }, (_, i) => all[Math.floor(i * step)] ?? 0);
  const truth = Int32Array.from(lesson.truth);
  const weights = Float64Array.from(lesson.weights);
  const total = lesson.rows.reduce((sum, row) => sum + (weights[row] ?? 0), 0);
  for (const row of rows) {
    truth[row] = labels.get(row) ?? 0;
    weights[row] = Math.min(1, total / rows.length);
  }
  return { rows: [...lesson.rows, ...rows], truth, weights };
}

/** The answer of greatest probability, and that. */
function surest(logits: Float32Array): { top: number; probability: number } {
  let top = 0;
  for (let k = 1; k < logits.length; k++) if ((logits[k] ?? 0) > (logits[top] ?? 0)) top = k;
  let sum = 0;
  for (let k = 0; k < logits.length; k++) sum += Math.exp((logits[k] ?? 0) - (logits[top] ?? 0));
  return { top, probability: 1 / sum };
}
