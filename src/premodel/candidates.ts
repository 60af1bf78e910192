/** A rung that Algorithm 1 took, and why. */
export interface AlgorithmStep {
  readonly rung: number;
  /** Share of the samples on which it is right and all taken before are wrong. */
  readonly gain: number;
}

/** The search ends when the next rung would be right on less than this share of the samples anew. */
const LEAST_GAIN = 0.005;

/**
 * The seed paper's model selection (Taylor et al. 2018, Algorithm 1): begins with the rung that is right most often per
 * millisecond, and adds the one that is right on most of the samples on which all taken so far are wrong, until that gains too
 * little.
 *
 * @param right by rung: 1 where its answer is right, `uint8 [samples]`
 */
export function algorithm1(right: readonly Uint8Array[], costsMs: readonly number[]): AlgorithmStep[] {
  const samples = right[0]?.length ?? 0;
  const covered = new Uint8Array(samples);
  const steps: AlgorithmStep[] = [];
  const left = new Set(right.keys());
  while (left.size > 0) {
    let best: { rung: number; fresh: number; value: number } | null = null;
    for (const rung of left) {
      const fresh = countFresh(right[rung] as Uint8Array, covered);
      const costMs = costsMs[rung] ?? Infinity;
      // Of equal ones the cheaper; the first by what it gives for its time.
      const value = steps.length === 0 ? fresh / costMs : fresh - costMs * 1e-6;
      if (best === null || value > best.value) best = { rung, fresh, value };
    }
    if (best === null || best.fresh / samples < LEAST_GAIN) break;
    steps.push({ rung: best.rung, gain: best.fresh / samples });
    left.delete(best.rung);
    const chosen = right[best.rung] as Uint8Array;
    for (let i = 0; i < samples; i++) if (chosen[i] === 1) covered[i] = 1;
  }
  return steps;
}

function countFresh(right: Uint8Array, covered: Uint8Array): number {
  let fresh = 0;
  for (let i = 0; i < right.length; i++) if (right[i] === 1 && covered[i] === 0) fresh++;
  return fresh;
}
