/**
 * What is remembered of the frames before, in this order: how much the scene differs from the frame that was answered from itself
 * alone last (0: not at all), the age of that answer, the calibrated probability that it is right, for how long the class has been the
 * same, and where the rung that it needed stands among the policy's, 0..1.
 */
export const TIME_FEATURES = ['sceneDifference', 'lastAgeSeconds', 'lastRight', 'stableSeconds', 'lastRung'] as const;

/** What a camera remembers of one question's last answer that needed no memory. */
export interface Recollection {
  /** By `TIME_FEATURES`. */
  readonly values: Float64Array;
  /** Index of the class that was answered. */
  readonly lastClass: number;
}

/** What of an answer is worth remembering. */
export interface Memorable {
  readonly classIndex: number;
  /** Calibrated probability that it is right, as its frame alone shows. */
  readonly right: number;
  /** Where the rung that it needed stands among the policy's, 0..1. */
  readonly rung: number;
  /**
   * It was accepted only for what was remembered: nothing is learnt from it, or errors would feed themselves.
   */
  readonly isAided: boolean;
}

/** Differences and times count up to these. */
export const MOST_DIFFERENCE = 20;
export const MOST_SECONDS = 60;

/** A difference of the scene at the edge of its noise. */
const NOISE_EDGE = 1;

/** The values where nothing is remembered: all is new, and nothing is known of it. */
export const NOTHING_REMEMBERED: Float64Array = Float64Array.of(MOST_DIFFERENCE, MOST_SECONDS, 0, 0, 0);

/** Whether a name is one of `TIME_FEATURES`. */
export function isTimeFeature(name: string): boolean {
  return (TIME_FEATURES as readonly string[]).includes(name);
}

/** What is left of a difference once it is only one on the way: what noise alone makes does not add up. */
export function carriedDifference(score: number): number {
  return Math.max(0, score - NOISE_EDGE);
}

/** What a deferral model reads of a recollection beside the answer in hand: for it, or against it. */
export const RECALLED_OUTPUTS = ['support', 'contradiction'] as const;

/** Of an answer that differs by so much, or is so old, a share of 1/e counts; of one that is older than the last nothing does. */
const FADE = { difference: 6, seconds: 3, mostSeconds: 5 } as const;
/** Log-odds count up to this, as those of answers do. */
const MOST_LOG_ODDS = 12;

/**
 * Writes the `RECALLED_OUTPUTS`: the log-odds of the answer that is remembered, fading with what the scene differs by and with age,
 * as support where the answer in hand is the same, as contradiction where it is another. An answer that was no surer than even says
 * nothing. Were the looks independent, and did the class stay, the log-odds of both would add up (Bayes' rule).
 */
export function recalledOutputs(top: number, recollection: Recollection | null, into: Float64Array, at: number): void {
  into[at] = 0;
  into[at + 1] = 0;
  if (recollection === null) return;
  const { values, lastClass } = recollection;
  const [difference = Infinity, ageSeconds = Infinity, right = 0] = values;
  if (ageSeconds > FADE.mostSeconds) return;
  const logOdds = Math.min(MOST_LOG_ODDS, Math.max(0, Math.log(right / (1 - right))));
  const faded = logOdds * Math.exp(-difference / FADE.difference - ageSeconds / FADE.seconds);
  into[top === lastClass ? at : at + 1] = faded;
}
