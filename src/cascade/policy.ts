import type { Rung } from '../types.ts';
import type { Policy } from './step.ts';

/** `cascade`, or `fixed:<rung>` with the rung's id. */
export type Mode = { readonly kind: 'cascade' } | { readonly kind: 'fixed'; readonly rung: string };

export function parseMode(text: string): Mode {
  return text.startsWith('fixed:') ? { kind: 'fixed', rung: text.slice('fixed:'.length) } : { kind: 'cascade' };
}

/**
 * The policy of rungs that have no trained premodel: their own defaults from `ladder.json`.
 *
 * @param rungs the ordered subset, cheapest first; for a fixed mode it holds the fixed rung
 */
export function untrainedPolicy(mode: Mode, rungs: readonly Rung[]): Policy {
  const policyRungs = rungs.map(({ id, defaults }) => ({ id, ...defaults }));
  if (mode.kind === 'cascade') return { mode: 'cascade', rungs: policyRungs };
  return { mode: 'fixed', rungs: policyRungs, rung: rungs.findIndex(({ id }) => id === mode.rung) };
}
