import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readArtifact } from '../artifact/read.ts';
import { canonicalJson, writeArtifact } from '../artifact/write.ts';
import { workingSizeFor } from '../image/working-size.ts';
import { twinKey } from '../infer/ladder.ts';
import { InferencePool } from '../infer/pool.ts';
import type { SessionSettings } from '../infer/runtime.ts';
import { quantile, RungMeter } from '../infer/warmup.ts';
import type { Clock, Ladder, Rung } from '../types.ts';
import { guarded } from './column.ts';

export interface CostSettings {
  readonly ladder: Ladder;
  readonly rungs: readonly Rung[];
  readonly session: SessionSettings;
  readonly clock: Clock;
  readonly cache: string;
  readonly progress: (stage: string, done: number, total: number) => void;
  readonly stop: AbortSignal;
  /** Take only processor time that nobody else wants. */
  readonly isBackground?: boolean;
}

const COST_RUNS = 30;
/**
 * This quantile of a rung's runs is its cost. Beside other work the median jumps between the time of a run that had the core for
 * itself and that of one that shared it, and with it which rungs are worth their time; this one stays.
 */
const UNDISTURBED = 0.2;
/** A precision twin that is not this much faster than the one before it in the ladder is not worth another file. */
const WORTH_A_TWIN = 0.9;

/** What something takes undisturbed, from many times that it took. */
export function undisturbed(times: readonly number[]): number {
  return quantile(times, UNDISTURBED);
}

/** What each rung costs on this machine, as the cache remembers it. */
const costsFile = z.strictObject({ schema: z.literal('weir.costs/1'), costMs: z.record(z.string(), z.number()) });

/**
 * What each rung takes undisturbed in one slot, in turn with all others: the times of the table itself were taken while other slots
 * and the reading of images were at work. What was measured once is kept: the same cache gives the same premodel.
 *
 * @throws WeirError of the models or the cache; the reason of `stop` when that is aborted
 */
export async function costsOf(settings: CostSettings, circumstances: string): Promise<ReadonlyMap<string, number>> {
  const { ladder, rungs, cache } = settings;
  const identity = { ladder: ladder.fingerprint, rungs: rungs.map(({ id }) => id), circumstances };
  return await rememberedCosts(cache, identity, () => measureCosts(settings));
}

/** Costs that are measured once and kept; others for another identity. */
export async function rememberedCosts(
  cache: string,
  identity: object,
  measure: () => Promise<Record<string, number>>,
): Promise<ReadonlyMap<string, number>> {
  const name = createHash('sha256').update(canonicalJson(identity)).digest('hex').slice(0, 16);
  const path = join(cache, `costs-${name}.json`);
  if (!existsSync(path)) {
    guarded(cache, () => mkdirSync(cache, { recursive: true }));
    await writeArtifact(path, `${JSON.stringify({ schema: 'weir.costs/1', costMs: await measure() })}\n`);
  }
  return new Map(Object.entries((await readArtifact(path, { what: 'cache', schema: costsFile })).costMs));
}

async function measureCosts({ ladder, rungs, session, clock, progress, stop, isBackground }: CostSettings) {
  progress('times of every rung', 0, 1);
  const classes = ladder.labels.length;
  const pool = await InferencePool.start({ rungs, classes, slots: 1, settings: session, clock, isBackground });
  try {
    const meter = new RungMeter(pool, workingSizeFor(ladder.rungs));
    const order = [...rungs.keys()];
    const times: number[][] = rungs.map(() => []);
    await meter.warmUp(stop);
    for (let run = 0; run < COST_RUNS; run++) {
      for (const { rung, runMs } of await meter.round(() => order, stop)) times[rung]?.push(runMs);
    }
    return Object.fromEntries(rungs.map(({ id }, rung) => [id, undisturbed(times[rung] ?? [])]));
  } finally {
    await pool.stop();
  }
}

/** Of precision twins, the faster one on this machine, and the reference in any case. */
export function fasterTwins(
  { rungs, ladder }: Pick<CostSettings, 'rungs' | 'ladder'>,
  costs: ReadonlyMap<string, number>,
): Rung[] {
  const timeOf = ({ id }: Rung) => costs.get(id) ?? Infinity;
  const best = new Map<string, Rung>();
  for (const rung of rungs) {
    const rival = best.get(twinKey(rung));
    if (rival === undefined || timeOf(rung) < timeOf(rival) * WORTH_A_TWIN) best.set(twinKey(rung), rung);
  }
  const kept = new Set(best.values());
  return rungs.filter((rung) => kept.has(rung) || rung.id === ladder.reference);
}
