import { Evidence, topIndices } from '../cascade/evidence.ts';
import type { Judge, Policy } from '../cascade/policy.ts';
import { type Budget, latestStartMs, step } from '../cascade/step.ts';
import type { RunRequest, RunResult } from '../infer/pool.ts';
import type { Box, Clock, LabelClass, PathStep, RankedClass, Raster, StopReason } from '../types.ts';

/** The inference slots, as the climb sees them. */
export interface Inference {
  run(request: RunRequest): Promise<RunResult>;
}

export interface ClimbParts {
  readonly inference: Inference;
  readonly policy: Policy;
  /** Index into the pool's rungs of each of the policy's rungs. */
  readonly poolRungs: readonly number[];
  readonly labels: readonly LabelClass[];
  readonly clock: Clock;
  readonly topK: number;
  /** Expected times of the policy's rungs; read anew for every frame. */
  readonly p95Ms: () => readonly number[];
  /** Computes the image features that a judge wants, of the part of a frame that is looked at. */
  readonly features: (names: readonly string[]) => FrameFeatures;
}

/** The parts of a climb by a policy over rungs of a pool. @param p95Ms expected times, by rung of the pool */
export function climbPartsOf(
  shared: Omit<ClimbParts, 'policy' | 'poolRungs' | 'p95Ms'>,
  rungs: readonly { readonly id: string }[],
  policy: Policy,
  p95Ms: readonly number[],
): ClimbParts {
  const poolRungs = policy.rungs.map(({ id }) => rungs.findIndex((rung) => rung.id === id));
  const expectedMs = poolRungs.map((index) => p95Ms[index] ?? Infinity);
  return { ...shared, policy, poolRungs, p95Ms: () => expectedMs };
}

/** Image features of a frame, by the names that were asked for; valid until the next call. */
export type FrameFeatures = (frame: Raster, box: Box) => Float64Array;

/** A picture to be classified, with the moment from which its budget counts. */
export interface Arrival extends Raster {
  readonly arrivedMs: number;
}

/** A rung that ran, with all that was measured of it. */
export interface RungRun extends PathStep {
  readonly prepareMs: number;
  readonly serviceMs: number;
}

export type ClimbResult =
  | {
      readonly kind: 'answered';
      readonly top: readonly RankedClass[];
      readonly stop: StopReason;
      /** Calibrated probability that the answer is right, as the judge sees it. */
      readonly right: number;
      readonly path: readonly RungRun[];
      /** From arrival to decision. */
      readonly spentMs: number;
      /** Spent on deciding: features, premodel, steps, merging, ranking. */
      readonly decideMs: number;
    }
  /** Nothing was run that fits the budget. */
  | { readonly kind: 'dropped' }
  | { readonly kind: 'failed'; readonly reason: string; readonly path: readonly RungRun[] };

/** In the queue, a frame without a budget takes its turn as if it had this one: it must not wait behind all others for ever. */
const UNHURRIED_MS = 1_000;
const NO_FEATURES = new Float64Array(0);

/** Takes one frame at a time up the ladder. Keeps its buffers; not re-entrant. */
export class Climber {
  readonly #parts: ClimbParts;
  readonly #evidence: Evidence;
  readonly #logits: Float32Array;
  readonly #judge: Judge;
  readonly #features: FrameFeatures | null;

  constructor(parts: ClimbParts) {
    this.#parts = parts;
    this.#evidence = new Evidence(parts.labels.length);
    this.#logits = new Float32Array(parts.labels.length);
    this.#judge = parts.policy.judge();
    this.#features = this.#judge.features.length === 0 ? null : parts.features(this.#judge.features);
  }

  async climb(frame: Arrival, box: Box, limitMs: number | null): Promise<ClimbResult> {
    const { clock, inference, policy, poolRungs } = this.#parts;
    const evidence = this.#evidence;
    const p95Ms = this.#parts.p95Ms();
    const path: RungRun[] = [];
    let waitedMs = 0;
    evidence.reset();
    const begunMs = clock.monotonicMs();
    const arriving: Budget = { limitMs, spentMs: begunMs - frame.arrivedMs, p95Ms };
    // A frame for which no rung is in time is not looked at either.
    const anywhere = { entry: policy.rungs.length - 1, last: -1, right: 0 };
    if (step(policy, anywhere, arriving).kind === 'drop') return { kind: 'dropped' };
    const features = this.#features?.(frame, box) ?? NO_FEATURES;
    const entry = this.#judge.entry(features);
    let last = -1;
    let right = 0;
    let decideMs = clock.monotonicMs() - begunMs;
    for (;;) {
      const nowMs = clock.monotonicMs();
      const budget: Budget = { limitMs, spentMs: nowMs - frame.arrivedMs, p95Ms };
      const decision = step(policy, { entry, last, right }, budget);
      if (decision.kind === 'drop') return { kind: 'dropped' };
      if (decision.kind === 'answer') {
        const top = this.#rank();
        const endMs = clock.monotonicMs();
        decideMs += endMs - nowMs;
        return { kind: 'answered', top, stop: decision.stop, right, path, spentMs: endMs - frame.arrivedMs, decideMs };
      }
      const { rung } = decision;
      decideMs += clock.monotonicMs() - nowMs;
      const result = await inference.run({
        rung: poolRungs[rung] ?? 0,
        frame,
        box,
        deadlineMs: frame.arrivedMs + (limitMs ?? UNHURRIED_MS),
        latestStartMs: latestStartMs(rung, frame.arrivedMs, budget),
        logits: this.#logits,
        embedding: null,
      });
      if (result.kind === 'failed') return { kind: 'failed', reason: result.reason, path };
      waitedMs += result.waitMs;
      if (result.kind === 'late') continue; // the next step sees the time that has passed and does without this rung
      const mergingMs = clock.monotonicMs();
      const parameters = policy.rungs[rung];
      if (parameters === undefined || !evidence.add(rung, this.#logits, parameters)) {
        return { kind: 'failed', reason: `rung ${parameters?.id ?? rung} gave values that are not finite`, path };
      }
      last = rung;
      right = this.#judge.right(evidence, features);
      decideMs += clock.monotonicMs() - mergingMs;
      const { prepareMs, runMs, serviceMs } = result;
      path.push({
        rung: parameters.id,
        waitMs: waitedMs,
        prepareMs,
        runMs,
        serviceMs,
        confidence: evidence.confidence,
      });
      waitedMs = 0;
    }
  }

  #rank(): RankedClass[] {
    const { labels, topK } = this.#parts;
    const { probabilities } = this.#evidence;
    return topIndices(probabilities, Math.min(topK, labels.length)).map((index) => ({
      label: labels[index]?.name ?? String(index),
      classId: labels[index]?.id ?? String(index),
      confidence: probabilities[index] ?? 0,
    }));
  }
}
