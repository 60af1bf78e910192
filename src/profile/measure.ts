import { seededRandom, shuffle } from '../cascade/random.ts';
import { mean } from '../cascade/statistics.ts';
import type { TimedRun } from '../infer/warmup.ts';
import { isKnown, meanInterval } from './statistics.ts';

/** Times of one rung, a list per round with a time per slot. */
export interface RungTimes {
  readonly prepareMs: number[][];
  readonly runMs: number[][];
  readonly serviceMs: number[][];
}

export interface Measured {
  /** By rung. */
  readonly times: readonly RungTimes[];
  readonly rounds: number;
  readonly discardedRounds: number;
  readonly seconds: number;
  /** Why it ended: every mean is known well enough, the time was up, or there were enough rounds for any purpose. */
  readonly ended: 'known' | 'time' | 'rounds';
}

export interface MeasureOptions {
  readonly rungs: number;
  /** Runs every rung once on every slot, each slot in its own order. */
  readonly round: (orderOf: (slot: number) => readonly number[]) => Promise<readonly TimedRun[]>;
  readonly monotonicMs: () => number;
  readonly maxSeconds: number;
  /** Never fewer rounds than these if time allows, and never more. */
  readonly leastRounds?: number;
  readonly mostRounds?: number;
  /** Told after every round, with how many were measured so far: none during the warm-up. */
  readonly onRound?: (seconds: number, rounds: number) => void;
}

/** The runtime allocates its buffers in the first runs, and a governor takes a moment to raise the clocks. */
const DISCARDED_ROUNDS = 3;
const DISCARDED_MS = 1_000;
/** Below these a bootstrap, a 95th percentile and thirds mean nothing. */
export const LEAST_ROUNDS = 30;
export const LEAST_RUNS = 40;
/** Bounds memory; what is not known by then never will be. */
const MOST_ROUNDS = 3_000;
/** Looking whether all is known takes time: the rounds grow by this share between two looks. */
const LOOK_GROWTH = 1.2;
const LOOK_RESAMPLES = 400;
const SEED = 1;

/**
 * Measures rungs in rounds, every rung once per round in an order of its own: whatever disturbs the machine meets all alike. Ends
 * when the mean of every rung's service is known well enough, or the time is up. A round is never cut short.
 */
export async function measureInRounds(options: MeasureOptions): Promise<Measured> {
  const { rungs, round, monotonicMs, maxSeconds, onRound } = options;
  const { leastRounds = LEAST_ROUNDS, mostRounds = MOST_ROUNDS } = options;
  const random = seededRandom(SEED);
  const orderOf = () => shuffle([...Array(rungs).keys()], random);
  const begunMs = monotonicMs();
  const seconds = () => (monotonicMs() - begunMs) / 1000;
  const isOver = () => seconds() >= maxSeconds;
  let discardedRounds = 0;
  while (!isOver() && (discardedRounds < DISCARDED_ROUNDS || monotonicMs() - begunMs < DISCARDED_MS)) {
    await round(orderOf);
    discardedRounds++;
    onRound?.(seconds(), 0);
  }
  const times: RungTimes[] = Array.from({ length: rungs }, () => ({ prepareMs: [], runMs: [], serviceMs: [] }));
  let rounds = 0;
  let look = leastRounds;
  let ended: Measured['ended'] = 'time';
  while (!isOver()) {
    keep(times, await round(orderOf));
    rounds++;
    onRound?.(seconds(), rounds);
    if (rounds >= mostRounds) ended = 'rounds';
    if (rounds < look && ended === 'time') continue;
    look = Math.ceil(rounds * LOOK_GROWTH);
    if (times.every(isRungKnown)) ended = 'known';
    if (ended !== 'time') break;
  }
  return { times, rounds, discardedRounds, seconds: seconds(), ended };
}

function isRungKnown({ serviceMs }: RungTimes): boolean {
  if (serviceMs.flat().length < LEAST_RUNS) return false;
  const means = serviceMs.map(mean);
  return isKnown(mean(means), meanInterval(means, LOOK_RESAMPLES));
}

function keep(times: readonly RungTimes[], runs: readonly TimedRun[]): void {
  for (const [rung, { prepareMs, runMs, serviceMs }] of times.entries()) {
    const ofRung = runs.filter((run) => run.rung === rung);
    prepareMs.push(ofRung.map((run) => run.prepareMs));
    runMs.push(ofRung.map((run) => run.runMs));
    serviceMs.push(ofRung.map((run) => run.serviceMs));
  }
}
