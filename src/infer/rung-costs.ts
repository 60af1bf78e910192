import type { Clock, ClockStateName } from '../types.ts';
import { LoopLag } from './loop-lag.ts';

/** What was measured of a rung before frames came. */
export interface BaseTime {
  readonly p50Ms: number;
  readonly p95Ms: number;
}

/** Runs that are kept of each rung and state of the clocks. */
const KEPT_RUNS = 128;
/** What was seen so many runs ago counts half: three slow runs make one twentieth. */
const HALF_LIFE_RUNS = 40;
const DECAY = 2 ** (-1 / HALF_LIFE_RUNS);
/** As if there had always been runs. */
const MASS = 1 / (1 - DECAY);
/** Share of the runs before any that took the base's 95th percentile. */
const BASE_SLOW_SHARE = 0.1;
/** What a rung usually takes now is told by so many runs, of those that are not older. */
const RECENT_RUNS = 10;
const RECENT_MS = 10_000;
/** A rung that was not run for so long may be what it was: its excess is halved again and again, so that it is tried. */
const TRUSTED_MS = 5_000;
const EXCESS_HALF_LIFE_MS = 5_000;

/**
 * What rungs take here and now: a weighted 95th percentile of what was seen, the latest counting most, apart for each state of the
 * machine's clocks. It begins with what was measured before.
 */
export class RungCosts {
  readonly #lag: LoopLag;
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #state: () => ClockStateName;
  readonly #bases: BaseTime[] = [];
  /** By state and rung. */
  readonly #states = new Map<ClockStateName, (Seen | undefined)[]>();
  #last: (Seen | undefined)[] = [];

  /** @param state of the clocks now */
  constructor(clock: Pick<Clock, 'monotonicMs'>, state: () => ClockStateName = () => 'unreadable') {
    this.#clock = clock;
    this.#state = state;
    this.#lag = new LoopLag(clock);
  }

  /** How long an answer waits for the main thread besides, whichever rung gave it. */
  get lagMs(): number {
    return this.#lag.ms;
  }

  /** An answer waited so long for the main thread. */
  lagged(ms: number): void {
    this.#lag.observe(ms);
  }

  /** What was measured of a rung; forgets what was seen of it. */
  begin(rung: number, base: BaseTime): void {
    this.#bases[rung] = base;
    for (const seen of this.#states.values()) seen[rung] = undefined;
  }

  /** A rung took a slot so long: what waited for the main thread is none of it. */
  observe(rung: number, ms: number): void {
    const base = this.#bases[rung];
    if (base === undefined || !Number.isFinite(ms)) return;
    this.#seen(rung, base).add(ms, this.#clock.monotonicMs());
  }

  /** The 95th percentile of its time; infinite where nothing is known of it. */
  p95Ms(rung: number): number {
    const base = this.#bases[rung];
    if (base === undefined) return Infinity;
    const seen = this.#seen(rung, base);
    return eased(seen.p95Ms, base.p95Ms, this.#clock.monotonicMs() - seen.atMs);
  }

  /** The median of its last ten runs, at most: after six it has followed whatever changed. Infinite where nothing is known of it. */
  usualMs(rung: number): number {
    const base = this.#bases[rung];
    if (base === undefined) return Infinity;
    const seen = this.#seen(rung, base);
    return eased(seen.usualMs, base.p50Ms, this.#clock.monotonicMs() - seen.atMs);
  }

  /** The mean of its time; 0 where nothing is known of it. */
  meanMs(rung: number): number {
    const base = this.#bases[rung];
    if (base === undefined) return 0;
    const seen = this.#seen(rung, base);
    return eased(seen.meanMs, base.p50Ms, this.#clock.monotonicMs() - seen.atMs);
  }

  /** In a state that was not met before, a rung takes what it took in the one before. */
  #seen(rung: number, base: BaseTime): Seen {
    const state = this.#state();
    let rungs = this.#states.get(state);
    if (rungs === undefined) {
      rungs = [];
      this.#states.set(state, rungs);
    }
    let seen = rungs[rung];
    if (seen === undefined) {
      seen = this.#last[rung]?.copy() ?? new Seen(base);
      rungs[rung] = seen;
    }
    this.#last = rungs;
    return seen;
  }
}

/** What is said of a rung that was not run for a while. */
function eased(ms: number, baseMs: number, idleMs: number): number {
  if (ms <= baseMs || idleMs <= TRUSTED_MS) return ms;
  return baseMs + (ms - baseMs) * 2 ** (-(idleMs - TRUSTED_MS) / EXCESS_HALF_LIFE_MS);
}

/** The last runs of a rung in one state of the clocks. */
class Seen {
  /** When it was run last; -Infinity before. */
  atMs = -Infinity;
  readonly #base: BaseTime;
  readonly #runs = new Float64Array(KEPT_RUNS);
  readonly #times = new Float64Array(RECENT_RUNS);
  #count = 0;
  #p95Ms: number;
  #meanMs: number;
  #usualMs: number;
  #isStale = false;

  constructor(base: BaseTime) {
    this.#base = base;
    this.#p95Ms = base.p95Ms;
    this.#meanMs = base.p50Ms;
    this.#usualMs = base.p50Ms;
  }

  get p95Ms(): number {
    this.#refresh();
    return this.#p95Ms;
  }

  get meanMs(): number {
    this.#refresh();
    return this.#meanMs;
  }

  get usualMs(): number {
    this.#refresh();
    return this.#usualMs;
  }

  add(ms: number, nowMs: number): void {
    this.#times[this.#count % RECENT_RUNS] = nowMs;
    this.#runs[this.#count++ % KEPT_RUNS] = ms;
    this.atMs = nowMs;
    this.#isStale = true;
  }

  copy(): Seen {
    const copy = new Seen(this.#base);
    copy.atMs = this.atMs;
    copy.#runs.set(this.#runs);
    copy.#times.set(this.#times);
    copy.#count = this.#count;
    copy.#isStale = true;
    return copy;
  }

  #refresh(): void {
    if (!this.#isStale) return;
    this.#isStale = false;
    const kept = Math.min(this.#count, KEPT_RUNS);
    // While runs were not let go yet, all before them are the base's.
    const baseMass = this.#count > KEPT_RUNS ? 0 : MASS * DECAY ** this.#count;
    let at = 0;
    at = put(at, this.#base.p50Ms, baseMass * (1 - BASE_SLOW_SHARE));
    at = put(at, this.#base.p95Ms, baseMass * BASE_SLOW_SHARE);
    for (let age = 0, mass = 1; age < kept; age++, mass *= DECAY)
      at = put(at, this.#runs[(this.#count - 1 - age) % KEPT_RUNS] ?? 0, mass);
    let total = 0;
    let sum = 0;
    for (let i = 0; i < at; i++) {
      total += MASSES[i] ?? 0;
      sum += (VALUES[i] ?? 0) * (MASSES[i] ?? 0);
    }
    this.#meanMs = sum / total;
    // From the slowest down, to where a twentieth of the mass is behind.
    let beyond = 0;
    let i = at - 1;
    for (; i > 0; i--) {
      beyond += MASSES[i] ?? 0;
      if (beyond > total * 0.05) break;
    }
    this.#p95Ms = VALUES[i] ?? 0;
    this.#usualMs = this.#median();
  }

  /** Of the last runs; before there are ten, the base's stand for those that lack. */
  #median(): number {
    let count = 0;
    for (let age = 0; age < RECENT_RUNS; age++) {
      const at = this.#count - 1 - age;
      if (at >= 0 && this.atMs - (this.#times[at % RECENT_RUNS] ?? 0) > RECENT_MS) break;
      count = put(count, at < 0 ? this.#base.p50Ms : (this.#runs[at % KEPT_RUNS] ?? 0), 1);
    }
    return VALUES[(count - 1) >> 1] ?? 0;
  }
}

/** Values by rising size, with their masses: written anew at each use. */
const VALUES = new Float64Array(KEPT_RUNS + 2);
const MASSES = new Float64Array(KEPT_RUNS + 2);

/** Puts a value in its place among the first `count`. @returns how many there are then */
function put(count: number, value: number, mass: number): number {
  if (mass <= 0) return count;
  let place = count;
  for (; place > 0 && (VALUES[place - 1] ?? 0) > value; place--) {
    VALUES[place] = VALUES[place - 1] ?? 0;
    MASSES[place] = MASSES[place - 1] ?? 0;
  }
  VALUES[place] = value;
  MASSES[place] = mass;
  return count + 1;
}
