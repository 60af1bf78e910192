/** An axis with round ends and steps. */
export interface Scale {
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

/**
 * The narrowest scale with about `steps` round steps that holds all values with a little air around them, and `included` without;
 * never beyond `within`.
 */
export function roundScale(
  values: readonly number[],
  steps: number,
  included: readonly number[] = [],
  [lowest, highest]: readonly [number, number] = [-Infinity, Infinity],
): Scale {
  const known = values.filter(Number.isFinite);
  const ends = known.length === 0 ? [0, 1] : known;
  const low = Math.min(...ends, ...included);
  const high = Math.max(...ends, ...included);
  const span = high - low || Math.abs(high) || 1;
  const step = roundStep((span * 1.08) / steps);
  const air = span * 0.04;
  const min = Math.floor(Math.min(low, Math.min(...ends) - air) / step + 1e-9) * step;
  const max = Math.ceil(Math.max(high, Math.max(...ends) + air) / step - 1e-9) * step;
  return { min: trimmed(Math.max(lowest, min)), max: trimmed(Math.min(highest, max)), step };
}

/** 1, 2 or 5 times a power of ten, not below `least`. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return trimmed(([1, 2, 5, 10].find((factor) => factor * power >= least * (1 - 1e-9)) ?? 10) * power);
}

function trimmed(value: number): number {
  return Number(value.toPrecision(12));
}
