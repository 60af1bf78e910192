import { WeirError } from '../errors.ts';
import { workingSizeFor } from '../image/working-size.ts';
import { circumstancesOf } from '../infer/circumstances.ts';
import { InferencePool } from '../infer/pool.ts';
import type { Ladder, Rung } from '../types.ts';
import { measureOutcomes, type Outcomes } from './outcomes.ts';
import { type CostSettings, costsOf, fasterTwins } from './rung-costs.ts';
import type { Sample } from './sample.ts';

export interface TableSettings extends CostSettings {
  /** Leave out the slower of precision twins: their answers differ little. */
  readonly fasterTwinsOnly: boolean;
  readonly slots: number;
}

/** A table of outcomes with the rungs that it is of. */
export interface RungTable extends Outcomes, MeasuredRungs {}

/** The rungs of a table, and what they cost. */
export interface MeasuredRungs {
  readonly rungs: readonly Rung[];
  /** By index of `rungs`: `session.run` undisturbed, with one slot at work. */
  readonly costMs: readonly number[];
  readonly circumstances: string;
  /** What had to be left out, in words. */
  readonly notices: readonly string[];
}

/**
 * Runs rungs on samples (what the cache knows is not run again) and gives all their answers. A rung that gives values that are
 * not finite is left out.
 *
 * @throws WeirError of the models, the cache or the samples; the reason of `stop` when that is aborted
 */
export async function rungTable(samples: readonly Sample[], settings: TableSettings): Promise<RungTable> {
  return await withMeasuredRungs(settings, async (measured, pool) => {
    const outcomes = await measureOutcomes({
      samples,
      pool,
      working: workingSizeFor(settings.ladder.rungs),
      cache: settings.cache,
      circumstances: measured.circumstances,
      onProgress: (done, total) => settings.progress('answers of every rung', done, total),
      stop: settings.stop,
    });
    const works = workingRungs(measured.rungs, outcomes.logits, settings.ladder);
    const kept = works.kept;
    return {
      ...outcomes,
      ...works.of(measured),
      logits: outcomes.logits.filter(kept),
      runMs: outcomes.runMs.filter(kept),
    };
  });
}

/** Measures what rungs cost, chooses among twins, and has work done with those that are left. */
export async function withMeasuredRungs<T>(
  settings: TableSettings,
  work: (measured: MeasuredRungs, pool: InferencePool) => Promise<T>,
): Promise<T> {
  const { ladder, slots, session, clock, isBackground } = settings;
  const classes = ladder.labels.length;
  const circumstances = circumstancesOf(session);
  const costs = await costsOf(settings, circumstances);
  const rungs = settings.fasterTwinsOnly ? fasterTwins(settings, costs) : settings.rungs;
  const pool = await InferencePool.start({ rungs, classes, slots, settings: session, clock, isBackground });
  try {
    const costMs = rungs.map(({ id }) => costs.get(id) ?? Infinity);
    return await work({ rungs, costMs, circumstances, notices: [] }, pool);
  } finally {
    await pool.stop();
  }
}

/**
 * Which rungs give finite values alone.
 *
 * @param values by rung
 * @throws WeirError `rung-broken` where the reference is not among them
 */
export function workingRungs(rungs: readonly Rung[], values: readonly Float32Array[], { reference }: Ladder) {
  const broken = values.flatMap((own, rung) => (own.every(Number.isFinite) ? [] : [rung]));
  const names = broken.map((rung) => rungs[rung]?.id ?? '');
  if (names.includes(reference) || (broken.length > 0 && broken.length === rungs.length)) {
    throw new WeirError('rung-broken', `rung ${names.join(', ')} gives values that are not finite`, {
      remedy: 'export the model again; the reference must work',
    });
  }
  const kept = (_: unknown, rung: number) => !broken.includes(rung);
  const of = (measured: MeasuredRungs): MeasuredRungs => ({
    ...measured,
    rungs: measured.rungs.filter(kept),
    costMs: measured.costMs.filter(kept),
    notices: names.length === 0 ? [] : [`left out, as they give values that are not finite: ${names.join(', ')}`],
  });
  return { kept, of };
}
