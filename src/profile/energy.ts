/** What the energy of rungs is measured with. */
export interface EnergyOptions {
  readonly rungs: number;
  /** Runs a rung once on every slot; gives how many runs that were. */
  readonly run: (rung: number) => Promise<number>;
  /** Energy since some moment in millijoules, as it was last read; `null` where it cannot be. */
  readonly counterMillijoules: () => number | null;
  readonly monotonicMs: () => number;
  readonly maxSeconds: number;
}

/** The counter is read once a second: a rung runs alone for so many of its steps. */
const STEPS = 3;
/** A counter that does not move for so long is none. */
const STEP_TIMEOUT_MS = 5_000;

/**
 * Energy of the whole machine per run of each rung, which runs alone on all slots from one step of the counter to a later one.
 *
 * @returns by rung; `null` where the time did not suffice or the counter stood still
 */
export async function measureEnergy(options: EnergyOptions): Promise<(number | null)[]> {
  const { rungs, monotonicMs, maxSeconds } = options;
  const endMs = monotonicMs() + maxSeconds * 1000;
  const energies: (number | null)[] = Array.from({ length: rungs }, () => null);
  for (let rung = 0; rung < rungs && monotonicMs() < endMs; rung++) {
    energies[rung] = await energyOf(rung, endMs, options);
    if (energies[rung] === null) break; // no time is left, or the counter is dead
  }
  return energies;
}

async function energyOf(rung: number, endMs: number, options: EnergyOptions): Promise<number | null> {
  const { run, counterMillijoules, monotonicMs } = options;
  let seen = counterMillijoules();
  let steps = -1; // the first only tells where a step begins
  let steppedMs = monotonicMs();
  let runs = 0;
  let fromMillijoules = 0;
  while (seen !== null && monotonicMs() < endMs && monotonicMs() - steppedMs < STEP_TIMEOUT_MS) {
    runs += await run(rung);
    const now = counterMillijoules();
    if (now === seen) continue;
    if (now === null || now < seen) return null;
    seen = now;
    steps++;
    steppedMs = monotonicMs();
    if (steps === 0) {
      fromMillijoules = now;
      runs = 0;
    }
    if (steps === STEPS) return (now - fromMillijoules) / runs;
  }
  return null;
}
