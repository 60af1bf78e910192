import type { Rung } from '../types.ts';
import type { Evidence, MergeParameters } from './evidence.ts';
import type { Recollection } from './recollection.ts';
import type { ModeName } from './step.ts';

/** A mode as it is asked for: `fixed` with the rung's id. */
export type Mode = { readonly kind: Exclude<ModeName, 'fixed'> } | { readonly kind: 'fixed'; readonly rung: string };

/** `select`, `cascade`, `hybrid` or `fixed:<rung>`. */
export function parseMode(text: string): Mode {
  if (text.startsWith('fixed:')) return { kind: 'fixed', rung: text.slice('fixed:'.length) };
  return { kind: text === 'select' || text === 'cascade' ? text : 'hybrid' };
}

/** A rung of the ordered subset in use. */
export interface PolicyRung extends MergeParameters {
  readonly id: string;
  /** With this rung as the last one that ran, an answer that is right with at least this probability is accepted. */
  readonly threshold: number;
}

/** What judges frames and answers. Keeps its buffers; not re-entrant. */
export interface Judge {
  /** Features of the image, and of what is remembered (`TIME_FEATURES`), that it reads, in this order; none where it needs no look at the picture. */
  readonly features: readonly string[];
  /** The rung at which to enter, by index into the policy's rungs. */
  entry(features: Float64Array, recollection?: Recollection | null): number;
  /** Calibrated probability that the answer in hand is right. */
  right(evidence: Evidence, features: Float64Array, recollection?: Recollection | null): number;
}

/** How frames are decided. */
export interface Policy {
  readonly mode: ModeName;
  /** The ordered subset, cheapest first. */
  readonly rungs: readonly PolicyRung[];
  /** A new judge, for one loop of frames. */
  readonly judge: () => Judge;
  /** Name of the operating point, told with every label. */
  readonly operatingPoint: string;
  /** Its judges read what is remembered of the frames before. */
  readonly remembers?: boolean;
}

/** Takes the confidence of an answer at its word, and begins at the bottom. */
const UNTRAINED: Judge = { features: [], entry: () => 0, right: ({ confidence }) => confidence };

/**
 * The policy of rungs that have no trained premodel: their own defaults from `ladder.json`, from the bottom up, or one fixed
 * rung.
 *
 * @param rungs the ordered subset, cheapest first; for a fixed mode that rung alone
 */
export function untrainedPolicy(mode: Mode, rungs: readonly Pick<Rung, 'id' | 'defaults'>[]): Policy {
  return {
    mode: mode.kind === 'fixed' ? 'fixed' : 'cascade',
    rungs: rungs.map(({ id, defaults }) => ({ id, ...defaults })),
    judge: () => UNTRAINED,
    operatingPoint: 'default',
  };
}
