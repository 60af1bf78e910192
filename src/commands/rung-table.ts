import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readArtifact } from '../artifact/read.ts';
import { canonicalJson, writeArtifact } from '../artifact/write.ts';
import { measureOutcomes, type Outcomes, type RungRunnerPool } from '../dataset/outcomes.ts';
import type { Sample } from '../dataset/sample.ts';
import { WeirError } from '../errors.ts';
import { workingSizeFor } from '../image/working-size.ts';
import { twinKey } from '../infer/ladder.ts';
import { InferencePool, type RunRequest } from '../infer/pool.ts';
import type { SessionSettings } from '../infer/runtime.ts';
import { measureRungs } from '../infer/warmup.ts';
import type { Progress } from '../premodel/fit.ts';
import type { Clock, Ladder, Rung } from '../types.ts';
import { circumstancesOf } from './circumstances.ts';

export interface TableSettings {
  readonly ladder: Ladder;
  /** Rungs of which answers are wanted. */
  readonly rungs: readonly Rung[];
  /** Leave out the slower of precision twins. */
  readonly fasterTwinsOnly: boolean;
  readonly slots: number;
  readonly session: SessionSettings;
  readonly clock: Clock;
  readonly cache: string;
  readonly progress: Progress;
  readonly stop: AbortSignal;
}

/** A table of outcomes with the rungs that it is of. */
export interface RungTable extends Outcomes {
  readonly rungs: readonly Rung[];
  readonly circumstances: string;
  /** What had to be left out, in words. */
  readonly notices: readonly string[];
}

const TWIN_RUNS = 12;
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
  const pool = await InferencePool.start({ rungs: settings.rungs, classes, slots, settings: session, clock });
  try {
    const circumstances = circumstancesOf(session);
    const rungs = settings.fasterTwinsOnly ? await fasterTwins(pool, settings, circumstances) : settings.rungs;
    const outcomes = await measureOutcomes({
      samples,
      pool: narrowed(pool, rungs),
      working: workingSizeFor(ladder.rungs),
      cache: settings.cache,
      circumstances,
      onProgress: (done, total) => settings.progress('answers of every rung', done, total),
      stop,
    });
    return withoutBroken({ ...outcomes, rungs, circumstances, notices: [] }, ladder);
  } finally {
    await pool.stop();
  }
}

/** Which of precision twins are faster on this machine, as the cache remembers it. */
const twinsFile = z.strictObject({ schema: z.literal('weir.twins/1'), rungs: z.array(z.string()) });

/**
 * Of precision twins, the faster one on this machine: their answers are the same, so only its time is looked at any further.
 * What was found once is kept: the same cache gives the same premodel.
 */
async function fasterTwins(pool: InferencePool, settings: TableSettings, circumstances: string): Promise<Rung[]> {
  const { ladder, cache } = settings;
  const identity = { ladder: ladder.fingerprint, rungs: pool.rungs.map(({ id }) => id), circumstances };
  const name = createHash('sha256').update(canonicalJson(identity)).digest('hex').slice(0, 16);
  const path = join(cache, `twins-${name}.json`);
  if (!existsSync(path)) {
    const rungs = (await measureTwins(pool, settings)).map(({ id }) => id);
    await writeArtifact(path, `${JSON.stringify({ schema: 'weir.twins/1', rungs })}\n`);
  }
  const kept = await readArtifact(path, { what: 'cache', schema: twinsFile });
  return pool.rungs.filter(({ id }) => kept.rungs.includes(id) || id === ladder.reference);
}

async function measureTwins(pool: InferencePool, { ladder, stop }: TableSettings): Promise<Rung[]> {
  const timings = await measureRungs(pool, workingSizeFor(ladder.rungs), TWIN_RUNS, stop);
  const timeOf = ({ id }: Rung) => timings.find(({ rung }) => rung === id)?.runP50Ms ?? Infinity;
  const best = new Map<string, Rung>();
  for (const rung of pool.rungs) {
    const rival = best.get(twinKey(rung));
    if (rival === undefined || timeOf(rung) < timeOf(rival) * WORTH_A_TWIN) best.set(twinKey(rung), rung);
  }
  return [...best.values()];
}

/** A pool that shows some of its rungs only. */
function narrowed(pool: InferencePool, rungs: readonly Rung[]): RungRunnerPool {
  const indices = rungs.map(({ id }) => pool.rungs.findIndex((rung) => rung.id === id));
  const { classes, slots } = pool;
  return {
    rungs,
    classes,
    slots,
    run: (request: RunRequest) => pool.run({ ...request, rung: indices[request.rung] ?? 0 }),
  };
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
    logits: table.logits.filter(works),
    runMs: table.runMs.filter(works),
    notices: [`left out, as they give values that are not finite: ${names.join(', ')}`],
  };
}
