import { chooseSubset } from '../infer/ladder.ts';
import type { Ladder, Rung } from '../types.ts';

/**
 * The rungs that heads are fitted for, to choose among: those asked for, else all that look at the whole; the reference in any
 * case.
 *
 * @throws WeirError `unknown-rung`
 */
export function candidateRungs(
  ladder: Ladder,
  { candidates, rungs }: { readonly candidates?: boolean | 'all'; readonly rungs?: readonly string[] },
): Rung[] {
  if (rungs !== undefined) {
    const asked = chooseSubset(ladder, rungs);
    return ladder.rungs.filter(({ id }) => asked.includes(id) || id === ladder.reference);
  }
  return ladder.rungs.filter(({ id, view }) => candidates || view === 'whole' || id === ladder.reference);
}
