import { availableParallelism } from 'node:os';
import { type Mode, untrainedPolicy } from '../cascade/policy.ts';
import { usageError } from '../errors.ts';
import { frameFeatures } from '../features/frame.ts';
import { workingSizeFor } from '../image/working-size.ts';
import { checkModels, chooseSubset, ladderPath, readLadder } from '../infer/ladder.ts';
import { InferencePool } from '../infer/pool.ts';
import type { SessionSettings } from '../infer/runtime.ts';
import { measureRungs, type RungTiming } from '../infer/warmup.ts';
import type { ClimbParts } from '../pipeline/climb.ts';
import type { Clock, Ladder, Rung, WorkingSize } from '../types.ts';

export interface EngineSettings {
  readonly ladder: string;
  /** Rungs to use; `null` for the subset that belongs to the ladder. */
  readonly rungs: readonly string[] | null;
  /** Modes that will be asked for: their rungs are loaded. */
  readonly modes: readonly Mode[];
  readonly slots: number | 'auto';
  readonly session: SessionSettings;
  readonly warmupRuns: number;
  readonly topK: number;
  readonly clock: Clock;
  readonly onCrash: (reason: string) => void;
  /** Loading and measuring end when it is aborted. */
  readonly stop?: AbortSignal;
}

/** A ladder that is loaded, measured and ready to classify. */
export interface Engine {
  readonly ladder: Ladder;
  readonly pool: InferencePool;
  /** Rungs that are loaded, cheapest first by their measured time. */
  readonly rungs: readonly Rung[];
  readonly timings: readonly RungTiming[];
  readonly working: WorkingSize;
  /** Bytes of resident memory that each slot took. */
  readonly bytesPerSlot: number;
  climbParts(mode: Mode): ClimbParts;
}

/** What an engine will hold. */
export interface EnginePlan {
  readonly ladder: Ladder;
  readonly subset: readonly string[];
  /** Rungs that the modes need. */
  readonly rungs: readonly Rung[];
}

/**
 * Reads the ladder and checks that it has what the modes need. Loads no model.
 *
 * @throws WeirError of the ladder or the models
 */
export async function planEngine(settings: Pick<EngineSettings, 'ladder' | 'rungs' | 'modes'>): Promise<EnginePlan> {
  const path = ladderPath(settings.ladder);
  const ladder = await readLadder(path);
  const subset = await subsetOf(ladder, path, settings);
  const rungs = rungsToLoad(ladder, subset, settings.modes);
  await checkModels(rungs);
  return { ladder, subset, rungs };
}

/**
 * Loads what the modes need and measures it.
 *
 * @throws WeirError of the ladder, the models or the runtime; the reason of `stop` when that is aborted
 */
export async function startEngine(settings: EngineSettings): Promise<Engine> {
  const { ladder, subset, rungs } = await planEngine(settings);

  const slots = settings.slots === 'auto' ? availableParallelism() : settings.slots;
  const { clock, onCrash } = settings;
  const residentBefore = process.memoryUsage.rss();
  const classes = ladder.labels.length;
  const pool = await InferencePool.start({ rungs, classes, slots, settings: settings.session, clock, onCrash });
  try {
    // Of the whole ladder: a rung sees the same pixels whichever others are in use.
    const working = workingSizeFor(ladder.rungs);
    const timings = await measureRungs(pool, working, settings.warmupRuns, settings.stop);
    const bytesPerSlot = Math.max(0, process.memoryUsage.rss() - residentBefore) / slots;
    const order = [...rungs.keys()].sort((a, b) => timeOf(timings, a) - timeOf(timings, b));
    const ordered = (wanted: (rung: Rung) => boolean) => order.filter((index) => wanted(rungs[index] as Rung));

    const climbParts = (mode: Mode): ClimbParts => {
      const poolRungs = ordered(({ id }) => (mode.kind === 'fixed' ? id === mode.rung : subset.includes(id)));
      const policy = untrainedPolicy(
        mode,
        poolRungs.map((index) => rungs[index] as Rung),
      );
      const p95Ms = poolRungs.map((index) => timings[index]?.p95Ms ?? Infinity);
      return {
        inference: pool,
        policy,
        poolRungs,
        labels: ladder.labels,
        clock,
        topK: settings.topK,
        p95Ms: () => p95Ms,
        features: frameFeatures,
      };
    };
    return { ladder, pool, rungs, timings, working, bytesPerSlot, climbParts };
  } catch (error) {
    await pool.stop();
    throw error;
  }
}

async function subsetOf(
  ladder: Ladder,
  path: string,
  { modes, rungs }: Pick<EngineSettings, 'modes' | 'rungs'>,
): Promise<string[]> {
  const subset = await chooseSubset(ladder, path, rungs); // also where it is not used: a rung that is not there is a mistake
  return modes.some((mode) => mode.kind !== 'fixed') ? subset : [];
}

function rungsToLoad(ladder: Ladder, subset: readonly string[], modes: readonly Mode[]): Rung[] {
  const fixed = modes.flatMap((mode) => (mode.kind === 'fixed' ? [mode.rung] : []));
  for (const id of fixed) {
    if (ladder.rungs.some((rung) => rung.id === id)) continue;
    throw usageError(
      'unknown-rung',
      `mode fixed:${id}: the ladder ${ladder.name} has no such rung`,
      `choose one of ${ladder.rungs.map((rung) => rung.id).join(', ')}`,
    );
  }
  return ladder.rungs.filter(({ id }) => subset.includes(id) || fixed.includes(id));
}

function timeOf(timings: readonly RungTiming[], index: number): number {
  return timings[index]?.p50Ms ?? Infinity;
}
