/** Share of reused answers that may be other than what their frames would have been answered, unless another is asked for. */
export const USUAL_DISAGREEMENT = 0.005;

/** How much the prior counts, in comparisons. */
export const PRIOR_STRENGTH = 100;

/** A threshold that was not fitted on footage is begun with here: a scene within its own noise, with a margin. */
export const CAUTIOUS_THRESHOLD = 0.7;

/** Pairs of frames of which both answers are known: how many, and of how many these differ. */
export interface Compared {
  readonly comparisons: number;
  readonly disagreements: number;
}

/** Posterior mean of a rate of disagreement: a beta distribution, `strength` comparisons of which a share `mean` disagreed. */
export function posteriorDisagreement(
  { disagreements, comparisons }: Compared,
  mean: number,
  strength = PRIOR_STRENGTH,
): number {
  return (strength * mean + disagreements) / (strength + comparisons);
}

/**
 * Whether answers may be told again up to a threshold, given all comparisons at or below it. The prior says that disagreement grows
 * with the threshold, and meets the target at `start`: beyond that a threshold has to be earned.
 */
export function withinTarget(
  seen: Compared,
  { threshold, start, target }: { readonly threshold: number; readonly start: number; readonly target: number },
  strength = PRIOR_STRENGTH,
): boolean {
  return posteriorDisagreement(seen, Math.min(1, (target * threshold) / start), strength) <= target;
}
