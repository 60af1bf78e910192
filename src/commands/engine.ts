import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Mode, type Policy, untrainedPolicy } from '../cascade/policy.ts';
import { usageError } from '../errors.ts';
import { rasterFeatures, smallRaster } from '../features/frame.ts';
import { workingSizeFor } from '../image/working-size.ts';
import { checkModels, chooseSubset, ladderPath, readLadder, requireRung } from '../infer/ladder.ts';
import { InferencePool } from '../infer/pool.ts';
import type { SessionSettings } from '../infer/runtime.ts';
import { fastestFirst, type RungTiming } from '../infer/warmup.ts';
import type { ClimbParts } from '../pipeline/climb.ts';
import { labelsQuestion } from '../pipeline/question.ts';
import { type Premodel, readPremodel } from '../premodel/artifact.ts';
import { operatingPoint, trainedPolicy } from '../premodel/judge.ts';
import type { Clock, Ladder, Rung, WorkingSize } from '../types.ts';
import { slotCount } from './circumstances.ts';
import { type KnownTimes, timesOf, withTwins } from './known-times.ts';

/** Which rungs an engine is to hold, and how it decides. */
export interface PlanSettings {
  readonly ladder: string;
  /** Path of a premodel; `null` for the one beside the ladder, if there is one. */
  readonly premodel: string | null;
  /** Rungs to use without a premodel; `null` for the premodel's, else the ladder's own choice. */
  readonly rungs: readonly string[] | null;
  /** What will be asked for: its rungs are loaded. */
  readonly uses: readonly Use[];
}

/** A way of deciding that will be asked for. */
export interface Use {
  readonly mode: Mode;
  /** `null`: any of the premodel's. */
  readonly operatingPoint: string | null;
}

export interface EngineSettings extends PlanSettings {
  readonly slots: number | 'auto';
  readonly session: SessionSettings;
  readonly warmupRuns: number;
  readonly topK: number;
  readonly clock: Clock;
  readonly onCrash: (reason: string) => void;
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
  /** Rungs that are loaded, in ladder order. */
  readonly rungs: readonly Rung[];
  readonly timings: readonly RungTiming[];
  readonly working: WorkingSize;
  /** Bytes of resident memory that each slot took. */
  readonly bytesPerSlot: number;
  /** What could not be done as asked. */
  readonly notices: readonly string[];
  /** @throws WeirError `operating-point-unknown` */
  climbParts(mode: Mode, operatingPoint: string): ClimbParts;
}

/** What an engine will hold. */
export interface EnginePlan {
  readonly ladder: Ladder;
  readonly premodel: Premodel | null;
  /** The ordered subset that climbs use; empty where only fixed rungs are asked for. */
  readonly subset: readonly string[];
  /** Rungs that the uses need. */
  readonly rungs: readonly Rung[];
  readonly notices: readonly string[];
}

const PREMODEL_FILE = 'premodel.json';

/**
 * Reads the ladder and its premodel, and checks that they have what the uses need. Opens no model file.
 *
 * @throws WeirError of the ladder or the premodel; `premodel-and-rungs` where both are named
 */
export async function planEngine(settings: PlanSettings): Promise<EnginePlan> {
  const path = ladderPath(settings.ladder);
  const ladder = await readLadder(path);
  if (settings.rungs !== null && settings.premodel !== null) {
    throw usageError(
      'premodel-and-rungs',
      `the premodel ${settings.premodel} has rungs of its own; ${settings.rungs.join(', ')} cannot be used with it`,
      'leave out the premodel, or the rungs',
    );
  }
  const asked = chooseSubset(ladder, settings.rungs); // also where it is not used: a rung that is not there is a mistake
  const premodel = settings.rungs === null ? await premodelOf(settings, ladder, path) : null;
  const climbs = settings.uses.filter(({ mode }) => mode.kind !== 'fixed');
  const notices: string[] = [];
  if (premodel === null && climbs.some(({ mode }) => mode.kind !== 'cascade')) {
    const why = settings.rungs === null ? `the ladder ${ladder.name} has no premodel` : 'rungs are named';
    notices.push(`${why}: frames are decided by a plain cascade; fit a premodel with \`weir train\``);
  }
  const subset = climbs.length === 0 ? [] : (premodel?.rungs.map(({ id }) => id) ?? asked);
  const rungs = rungsToLoad(ladder, subset, premodel, settings.uses);
  return { ladder, premodel: climbs.length === 0 ? null : premodel, subset, rungs, notices };
}

async function premodelOf({ premodel }: PlanSettings, ladder: Ladder, path: string): Promise<Premodel | null> {
  const beside = join(dirname(path), PREMODEL_FILE);
  if (premodel === null && !existsSync(beside)) return null;
  return await readPremodel(premodel ?? beside, ladder);
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
  const { ladder, premodel, subset, rungs } = plan;
  await checkModels(rungs);
  const slots = slotCount(settings.slots);
  const { clock, onCrash } = settings;
  const residentBefore = process.memoryUsage.rss();
  const classes = ladder.labels.length;
  const pool = await InferencePool.start({ rungs, classes, slots, settings: settings.session, clock, onCrash });
  try {
    // Of the whole ladder: a rung sees the same pixels whichever others are in use.
    const working = workingSizeFor(ladder.rungs);
    const timings = await timesOf(pool, working, known, settings);
    const bytesPerSlot = Math.max(0, process.memoryUsage.rss() - residentBefore) / slots;

    const shared = {
      inference: pool,
      clock,
      topK: settings.topK,
      raster: smallRaster,
      features: rasterFeatures,
      zero: null,
    };
    const held = { ids: rungs.map(({ id }) => id), p95Ms: timings.map((timing) => timing.p95Ms), zeroMs: null };
    const climbParts = (mode: Mode, point: string): ClimbParts => ({
      ...shared,
      questions: [labelsQuestion(ladder.labels, policyFor(mode, point), held)],
    });
    const policyFor = (mode: Mode, point: string): Policy => {
      if (mode.kind !== 'fixed' && premodel !== null) return trainedPolicy(premodel, mode.kind, point);
      const wanted = rungs.filter(({ id }) => (mode.kind === 'fixed' ? id === mode.rung : subset.includes(id)));
      return untrainedPolicy(mode, fastestFirst(wanted, timings));
    };
    const notices = [...plan.notices, ...pool.notices];
    return { ladder, premodel, pool, rungs, timings, working, bytesPerSlot, notices, climbParts };
  } catch (error) {
    await pool.stop();
    throw error;
  }
}

function rungsToLoad(
  ladder: Ladder,
  subset: readonly string[],
  premodel: Premodel | null,
  uses: readonly Use[],
): Rung[] {
  const fixed = uses.flatMap(({ mode }) => (mode.kind === 'fixed' ? [mode.rung] : []));
  for (const id of fixed) requireRung(ladder, id, `mode fixed:${id}: `);
  const climbed = uses.flatMap(({ mode, operatingPoint: name }) => {
    if (mode.kind === 'fixed') return [];
    return premodel === null || name === null ? subset : operatingPoint(premodel, mode.kind, name).rungs;
  });
  return ladder.rungs.filter(({ id }) => climbed.includes(id) || fixed.includes(id));
}
