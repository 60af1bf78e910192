import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readArtifact } from '../artifact/read.ts';
import { canonicalJson, writeArtifact } from '../artifact/write.ts';
import { WeirError } from '../errors.ts';
import { workingSizeFor } from '../image/working-size.ts';
import { circumstancesOf } from '../infer/circumstances.ts';
import { twinKey } from '../infer/ladder.ts';
import { InferencePool } from '../infer/pool.ts';
import type { SessionSettings } from '../infer/runtime.ts';
import { measureRungs } from '../infer/warmup.ts';
import type { Clock, Ladder, Rung } from '../types.ts';
import { guarded } from './column.ts';
import { measureOutcomes, type Outcomes } from './outcomes.ts';
import type { Sample } from './sample.ts';

export interface TableSettings {
  readonly ladder: Ladder;
  /** Rungs of which answers are wanted. */
  readonly rungs: readonly Rung[];
  /** Leave out the slower of precision twins: their answers differ little. */
  readonly fasterTwinsOnly: boolean;
  readonly slots: number;
  readonly session: SessionSettings;
  readonly clock: Clock;
  readonly cache: string;
  readonly progress: (stage: string, done: number, total: number) => void;
  readonly stop: AbortSignal;
}

/** A table of outcomes with the rungs that it is of. */
export interface RungTable extends Outcomes {
  readonly rungs: readonly Rung[];
  /** By index of `rungs`: median of `session.run` with one slot at work and nothing beside it. */
  readonly costMs: readonly number[];
  readonly circumstances: string;
  /** What had to be left out, in words. */
  readonly notices: readonly string[];
}

const COST_RUNS = 24;
/** A precision twin that is not this much faster than the one before it in the ladder is not worth another file. */
const WORTH_A_TWIN = 0.9;

/**
 * Runs rungs on samples (what the cache knows is not run again) and gives all their answers. A rung that gives values that are
 * not finite is left out.
 *
 * @throws WeirError of the models, the cache or the samples; the reason of `stop` when that is aborted
 */
export async function rungTable(samples: readonly Sample[], settings: TableSettings): Promise<RungTable> {
  const { ladder, slots, session, clock, stop } = settings;
  const classes = ladder.labels.length;
  const circumstances = circumstancesOf(session);
  const costs = await costsOf(settings, circumstances);
  const rungs = settings.fasterTwinsOnly ? fasterTwins(settings, costs) : settings.rungs;
  const pool = await InferencePool.start({ rungs, classes, slots, settings: session, clock });
  try {
    const outcomes = await measureOutcomes({
      samples,
      pool,
      working: workingSizeFor(ladder.rungs),
      cache: settings.cache,
      circumstances,
      onProgress: (done, total) => settings.progress('answers of every rung', done, total),
      stop,
    });
    const costMs = rungs.map(({ id }) => costs.get(id) ?? Infinity);
    return withoutBroken({ ...outcomes, rungs, costMs, circumstances, notices: [] }, ladder);
  } finally {
    await pool.stop();
  }
}

/** What each rung costs on this machine, as the cache remembers it. */
const costsFile = z.strictObject({ schema: z.literal('weir.costs/1'), costMs: z.record(z.string(), z.number()) });

/**
 * Median time of each rung in one slot, in turn with all others: the times of the table itself were taken while other slots and
 * the reading of images were at work. What was measured once is kept: the same cache gives the same premodel.
 */
async function costsOf(settings: TableSettings, circumstances: string): Promise<ReadonlyMap<string, number>> {
  const { ladder, rungs, cache } = settings;
  const identity = { ladder: ladder.fingerprint, rungs: rungs.map(({ id }) => id), circumstances };
  const name = createHash('sha256').update(canonicalJson(identity)).digest('hex').slice(0, 16);
  const path = join(cache, `costs-${name}.json`);
  if (!existsSync(path)) {
    guarded(cache, () => mkdirSync(cache, { recursive: true }));
    const costMs = await measureCosts(settings);
    await writeArtifact(path, `${JSON.stringify({ schema: 'weir.costs/1', costMs })}\n`);
  }
  return new Map(Object.entries((await readArtifact(path, { what: 'cache', schema: costsFile })).costMs));
}

async function measureCosts({ ladder, rungs, session, clock, progress, stop }: TableSettings) {
  progress('times of every rung', 0, 1);
  const pool = await InferencePool.start({ rungs, classes: ladder.labels.length, slots: 1, settings: session, clock });
  try {
    const timings = await measureRungs(pool, workingSizeFor(ladder.rungs), COST_RUNS, stop);
    return Object.fromEntries(timings.map(({ rung, runP50Ms }) => [rung, runP50Ms]));
  } finally {
    await pool.stop();
  }
}

/** Of precision twins, the faster one on this machine, and the reference in any case. */
function fasterTwins({ rungs, ladder }: TableSettings, costs: ReadonlyMap<string, number>): Rung[] {
  const timeOf = ({ id }: Rung) => costs.get(id) ?? Infinity;
  const best = new Map<string, Rung>();
  for (const rung of rungs) {
    const rival = best.get(twinKey(rung));
    if (rival === undefined || timeOf(rung) < timeOf(rival) * WORTH_A_TWIN) best.set(twinKey(rung), rung);
  }
  const kept = new Set(best.values());
  return rungs.filter((rung) => kept.has(rung) || rung.id === ladder.reference);
}

function withoutBroken(table: RungTable, { reference }: Ladder): RungTable {
  const broken = table.logits.flatMap((values, rung) => (values.every(Number.isFinite) ? [] : [rung]));
  if (broken.length === 0) return table;
  const names = broken.map((rung) => table.rungs[rung]?.id ?? '');
  if (names.includes(reference) || broken.length === table.rungs.length) {
    throw new WeirError('rung-broken', `rung ${names.join(', ')} gives values that are not finite`, {
      remedy: 'export the model again; the reference must work',
    });
  }
  const works = <T>(_: T, rung: number) => !broken.includes(rung);
  return {
    ...table,
    rungs: table.rungs.filter(works),
    costMs: table.costMs.filter(works),
    logits: table.logits.filter(works),
    runMs: table.runMs.filter(works),
    notices: [`left out, as they give values that are not finite: ${names.join(', ')}`],
  };
}
