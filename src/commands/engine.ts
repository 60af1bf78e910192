import type { Mode } from '../cascade/policy.ts';
import { rasterFeatures, smallRaster } from '../features/frame.ts';
import { backgroundOf, type Heads } from '../heads/artifact.ts';
import { ZeroEmbedder } from '../heads/zero.ts';
import { workingSizeFor } from '../image/working-size.ts';
import { checkModels, requireRung } from '../infer/ladder.ts';
import { InferencePool } from '../infer/pool.ts';
import type { SessionSettings } from '../infer/runtime.ts';
import { measureRungs, type RungTiming } from '../infer/warmup.ts';
import type { ClimbParts } from '../pipeline/climb.ts';
import type { AskedQuestion } from '../pipeline/question.ts';
import type { Premodel } from '../premodel/artifact.ts';
import type { Clock, ClockStateName, Ladder, Rung, WorkingSize } from '../types.ts';
import { ZERO } from '../words.ts';
import { Asker, type AskerRungs, type CameraQuestions, type Wish } from './asker.ts';
import { slotCount } from './circumstances.ts';
import { type EnginePlan, type PlanSettings, planEngine } from './engine-plan.ts';
import { type KnownTimes, timesOf, withTwins } from './known-times.ts';
import { unlessAborted } from './unless-aborted.ts';
import { measureZero } from './zero-time.ts';

export type { CameraQuestions, Wish } from './asker.ts';
export { type EnginePlan, type PlanSettings, planEngine, type Use } from './engine-plan.ts';

export interface EngineSettings extends PlanSettings {
  readonly slots: number | 'auto';
  readonly session: SessionSettings;
  readonly warmupRuns: number;
  readonly topK: number;
  readonly clock: Clock;
  readonly clockState?: () => ClockStateName;
  readonly onCrash: (reason: string) => void;
  /** Rungs were loaded beside those of the start; they stay. @param bytesPerSlot resident memory that each slot takes now, about */
  readonly onLoaded?: (timings: readonly RungTiming[], bytesPerSlot: number) => void;
  /** Times that need not be measured, where some are known for what is planned. */
  readonly known?: (plan: EnginePlan) => Promise<KnownTimes | null>;
  /** Loading and measuring end when it is aborted. */
  readonly stop?: AbortSignal;
}

/** A ladder that is loaded, measured and ready to classify. */
export interface Engine {
  readonly ladder: Ladder;
  readonly premodel: Premodel | null;
  readonly pool: InferencePool;
  /** Rungs that are loaded, in ladder order, and behind them those that were loaded later. */
  readonly rungs: readonly Rung[];
  readonly timings: readonly RungTiming[];
  readonly working: WorkingSize;
  /** Bytes of resident memory that each slot took. */
  readonly bytesPerSlot: number;
  /** What could not be done as asked. */
  readonly notices: readonly string[];
  /** A climb for the ladder's labels alone. @throws WeirError `operating-point-unknown` */
  climbParts(mode: Mode, operatingPoint: string): ClimbParts;
  /**
   * Rungs that are not loaded are told by the questions' `poolRungs`.
   *
   * @throws WeirError `operating-point-unknown`, `heads-no-rung`, `unknown-rung`
   */
  questions(wish: Wish): CameraQuestions;
  /** A climb for some questions of one camera. */
  climbOf(questions: readonly AskedQuestion[], heads: Heads | null): ClimbParts;
  /**
   * Loads and measures rungs that are not loaded yet, while frames go on; rung zero needs none.
   *
   * @param stop when it is aborted this rejects at once; what was begun ends with the thread that is being loaded, or the run
   * @throws WeirError `unknown-rung`; of the models or the runtime; the reason of `stop`; then all is as it was
   */
  ensureRungs(ids: readonly string[], stop?: AbortSignal): Promise<void>;
}

/**
 * Loads what the modes need and measures it.
 *
 * @throws WeirError of the ladder, the premodel, the models or the runtime; the reason of `stop` when that is aborted
 */
export async function startEngine(settings: EngineSettings): Promise<Engine> {
  const planned = await planEngine(settings);
  const known = (await settings.known?.(planned)) ?? null;
  const plan = known === null ? planned : withTwins(planned, known.twins);
  const { ladder, rungs } = plan;
  await checkModels(rungs);
  const slots = slotCount(settings.slots);
  const { clock, clockState, onCrash } = settings;
  const residentBefore = process.memoryUsage.rss();
  const classes = ladder.labels.length;
  const session = settings.session;
  const pool = await InferencePool.start({ rungs, classes, slots, settings: session, clock, clockState, onCrash });
  try {
    // Of the whole ladder: a rung sees the same pixels whichever others are in use.
    const working = workingSizeFor(ladder.rungs);
    const timings = await timesOf(pool, working, known, settings);
    const bytesPerSlot = Math.max(0, process.memoryUsage.rss() - residentBefore) / slots;
    const zeroMs = await measureZero(working, clock); // now: a camera may be taught to use it while frames go on
    return new LoadedEngine(settings, plan, { pool, working, timings, bytesPerSlot, zeroMs });
  } catch (error) {
    await pool.stop();
    throw error;
  }
}

class LoadedEngine implements Engine {
  readonly ladder: Ladder;
  readonly premodel: Premodel | null;
  readonly pool: InferencePool;
  readonly working: WorkingSize;
  readonly notices: readonly string[];
  readonly #settings: EngineSettings;
  readonly #asker: Asker;
  #timings: readonly RungTiming[];
  #bytesPerSlot: number;
  readonly #zeroMs: number;
  #loading = Promise.resolve();

  constructor(
    settings: EngineSettings,
    plan: EnginePlan,
    loaded: Pick<Engine, 'pool' | 'working' | 'timings' | 'bytesPerSlot'> & { readonly zeroMs: number },
  ) {
    this.#settings = settings;
    this.#asker = new Asker(plan, () => this.#held());
    this.ladder = plan.ladder;
    this.premodel = plan.premodel;
    this.pool = loaded.pool;
    this.working = loaded.working;
    this.#bytesPerSlot = loaded.bytesPerSlot;
    this.#timings = loaded.timings;
    for (const [rung, timing] of loaded.timings.entries()) this.pool.costs.begin(rung, timing);
    this.#zeroMs = loaded.zeroMs;
    this.notices = [...plan.notices, ...loaded.pool.notices];
  }

  get rungs(): readonly Rung[] {
    return this.pool.rungs.slice(0, this.#timings.length);
  }

  get bytesPerSlot(): number {
    return this.#bytesPerSlot;
  }

  get timings(): readonly RungTiming[] {
    return this.#timings;
  }

  climbParts(mode: Mode, operatingPoint: string): ClimbParts {
    return this.climbOf([this.#asker.labels(mode, operatingPoint)], null);
  }

  questions(wish: Wish): CameraQuestions {
    return this.#asker.questions(wish);
  }

  climbOf(questions: readonly AskedQuestion[], heads: Heads | null): ClimbParts {
    const { clock, topK } = this.#settings;
    const background = heads === null ? null : backgroundOf(heads);
    return {
      inference: this.pool,
      questions,
      clock,
      topK,
      raster: smallRaster,
      features: rasterFeatures,
      zero: background === null ? null : () => new ZeroEmbedder(background),
    };
  }

  ensureRungs(ids: readonly string[], stop?: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([this.#settings.stop, stop].flatMap((given) => given ?? []));
    const loaded = this.#loading.then(() => this.#load(ids, signal));
    this.#loading = loaded.catch(() => {});
    return unlessAborted(loaded, signal);
  }

  async #load(ids: readonly string[], stop: AbortSignal): Promise<void> {
    for (const id of ids) if (id !== ZERO) requireRung(this.ladder, id);
    const missing = this.ladder.rungs.filter(
      ({ id }) => ids.includes(id) && !this.#timings.some(({ rung }) => rung === id),
    );
    if (missing.length === 0) return;
    const residentBefore = process.memoryUsage.rss();
    await this.pool.extend(missing, stop);
    const indices = [...this.pool.rungs.keys()].slice(this.#timings.length);
    const measured = await measureRungs(this.pool, this.working, this.#settings.warmupRuns, stop, indices);
    for (const [at, timing] of measured.entries()) this.pool.costs.begin(this.#timings.length + at, timing);
    this.#timings = [...this.#timings, ...measured];
    this.#bytesPerSlot += Math.max(0, process.memoryUsage.rss() - residentBefore) / this.pool.slots;
    this.#settings.onLoaded?.(measured, this.#bytesPerSlot);
  }

  #held(): AskerRungs {
    return {
      timings: this.#timings,
      ids: this.#timings.map(({ rung }) => rung),
      p95Ms: this.#timings.map(({ p95Ms }) => p95Ms),
      costs: this.pool.costs,
      zeroMs: this.#zeroMs,
    };
  }
}
