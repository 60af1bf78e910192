import { logSumExp } from '../cascade/evidence.ts';
import { mean } from '../cascade/statistics.ts';
import { applyHead, type Head } from '../heads/head.ts';
import { logits as writeLogits } from '../heads/multinomial.ts';
import { fitTemperature } from '../premodel/calibration.ts';
import { isSurelyLess } from './evidence.ts';
import { fitInSpan, headOf, type Material, positionOf, withDiscriminants } from './head-fit.ts';
import type { Lessons } from './lessons.ts';
import type { Split } from './moments.ts';
import { otherLimits } from './other-limit.ts';

/** The penalty that serves where nothing tells of a better one, of samples whose mean square norm is 1. */
const USUAL_PENALTY = 1e-4;
/** Others that are tried: weaker ones only where many moments can tell, for they make heads surer of themselves. */
const STRONGER = [1e-3, 1e-2];
const WEAKER = [1e-5];
const MOMENTS_FOR_WEAKER = 40;
/** Of the gradient: to compare penalties, and of the final head. */
const TRIAL_TOLERANCE = 1e-4;
const TOLERANCE = 1e-5;
/** Another penalty must be better than the usual one by this many standard errors over moments. */
const SURE = 1;
/** Heads are never made surer than the fit makes them: a few moments cannot tell that they may. */
const LEAST_TEMPERATURE = 1;
const MOST_TEMPERATURE = 4;

/** What a candidate's head says, and what it would have said of frames that it had not seen. */
export interface CandidateFit {
  readonly head: Head;
  readonly penalty: number;
  readonly temperature: number;
  /** By labelled sample in the split's order: `float32 [rows][classes + 1]`, from heads that were fitted without its fold. */
  readonly outOfFold: Float32Array;
  /** Mean cross-entropy of that with the truth, each moment counting the same. */
  readonly logLoss: number;
  /** The same by moment. */
  readonly lossByMoment: Float64Array;
  /** By fold: the head that was fitted without it. */
  readonly folded: readonly Head[];
}

/**
 * Fits one question's head on one rung: penalty, temperature and the limit of `other` from what heads say of folds that they have
 * not seen, the final head from everything.
 *
 * @param truth by sample
 */
export function fitCandidate(
  material: Material,
  lessons: Lessons,
  split: Split,
  truth: Int32Array,
  classes: number,
): CandidateFit {
  const judged = split.judged;
  const penalties = [USUAL_PENALTY, ...STRONGER, ...(split.momentCount >= MOMENTS_FOR_WEAKER ? WEAKER : [])];
  let starts: readonly (Float64Array | null)[] = lessons.folds.map(() => null);
  const blends = lessons.folds.map((lesson) => withDiscriminants(material, lesson, classes));
  const trials = penalties.map((penalty, at) => {
    const fitted = lessons.folds.map((lesson, fold) =>
      fitInSpan(material, lesson, classes, penalty, starts[fold] ?? null, TRIAL_TOLERANCE),
    );
    if (at === 0) starts = fitted;
    const betas = fitted.map((beta, fold) => blends[fold]?.(beta) ?? beta);
    return { penalty, betas, losses: lossByMoment(material, betas, judged, split, truth, classes) };
  });
  const usual = trials[0] as (typeof trials)[number];
  const best = trials.reduce((a, b) =>
    isSurelyLess(b.losses, usual.losses, SURE) && mean(b.losses) < mean(a.losses) ? b : a,
  );
  const limits = otherLimits(material, lessons, judged, truth, classes);
  const raw = logitsOutOfFold(material, best.betas, split, classes);
  const labels = split.rows.map((row) => truth[row] ?? 0);
  const temperature = Math.min(MOST_TEMPERATURE, Math.max(LEAST_TEMPERATURE, fitTemperature(raw, labels, classes)));
  const folded = best.betas.map((beta, fold) =>
    headOf(
      material,
      beta,
      lessons.folds[fold] ?? lessons.final,
      classes,
      temperature,
      limits.folds[fold] ?? limits.final,
    ),
  );
  const fitted = fitInSpan(material, lessons.final, classes, best.penalty, null, TOLERANCE);
  const beta = withDiscriminants(material, lessons.final, classes)(fitted);
  const head = headOf(material, beta, lessons.final, classes, temperature, limits.final);
  const outOfFold = new Float32Array(split.rows.length * (classes + 1));
  const { raw: embeddings, d } = material;
  for (const [at, row] of split.rows.entries()) {
    const own = folded[split.folds[row] ?? 0] as Head;
    applyHead(
      own,
      embeddings.subarray(row * d, (row + 1) * d),
      outOfFold.subarray(at * (classes + 1), (at + 1) * (classes + 1)),
    );
  }
  const losses = finalLosses(outOfFold, split, labels, classes + 1);
  return { head, penalty: best.penalty, temperature, outOfFold, logLoss: mean(losses), lossByMoment: losses, folded };
}

/** Mean of a loss over each moment's samples, added up in the order of the rows. */
function meanByMoment(split: Split, rows: readonly number[], lossOf: (row: number, at: number) => number) {
  const sums = new Float64Array(split.momentCount);
  const counts = new Float64Array(split.momentCount);
  for (const [at, row] of rows.entries()) {
    const moment = split.moments[row] ?? 0;
    sums[moment] = (sums[moment] ?? 0) + lossOf(row, at);
    counts[moment] = (counts[moment] ?? 0) + 1;
  }
  return sums.map((sum, moment) => sum / Math.max(1, counts[moment] ?? 0));
}

/** Mean cross-entropy of each moment's samples. */
function lossByMoment(
  material: Material,
  betas: readonly Float64Array[],
  judged: readonly (readonly number[])[],
  split: Split,
  truth: Int32Array,
  classes: number,
): Float64Array {
  const p = new Float64Array(classes);
  const { span } = material;
  return meanByMoment(split, judged.flat(), (row) => {
    const beta = betas[split.folds[row] ?? 0] as Float64Array;
    const normaliser = writeLogits(span.z, positionOf(material, row) * span.rank, span.rank, beta, p);
    return normaliser - (p[truth[row] ?? 0] ?? 0);
  });
}

/** `float32 [rows][classes]`, without `other` and before any temperature. */
function logitsOutOfFold(material: Material, betas: readonly Float64Array[], split: Split, classes: number) {
  const out = new Float32Array(split.rows.length * classes);
  const p = new Float64Array(classes);
  const { span } = material;
  for (const [at, row] of split.rows.entries()) {
    const beta = betas[split.folds[row] ?? 0] as Float64Array;
    writeLogits(span.z, positionOf(material, row) * span.rank, span.rank, beta, p);
    out.set(p, at * classes);
  }
  return out;
}

/** Mean cross-entropy of each moment's samples, given all logits. */
function finalLosses(logits: Float32Array, split: Split, labels: readonly number[], classes: number): Float64Array {
  return meanByMoment(split, split.rows, (_, at) => {
    const own = logits.subarray(at * classes, (at + 1) * classes);
    return logSumExp(own, 1) - (own[labels[at] ?? 0] ?? 0);
  });
}
