/**
 * What is remembered of the frames before, in this order: how much the scene differs from the frame that was classified last (0: not
 * at all), the age of its answer, the calibrated probability that it is right, for how long the class has been the same, and where the
 * rung that it needed stands among the policy's, 0..1.
 */
export const TIME_FEATURES = ['sceneDifference', 'lastAgeSeconds', 'lastRight', 'stableSeconds', 'lastRung'] as const;

/** What a camera remembers of one question's last answer. */
export interface Recollection {
  /** By `TIME_FEATURES`. */
  readonly values: Float64Array;
  /** Index of the class that was answered. */
  readonly lastClass: number;
}

/** Differences and times count up to these. */
export const MOST_DIFFERENCE = 20;
export const MOST_SECONDS = 60;

/** The values where nothing is remembered: all is new, and nothing is known of it. */
export const NOTHING_REMEMBERED: Float64Array = Float64Array.of(MOST_DIFFERENCE, MOST_SECONDS, 0, 0, 0);
