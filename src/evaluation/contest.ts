import { emptyTrials, type Trials } from '../cascade/scoring.ts';
import type { Sample } from '../dataset/sample.ts';
import { messageOf, WeirError } from '../errors.ts';
import { frameFeatures } from '../features/frame.ts';
import type { InferencePool } from '../infer/pool.ts';
import { Climber, climbPartsOf } from '../pipeline/climb.ts';
import { type Clock, type Ladder, type Raster, WHOLE_FRAME } from '../types.ts';
import type { Contestant, ContestResult } from './summary.ts';

/** Enough for top-5. */
const TOP_K = 5;

/** Everything that is measured, sample by sample, in turn. */
export class Contest {
  readonly skipped: { name: string; reason: string }[] = [];
  /** Single rungs that could not be measured, and why. */
  readonly leftOut: { id: string; reason: string }[] = [];
  readonly #ladder: Ladder;
  readonly #clock: Clock;
  readonly #samples: readonly Sample[];
  readonly #contestants: readonly Contestant[];
  readonly #climbers: readonly Climber[];
  readonly #trials: readonly Trials[];
  readonly #referenceAt: number;
  readonly #used: number[] = [];
  readonly #classOf: ReadonlyMap<string, number>;

  constructor(
    ladder: Ladder,
    pool: InferencePool,
    all: readonly Contestant[],
    samples: readonly Sample[],
    clock: Clock,
  ) {
    this.#clock = clock;
    this.#ladder = ladder;
    this.#classOf = new Map(ladder.labels.map(({ id }, index) => [id, index]));
    this.#samples = samples;
    this.#contestants = all;
    const { labels } = ladder;
    const shared = { inference: pool, labels, clock, topK: TOP_K, features: frameFeatures };
    const noTime = pool.rungs.map(() => 0);
    this.#climbers = all.map(({ policy }) => new Climber(climbPartsOf(shared, pool.rungs, policy, noTime)));
    this.#trials = all.map(({ policy }) =>
      emptyTrials(
        samples.length,
        policy.rungs.map(({ id }) => id),
      ),
    );
    this.#referenceAt = all.findIndex((one) => one.kind === 'rung' && one.id === ladder.reference);
  }

  async meet(index: number, sample: Sample, load: () => Promise<Raster>): Promise<void> {
    let frame: Raster;
    try {
      frame = await load();
    } catch (error) {
      if (!(error instanceof WeirError) || error.code !== 'image-unreadable') throw error;
      this.skipped.push({ name: sample.name, reason: messageOf(error) });
      return;
    }
    const count = this.#contestants.length;
    // Each begins another time, so that none always runs with warm caches of the one before; without labels the reference first.
    const order = Array.from({ length: count }, (_, k) => (index + k) % count);
    if (sample.truth === null) order.sort((a, b) => Number(b === this.#referenceAt) - Number(a === this.#referenceAt));
    let truth = sample.truth === null ? null : (this.#ladder.labels[sample.truth]?.id ?? null);
    for (const k of order) if (this.#takesPart(k)) truth = await this.#run(k, index, frame, truth);
    this.#used.push(index);
  }

  result(): ContestResult {
    return {
      contestants: this.#contestants.filter((_, k) => this.#takesPart(k)),
      trials: this.#trials.filter((_, k) => this.#takesPart(k)),
      rows: this.#used,
      samples: this.#samples,
      skipped: this.skipped.length,
    };
  }

  async #run(k: number, index: number, frame: Raster, truth: string | null): Promise<string | null> {
    const trials = this.#trials[k] as Trials;
    const arrival = { ...frame, arrivedMs: this.#clock.monotonicMs() };
    const result = await (this.#climbers[k] as Climber).climb(arrival, WHOLE_FRAME, null);
    if (result.kind !== 'answered') {
      const reason = result.kind === 'failed' ? result.reason : 'no rung ran';
      const one = this.#contestants[k];
      if (one?.kind === 'rung' && k !== this.#referenceAt) {
        this.leftOut.push({ id: one.id, reason });
        return truth;
      }
      throw new WeirError('inference-failed', reason, { remedy: 'check the models with `weir doctor`' });
    }
    const { top, path, right, spentMs, decideMs } = result;
    const answer = truth ?? top[0]?.classId ?? '';
    trials.right[index] = top[0]?.classId === answer ? 1 : 0;
    trials.rightInFive[index] = top.some(({ classId }) => classId === answer) ? 1 : 0;
    trials.answer[index] = this.#classOf.get(top[0]?.classId ?? '') ?? -1;
    trials.predicted[index] = right;
    trials.runMs[index] = path.reduce((sum, { runMs }) => sum + runMs, 0);
    trials.totalMs[index] = spentMs;
    trials.decideMs[index] = decideMs;
    trials.macsMillions[index] = path.reduce((sum, { rung }) => sum + this.#macs(rung), 0);
    trials.rungsRun[index] = path.length;
    trials.began[index] = trials.rungs.indexOf(path[0]?.rung ?? '');
    trials.ended[index] = trials.rungs.indexOf(path.at(-1)?.rung ?? '');
    return answer;
  }

  #takesPart(k: number): boolean {
    const one = this.#contestants[k];
    return one?.kind !== 'rung' || !this.leftOut.some(({ id }) => id === one.id);
  }

  #macs(id: string): number {
    return this.#ladder.rungs.find((rung) => rung.id === id)?.macsMillions ?? 0;
  }
}
