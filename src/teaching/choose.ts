import { mean } from '../cascade/statistics.ts';
import { ZERO } from '../words.ts';
import { isSurelyLess } from './evidence.ts';

/** A rung that may be taken. */
export interface Candidate {
  readonly id: string;
  readonly costMs: number;
  /** Mean cross-entropy of each moment with the truth, out of fold. */
  readonly losses: Float64Array;
}

/** Up to this share of the reference's time a rung is a low one, up to the next a middle one. */
const LOW_SHARE = 1 / 3;
const MIDDLE_SHARE = 2 / 3;
/** Where nothing tells of a better one, the middle rung takes about this share: well apart from both its neighbours. */
const USUAL_MIDDLE = 0.45;
/** Another rung than the usual one must be better by this many standard errors over moments. */
const SURE = 2;

/**
 * Chooses the rungs of a taught question: hardly from all sets of rungs, which too few moments cannot tell apart. The usual climb is rung zero, the cheapest rung, one in the middle and the reference; for
 * the low and the middle place another rung is taken where it is surely better at this question. With a few moments the best
 * of many climbs on paper would be the luckiest: chosen so, cascades were worse than the usual one on moments to come, by points.
 *
 * @returns ids, cheapest first
 */
export function chooseRungs(candidates: readonly Candidate[], reference: string): string[] {
  const top = candidates.find(({ id }) => id === reference);
  const topMs = top?.costMs ?? 1;
  const shareOf = ({ costMs }: Candidate) => costMs / topMs;
  const networks = candidates
    .filter(({ id, costMs }) => id !== ZERO && id !== reference && costMs < topMs)
    .sort((a, b) => a.costMs - b.costMs || (a.id < b.id ? -1 : 1));
  const [cheapest] = networks;
  const low = networks.filter((rung) => shareOf(rung) <= LOW_SHARE);
  const middle = networks
    .filter((rung) => shareOf(rung) > LOW_SHARE && shareOf(rung) <= MIDDLE_SHARE && rung !== cheapest)
    .sort((a, b) => Math.abs(shareOf(a) - USUAL_MIDDLE) - Math.abs(shareOf(b) - USUAL_MIDDLE));
  const chosen = [bestOf(low.length > 0 ? low : networks.slice(0, 1)), bestOf(middle)];
  const zero = candidates.find(({ id }) => id === ZERO);
  const pays = zero !== undefined && zero.costMs < (cheapest?.costMs ?? topMs) / 2;
  const all = [...(pays ? [zero] : []), ...chosen.flatMap((rung) => rung ?? []), ...(top === undefined ? [] : [top])];
  return all.sort((a, b) => a.costMs - b.costMs).map(({ id }) => id);
}

/** The first, or the best of those that are surely better than it. */
function bestOf(rungs: readonly Candidate[]): Candidate | undefined {
  const [usual, ...others] = rungs;
  if (usual === undefined) return undefined;
  return others
    .filter(({ losses }) => isSurelyLess(losses, usual.losses, SURE))
    .reduce((best, other) => (mean(other.losses) < mean(best.losses) ? other : best), usual);
}
