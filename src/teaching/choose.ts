import { Evidence } from '../cascade/evidence.ts';
import { meets } from '../cascade/step.ts';
import { everyNth } from '../premodel/answers.ts';
import { subsetsOf } from '../premodel/subsets.ts';

/** A rung that may be taken, and what it says of samples that it has not learnt from. */
export interface Candidate {
  readonly id: string;
  readonly costMs: number;
  /** Calibrated, `float32 [samples][classes]`. */
  readonly logits: Float32Array;
}

/** More samples change nothing. */
const MOST_SAMPLES = 1000;
/** Below the last one. */
const MOST_RUNGS = 3;
/**
 * Moments to come are less clear than those that are judged here, which often are pieces of events that taught: answers are taken
 * to be so many times less sure.
 */
const PESSIMISM = Number(process.env.PESS ?? 1.5);
/** A run of the last rung is worth so much accuracy. */
const TRADE = Number(process.env.TRADE ?? 0.05);
/** A rung more must bring this much: it takes memory. */
const WORTH_A_RUNG = 0.0005;

/**
 * Chooses the rungs of a taught question: of all climbs through some candidates to the last rung, the one worth most if it accepts
 * at a probability. An answer is worth half of whether it was right, which few samples tell roughly, and half of how likely it
 * says it is, which tells finely.
 *
 * @param lastId the rung that the climb ends with
 * @returns ids, cheapest first
 */
export function chooseRungs(
  candidates: readonly Candidate[],
  lastId: string,
  truth: ArrayLike<number>,
  classes: number,
  accept: number,
): string[] {
  const last = candidates.findIndex(({ id }) => id === lastId);
  const lastMs = candidates[last]?.costMs ?? 1;
  const order = [...candidates.keys()].sort((a, b) => costOf(candidates, a) - costOf(candidates, b) || a - b);
  const cheaper = order.filter((at) => costOf(candidates, at) < lastMs && at !== last);
  const rows = everyNth(truth.length, MOST_SAMPLES);
  let best = { rungs: [last], value: worth(candidates, [last], rows, truth, classes, accept, lastMs) };
  for (const set of subsetsOf(cheaper, MOST_RUNGS)) {
    const rungs = [...set, last];
    const value = worth(candidates, rungs, rows, truth, classes, accept, lastMs) - WORTH_A_RUNG * set.length;
    if (value > best.value + 1e-9) best = { rungs, value };
  }
  return best.rungs.map((at) => candidates[at]?.id ?? '');
}

function costOf(candidates: readonly Candidate[], at: number): number {
  return candidates[at]?.costMs ?? Infinity;
}

function worth(
  candidates: readonly Candidate[],
  rungs: readonly number[],
  rows: readonly number[],
  truth: ArrayLike<number>,
  classes: number,
  accept: number,
  lastMs: number,
): number {
  const evidence = new Evidence(classes);
  let total = 0;
  for (const row of rows) {
    evidence.reset();
    let spentMs = 0;
    for (const [at, rung] of rungs.entries()) {
      const { logits, costMs } = candidates[rung] as Candidate;
      evidence.add(at, logits.subarray(row * classes, (row + 1) * classes), { temperature: PESSIMISM, mergeWeight: 1 });
      spentMs += costMs;
      if (meets(evidence.confidence, accept)) break;
    }
    const right = evidence.top === truth[row] ? 1 : 0;
    total += (right + evidence.confidence) / 2 - (TRADE * spentMs) / lastMs;
  }
  return total / rows.length;
}
