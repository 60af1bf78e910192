/** A smooth function: gives its value at `x` and writes its gradient. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;

const MEMORY = 8;
const SUFFICIENT = 1e-4;
const MOST_HALVINGS = 30;

/**
 * Minimises a convex function by L-BFGS (Nocedal & Wright, Numerical Optimization, 2nd ed., algorithm 7.5) with backtracking.
 *
 * @param x where to begin; ends at the minimum
 * @param tolerance of the gradient's largest component
 * @returns the value there
 * @throws RangeError where the objective is no number to begin with
 */
export function minimise(objective: Objective, x: Float64Array, tolerance: number, mostIterations: number): number {
  const size = x.length;
  const gradient = new Float64Array(size);
  const direction = new Float64Array(size);
  const trial = new Float64Array(size);
  const trialGradient = new Float64Array(size);
  const steps: { s: Float64Array; y: Float64Array; rho: number }[] = [];
  let value = objective(x, gradient);
  if (!Number.isFinite(value)) throw new RangeError(`there is nothing to minimise: the objective begins at ${value}`);
  for (let iteration = 0; iteration < mostIterations; iteration++) {
    if (largest(gradient) <= tolerance) break;
    descend(direction, gradient, steps);
    let slope = dot(direction, gradient);
    if (slope >= 0) {
      steps.length = 0;
      descend(direction, gradient, steps);
      slope = dot(direction, gradient);
    }
    let step = iteration === 0 ? Math.min(1, 1 / Math.sqrt(-slope)) : 1;
    let trialValue = Infinity;
    let isLower = false;
    for (let halving = 0; halving < MOST_HALVINGS && !isLower; halving++) {
      for (let j = 0; j < size; j++) trial[j] = (x[j] as number) + step * (direction[j] as number);
      trialValue = objective(trial, trialGradient);
      isLower = trialValue <= value + SUFFICIENT * step * slope;
      if (!isLower) step /= 2;
    }
    if (!isLower) break; // as low as the arithmetic can tell
    remember(steps, x, trial, gradient, trialGradient);
    x.set(trial);
    gradient.set(trialGradient);
    value = trialValue;
  }
  return value;
}

/** The two-loop recursion: minus the inverse Hessian, as far as the last steps tell it, times the gradient. */
function descend(
  direction: Float64Array,
  gradient: Float64Array,
  steps: readonly { s: Float64Array; y: Float64Array; rho: number }[],
): void {
  for (let j = 0; j < direction.length; j++) direction[j] = -(gradient[j] as number);
  const alphas: number[] = [];
  for (let k = steps.length - 1; k >= 0; k--) {
    const { s, y, rho } = steps[k] as (typeof steps)[number];
    const alpha = rho * dot(s, direction);
    alphas[k] = alpha;
    for (let j = 0; j < direction.length; j++) direction[j] = (direction[j] as number) - alpha * (y[j] as number);
  }
  const last = steps.at(-1);
  if (last !== undefined) {
    const scale = 1 / (last.rho * dot(last.y, last.y));
    for (let j = 0; j < direction.length; j++) direction[j] = (direction[j] as number) * scale;
  }
  for (const [k, { s, y, rho }] of steps.entries()) {
    const share = (alphas[k] ?? 0) - rho * dot(y, direction);
    for (let j = 0; j < direction.length; j++) direction[j] = (direction[j] as number) + share * (s[j] as number);
  }
}

function remember(
  steps: { s: Float64Array; y: Float64Array; rho: number }[],
  from: Float64Array,
  to: Float64Array,
  gradientFrom: Float64Array,
  gradientTo: Float64Array,
): void {
  const s = Float64Array.from(to, (value, j) => value - (from[j] ?? 0));
  const y = Float64Array.from(gradientTo, (value, j) => value - (gradientFrom[j] ?? 0));
  const curvature = dot(s, y);
  if (curvature <= 1e-14) return;
  steps.push({ s, y, rho: 1 / curvature });
  if (steps.length > MEMORY) steps.shift();
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += (a[j] as number) * (b[j] as number);
  return sum;
}

function largest(values: Float64Array): number {
  let most = 0;
  for (let j = 0; j < values.length; j++) most = Math.max(most, Math.abs(values[j] as number));
  return most;
}
