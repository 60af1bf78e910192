import { type Mode, type Policy, untrainedPolicy } from '../cascade/policy.ts';
import { rasterFeatures, smallRaster } from '../features/frame.ts';
import { backgroundOf, type Heads } from '../heads/artifact.ts';
import { ZeroEmbedder } from '../heads/zero.ts';
import { workingSizeFor } from '../image/working-size.ts';
import { checkModels, requireRung } from '../infer/ladder.ts';
import { InferencePool } from '../infer/pool.ts';
import type { SessionSettings } from '../infer/runtime.ts';
import { fastestFirst, measureRungs, type RungTiming } from '../infer/warmup.ts';
import type { ClimbParts } from '../pipeline/climb.ts';
import { type AskedQuestion, genericId, type HeldRungs, labelsQuestion } from '../pipeline/question.ts';
import type { Premodel } from '../premodel/artifact.ts';
import { trainedPolicy } from '../premodel/judge.ts';
import type { Clock, ClockStateName, Ladder, Rung, WorkingSize } from '../types.ts';
import { ZERO } from '../words.ts';
import { cheaperCascade, cheaperTrained, withGears } from './cheaper.ts';
import { slotCount } from './circumstances.ts';
import type { CameraQuestions, Engine, Wish } from './engine-parts.ts';
import { type EnginePlan, type PlanSettings, planEngine } from './engine-plan.ts';
import { inGroups } from './grouped-question.ts';
import { type KnownTimes, timesOf, withTwins } from './known-times.ts';
import { taughtQuestions } from './taught.ts';
import { unlessAborted } from './unless-aborted.ts';
import { measureZero } from './zero-time.ts';

export type { CameraQuestions, Engine, Wish } from './engine-parts.ts';
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
  readonly #plan: EnginePlan;
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
    this.#plan = plan;
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
    return this.climbOf([labelsQuestion(this.ladder.labels, this.#policy(mode, operatingPoint), this.#held())], null);
  }

  questions({ mode, operatingPoint, heads, grouped, generic, isAudited, gears }: Wish): CameraQuestions {
    const held = this.#held();
    const reference = isAudited ? this.ladder.reference : null;
    const taught = heads === null ? [] : taughtQuestions(heads, mode, operatingPoint, held, { reference, gears });
    if (!generic) return { generic: null, taught };
    const id = genericId(taught.map((question) => question.id));
    const asked = (policy: Policy): AskedQuestion => {
      const own = { ...labelsQuestion(this.ladder.labels, policy, held), id };
      return grouped === null ? own : inGroups(own, grouped);
    };
    const policy = this.#policy(mode, operatingPoint);
    const cheaper = gears ? this.#cheaper(mode, operatingPoint, policy, held) : [];
    const question = withGears(asked(policy), cheaper, asked);
    const top = isAudited && mode.kind !== 'fixed' ? { top: asked(this.#topPolicy()) } : {};
    const threshold = this.premodel?.reuse?.threshold;
    return { generic: { ...question, ...top, ...(threshold && { reuseThreshold: threshold }) }, taught };
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

  #held(): HeldRungs {
    return {
      ids: this.#timings.map(({ rung }) => rung),
      p95Ms: this.#timings.map(({ p95Ms }) => p95Ms),
      costs: this.pool.costs,
      zeroMs: this.#zeroMs,
    };
  }

  /** The top rung alone, as sure of itself as the premodel has found it. */
  #topPolicy(): Policy {
    const { premodel, top } = this.#plan;
    const policy = this.#policy({ kind: 'fixed', rung: top }, '');
    const temperature = premodel?.rungs.find(({ id }) => id === top)?.temperature;
    return { ...policy, rungs: policy.rungs.map((rung) => ({ ...rung, ...(temperature && { temperature }) })) };
  }

  #cheaper(mode: Mode, point: string, policy: Policy, { ids }: HeldRungs): Policy[] {
    const { premodel } = this.#plan;
    return premodel === null
      ? cheaperCascade(policy)
      : cheaperTrained(premodel, mode, point, (rung) => ids.includes(rung));
  }

  #policy(mode: Mode, point: string): Policy {
    const { premodel, subset } = this.#plan;
    if (mode.kind !== 'fixed' && premodel !== null) return trainedPolicy(premodel, mode.kind, point);
    if (mode.kind === 'fixed') requireRung(this.ladder, mode.rung, `mode fixed:${mode.rung}: `);
    const isWanted = (id: string) => (mode.kind === 'fixed' ? id === mode.rung : subset.includes(id));
    const wanted = this.ladder.rungs.filter(({ id }) => isWanted(id));
    return untrainedPolicy(mode, fastestFirst(wanted, this.#timings));
  }
}
