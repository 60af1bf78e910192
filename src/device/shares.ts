/** How much of a second's figures is left in the means after the next one: about the last ten seconds count. */
const KEPT = 0.9;

interface Recent {
  millijoules: number;
  count: number;
}

/**
 * Divides the machine's energy among rungs and frames. A counter knows the machine alone, so this is an estimate by share: what
 * was used between two readings belongs to the rungs that ran meanwhile, in proportion to their time in `session.run`.
 * Everything is in it: decoding, idle processors, other programs.
 */
export class EnergyShares {
  readonly #totals = new Map<string, number>();
  readonly #runs = new Map<string, { runMs: number; count: number }>();
  readonly #recentRuns = new Map<string, Recent>();
  readonly #recentFrames: Recent = { millijoules: 0, count: 0 };
  #frames = 0;
  #settledMillijoules: number | null = null;

  rungRan(rung: string, runMs: number): void {
    const run = this.#runs.get(rung) ?? { runMs: 0, count: 0 };
    run.runMs += runMs;
    run.count++;
    this.#runs.set(rung, run);
  }

  frameAnswered(): void {
    this.#frames++;
  }

  /** Divides what was used since the last call. @param totalMillijoules of the machine; `null`: it is not known */
  settle(totalMillijoules: number | null): void {
    // Without a reading, the next one covers this time as well.
    if (totalMillijoules === null) return;
    if (this.#settledMillijoules !== null) this.#divide(totalMillijoules - this.#settledMillijoules);
    this.#settledMillijoules = totalMillijoules;
    this.#runs.clear();
    this.#frames = 0;
  }

  #divide(millijoules: number): void {
    const runMs = [...this.#runs.values()].reduce((sum, run) => sum + run.runMs, 0);
    if (runMs > 0) {
      for (const [rung, run] of this.#runs) {
        const share = (millijoules * run.runMs) / runMs;
        this.#totals.set(rung, (this.#totals.get(rung) ?? 0) + share);
        this.#recentRuns.set(rung, added(this.#recentRuns.get(rung), share, run.count));
      }
    }
    if (this.#frames > 0) Object.assign(this.#recentFrames, added(this.#recentFrames, millijoules, this.#frames));
  }

  /** Energy of each rung since the beginning, in millijoules. */
  get totals(): ReadonlyMap<string, number> {
    return this.#totals;
  }

  /** Mean energy of one run of each rung of late, in millijoules. */
  perRun(): [string, number][] {
    return [...this.#recentRuns].map(([rung, { millijoules, count }]) => [rung, millijoules / count]);
  }

  /** Mean energy of a frame of late, in millijoules; `null` until one is known. */
  perFrame(): number | null {
    const { millijoules, count } = this.#recentFrames;
    return count === 0 ? null : millijoules / count;
  }
}

function added(recent: Recent | undefined, millijoules: number, count: number): Recent {
  return {
    millijoules: (recent?.millijoules ?? 0) * KEPT + millijoules,
    count: (recent?.count ?? 0) * KEPT + count,
  };
}
