import type { Premodel } from '../premodel/artifact.ts';
import { operatingPoint } from '../premodel/judge.ts';

/** Of fewer samples that come to a rung nothing can be told. */
const LEAST_REACHED = 10;

/**
 * The rung that least pays for itself at the operating point `balanced` of mode `cascade`: what it spares, for the answers that are
 * accepted there need no further rung, is less than what it costs all that come to it.
 *
 * @returns its id; null where every rung pays, or none can be told of
 */
export function unpaying(premodel: Premodel): string | null {
  const { rungs, fitted } = premodel;
  const point = operatingPoint(premodel, 'cascade', 'balanced');
  const samples = Object.values(fitted.samples).reduce((sum, count) => sum + count, 0);
  const shares = point.rungs.map((id) => point.expected.shareByRung[id] ?? 0);
  const reached = shares.map((_, at) => shares.slice(at).reduce((sum, share) => sum + share, 0));
  const costs = point.rungs.map((id) => rungs.find((rung) => rung.id === id)?.costMs ?? 0);
  let worst: { id: string; loss: number } | null = null;
  for (const [at, id] of point.rungs.slice(0, -1).entries()) {
    const own = reached[at] ?? 0;
    if (own * samples < LEAST_REACHED) continue;
    const on = reached[at + 1] ?? 0;
    const later = costs.slice(at + 1).reduce((sum, cost, i) => sum + cost * (reached[at + 1 + i] ?? 0), 0);
    // Where none goes on, it is the next rung that each would have cost.
    const each = on > 0 ? later / on : (costs[at + 1] ?? 0);
    const loss = own * (costs[at] ?? 0) - (shares[at] ?? 0) * each;
    if (loss > (worst?.loss ?? 0)) worst = { id, loss };
  }
  return worst?.id ?? null;
}

/** Of the same operating point, out of fold. */
export function accuracyOf(premodel: Premodel): number {
  return operatingPoint(premodel, 'cascade', 'balanced').expected.accuracy;
}
