import { seededRandom, shuffle } from '../cascade/random.ts';
import { emptyTrials, type Trials } from '../cascade/scoring.ts';
import type { InFootage, Sample } from '../dataset/sample.ts';
import { messageOf, WeirError } from '../errors.ts';
import { rasterFeatures, smallRaster } from '../features/frame.ts';
import type { InferencePool } from '../infer/pool.ts';
import type { QuestionResult } from '../pipeline/asking.ts';
import { Climber } from '../pipeline/climb.ts';
import { labelsQuestion } from '../pipeline/question.ts';
import { type Clock, type Ladder, type Raster, WHOLE_FRAME } from '../types.ts';
import { FootageMemory, type FrameDifference } from './footage-memory.ts';
import type { Contestant, ContestResult } from './summary.ts';

/** Enough for top-5. */
const TOP_K = 5;
const ORDER_SEED = 1;

type Answered = Extract<QuestionResult, { kind: 'answered' }> & { readonly decideMs: number };

/** Everything that is measured, sample by sample, in turn. */
export class Contest {
  readonly skipped: { name: string; reason: string }[] = [];
  /** Who could not be measured, and why. */
  readonly leftOut: { id: string; reason: string }[] = [];
  readonly #ladder: Ladder;
  readonly #clock: Clock;
  readonly #samples: readonly Sample[];
  readonly #contestants: readonly Contestant[];
  readonly #climbers: readonly Climber[];
  /** What each remembers of footage that it meets in order. */
  readonly #memories: readonly (FootageMemory | null)[];
  readonly #trials: readonly Trials[];
  readonly #referenceAt: number;
  readonly #used: number[] = [];
  readonly #classOf: ReadonlyMap<string, number>;
  readonly #random = seededRandom(ORDER_SEED);
  readonly #order: number[];
  readonly #answers: (Answered | null)[];

  /** @param difference says how much frames of footage differ, a new one for each who takes part; `null`: nobody remembers */
  constructor(
    ladder: Ladder,
    pool: InferencePool,
    all: readonly Contestant[],
    samples: readonly Sample[],
    clock: Clock,
    difference: (() => FrameDifference) | null = null,
  ) {
    this.#clock = clock;
    this.#ladder = ladder;
    this.#classOf = new Map(ladder.labels.map(({ id }, index) => [id, index]));
    this.#samples = samples;
    this.#contestants = all;
    const { labels } = ladder;
    const seen = { raster: smallRaster, features: rasterFeatures, zero: null };
    const held = { ids: pool.rungs.map(({ id }) => id), p95Ms: pool.rungs.map(() => 0), zeroMs: null };
    const questions = all.map(({ policy }) => labelsQuestion(labels, policy, held));
    this.#climbers = questions.map(
      (question) => new Climber({ inference: pool, questions: [question], clock, topK: TOP_K, ...seen }),
    );
    this.#memories = questions.map((question) => difference && new FootageMemory(question, difference()));
    this.#trials = all.map(({ policy }) =>
      emptyTrials(
        samples.length,
        policy.rungs.map(({ id }) => id),
      ),
    );
    this.#referenceAt = all.findIndex((one) => one.kind === 'rung' && one.id === ladder.reference);
    this.#order = [...all.keys()];
    this.#answers = all.map(() => null);
  }

  /** Lets everyone answer one sample. @throws WeirError `inference-failed` if the reference cannot */
  async meet(index: number, sample: Sample, load: () => Promise<Raster>): Promise<void> {
    let frame: Raster;
    try {
      frame = await load();
    } catch (error) {
      if (!(error instanceof WeirError) || error.code !== 'image-unreadable') throw error;
      this.skipped.push({ name: sample.name, reason: messageOf(error) });
      return;
    }
    // Another order every time: whose model stands before one's own in the processor's caches must be chance.
    for (const k of shuffle(this.#order, this.#random)) {
      this.#answers[k] = this.#takesPart(k) ? await this.#climb(k, frame, sample.footage) : null;
    }
    const reference = this.#answers[this.#referenceAt]?.top[0]?.classId ?? '';
    const truth = sample.truth === null ? reference : (this.#ladder.labels[sample.truth]?.id ?? '');
    for (const [k, answer] of this.#answers.entries()) if (answer !== null) this.#note(k, index, answer, truth);
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

  /** @returns null where it fails twice in a row: it takes no part any more */
  async #climb(k: number, frame: Raster, footage: InFootage | undefined): Promise<Answered | null> {
    const climber = this.#climbers[k] as Climber;
    const memory = this.#memories[k] ?? null;
    let reason = '';
    for (let attempt = 0; attempt < 2; attempt++) {
      const arrival = { ...frame, arrivedMs: this.#clock.monotonicMs() };
      const how = footage && memory?.recall(footage, () => climber.small(arrival, WHOLE_FRAME).pixels);
      const rememberedMs = this.#clock.monotonicMs() - arrival.arrivedMs;
      const { answers, decideMs } = await climber.climb(arrival, WHOLE_FRAME, null, how);
      const [result] = answers;
      if (result?.kind === 'answered') {
        if (footage) memory?.take(footage, result);
        return { ...result, decideMs: decideMs + (footage ? rememberedMs : 0) };
      }
      reason = result?.kind === 'failed' ? result.reason : 'no rung ran';
    }
    if (k === this.#referenceAt) {
      throw new WeirError('inference-failed', reason, { remedy: 'check the models with `weir doctor`' });
    }
    this.leftOut.push({ id: nameOf(this.#contestants[k] as Contestant), reason });
    return null;
  }

  #note(k: number, index: number, { top, path, right, spentMs, decideMs }: Answered, truth: string): void {
    const trials = this.#trials[k] as Trials;
    trials.right[index] = top[0]?.classId === truth ? 1 : 0;
    trials.rightInFive[index] = top.some(({ classId }) => classId === truth) ? 1 : 0;
    trials.answer[index] = this.#classOf.get(top[0]?.classId ?? '') ?? -1;
    trials.predicted[index] = right;
    trials.runMs[index] = path.reduce((sum, { runMs }) => sum + runMs, 0);
    trials.totalMs[index] = spentMs;
    trials.decideMs[index] = decideMs;
    trials.macsMillions[index] = path.reduce((sum, { rung }) => sum + this.#macs(rung), 0);
    trials.rungsRun[index] = path.length;
    trials.began[index] = trials.rungs.indexOf(path[0]?.rung ?? '');
    trials.ended[index] = trials.rungs.indexOf(path.at(-1)?.rung ?? '');
  }

  #takesPart(k: number): boolean {
    const one = this.#contestants[k];
    return one !== undefined && !this.leftOut.some(({ id }) => id === nameOf(one));
  }

  #macs(id: string): number {
    return this.#ladder.rungs.find((rung) => rung.id === id)?.macsMillions ?? 0;
  }
}

/** For people: `rung lite0@96-int8`, `hybrid balanced`. */
function nameOf(one: Contestant): string {
  return one.kind === 'rung' ? `rung ${one.id}` : `${one.mode} ${one.operatingPoint}`;
}
