import { type Example, type ExampleLimits, isLabelled, type Reason } from './example.ts';

/** Pictures that differ by less (mean of a thumbnail's 256 grey levels) show the same: it is the camera's noise. */
const SAME = 1;

/** An example, with how far it is from the one most like it. */
export interface Weighed {
  readonly example: Pick<Example, 'id' | 'takenAtMs' | 'reason' | 'bytes' | 'labels'>;
  readonly novelty: number;
  /** A person looked at it just now, and may be about to label it. */
  readonly isHeld: boolean;
}

export interface Moment {
  /** Since a frame was last looked at for being kept; infinite if none was. */
  readonly sinceLastMs: number;
  /** Age of the oldest example that is kept. */
  readonly coveredMs: number;
}

/** Places for frames drawn by chance. */
export function placesOf(reason: Reason, { maxFrames, randomRatio }: ExampleLimits): number {
  const random = Math.round(maxFrames * randomRatio);
  return reason === 'random' ? random : maxFrames - random;
}

/**
 * Whether a frame is to be looked at for being kept, and as what. Frames drawn by chance are spread over the time that the
 * examples cover, as a reservoir's are (Vitter, "Random sampling with a reservoir", 1985): many at first, ever fewer later.
 *
 * @param chance uniform in 0..1
 */
export function wish(isUnsure: boolean, moment: Moment, limits: ExampleLimits, chance: number): Reason | null {
  const { maxFrames, randomRatio, minIntervalMs } = limits;
  if (moment.sinceLastMs < minIntervalMs) return null;
  const share = Math.min(1, (maxFrames * minIntervalMs) / Math.max(1, moment.coveredMs));
  if (chance < randomRatio * share) return 'random';
  return isUnsure && placesOf('unsure', limits) > 0 ? 'unsure' : null;
}

/** What a picture is worth among the others: how new it is, less the older it is. */
export function worth({ example, novelty }: Weighed, nowMs: number, { maxAgeMs }: ExampleLimits): number {
  const ageRatio = Math.min(1, Math.max(0, (nowMs - example.takenAtMs) / maxAgeMs));
  return Math.min(novelty, 255) * (1 - ageRatio);
}

/**
 * Which example goes when one has to: the least worth of those that nobody labelled, of the kind that has more than its places
 * if there is such; then those that somebody looks at; only then labelled ones.
 *
 * @param adding what is to take its place; `null`: nothing is
 * @returns `null` if there is none
 */
export function nextVictim(
  kept: Iterable<Weighed>,
  adding: Reason | null,
  nowMs: number,
  limits: ExampleLimits,
): Weighed | null {
  const counts = { unsure: adding === 'unsure' ? 1 : 0, random: adding === 'random' ? 1 : 0 };
  const least: Partial<Record<Reason | 'held' | 'labelled', { of: Weighed; worth: number }>> = {};
  for (const weighed of kept) {
    counts[weighed.example.reason]++;
    const kind = kindOf(weighed);
    const value = worth(weighed, nowMs, limits);
    const before = least[kind];
    const isLess = before === undefined || value < before.worth;
    const isOlder = value === before?.worth && weighed.example.takenAtMs < before.of.example.takenAtMs;
    if (isLess || isOlder) least[kind] = { of: weighed, worth: value };
  }
  const excess = (reason: Reason) => counts[reason] - placesOf(reason, limits);
  const first: Reason = excess('random') > excess('unsure') ? 'random' : 'unsure';
  const second: Reason = first === 'random' ? 'unsure' : 'random';
  return (least[first] ?? least[second] ?? least.held ?? least.labelled)?.of ?? null;
}

/** Whether a frame is worth its place. @param victim what would have to go for it; `null`: there is room */
export function isWorthKeeping(
  reason: Reason,
  novelty: number,
  victim: Weighed | null,
  nowMs: number,
  limits: ExampleLimits,
): boolean {
  if (victim !== null && kindOf(victim) === 'held') return false;
  if (reason === 'random') return true; // how often one is drawn is what limits them
  if (novelty < SAME) return false;
  return victim === null || novelty > worth(victim, nowMs, limits);
}

function kindOf({ example, isHeld }: Weighed): Reason | 'held' | 'labelled' {
  if (isLabelled(example)) return 'labelled';
  return isHeld ? 'held' : example.reason;
}

/** What is kept is too old. */
export function isExpired({ takenAtMs }: Pick<Example, 'takenAtMs'>, nowMs: number, limits: ExampleLimits): boolean {
  return nowMs - takenAtMs > limits.maxAgeMs;
}
