import { usageError } from '../errors.ts';
import { rateHz, type Trace } from '../simulate/trace.ts';
import type { EnginePlan } from './engine-plan.ts';
import type { SimulateOptions } from './simulate-options.ts';

/** Frames do not come quite evenly: nearer than this to what was asked for, a clip has so many a second. */
const UNEVEN = 0.05;

/** @throws WeirError for options that say nothing together */
export function requireSense({ cameras, trace, record: to, footage, truth, json, report }: SimulateOptions): void {
  const written = json !== undefined ? '--json' : report !== undefined ? '--report' : null;
  if (cameras === undefined && (to === undefined || written !== null)) {
    const why = written === null ? '' : `, so that there is nothing for ${written}`;
    throw usageError('simulate-cameras', `it is not said how many cameras there are${why}`, 'give --cameras N');
  }
  if (trace !== undefined && (footage !== undefined || to !== undefined || truth !== undefined)) {
    const other = footage !== undefined ? '--footage' : to !== undefined ? '--record' : '--truth';
    throw usageError('simulate-trace', `--trace and ${other} exclude each other`, 'a trace is either read or recorded');
  }
  if (truth !== undefined && footage === undefined)
    throw usageError('simulate-truth', '--truth needs the clip that it is of', 'give --footage FILE');
}

/** @throws WeirError `trace-other-ladder`, `trace-no-rung`, `trace-no-embeddings` */
export function requireFit(trace: Trace, { ladder, rungs, taught }: EnginePlan, options: SimulateOptions): void {
  const what = options.trace ?? 'the trace';
  const remedy = 'record it anew: weir simulate --record F --footage CLIP';
  if (trace.ladder.fingerprint !== ladder.fingerprint || trace.classes !== ladder.labels.length)
    throw usageError('trace-other-ladder', `${what} was recorded with another ladder (${trace.ladder.name})`, remedy);
  const missing = rungs.filter(({ id }) => !trace.rungs.some((rung) => rung.id === id)).map(({ id }) => id);
  if (missing.length > 0)
    throw usageError(
      'trace-no-rung',
      `${what} does not know ${missing.join(', ')}`,
      `${remedy}, with the same --mode, --premodel and --heads`,
    );
  const mute = trace.rungs.filter(({ id, embeddingSize }) => taught.includes(id) && embeddingSize === 0);
  if (mute.length > 0) {
    const why = `${what} has no embeddings of ${mute.map(({ id }) => id).join(', ')}, which what was taught reads`;
    throw usageError('trace-no-embeddings', why, `${remedy} --heads F`);
  }
}

/**
 * Sees to it that a clip has as many frames a second as are to be played of it. Else frames would be shown again, what is the same is
 * not computed twice, and a machine would seem to take several times as many cameras as it does.
 *
 * @param seconds times of its frames; @param what names it
 * @throws WeirError `trace-too-slow`, naming both rates
 */
export function requireRate(seconds: readonly number[], fps: number, what: string): void {
  const rate = rateHz(seconds);
  if (rate === null || fps <= rate * (1 + UNEVEN)) return;
  const told = Math.floor(rate * 100) / 100;
  throw usageError(
    'trace-too-slow',
    `${what} has ${told} frames a second and cannot be played at ${fps}: frames that are shown again cost next to nothing, and far too many cameras would seem to fit`,
    `give --fps ${told}, or record a clip that has ${fps} with --fps ${fps}`,
  );
}
