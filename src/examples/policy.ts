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

type Kind = Reason | 'held' | 'labelled';

/**
 * Which examples go when some have to, one after the other: the least worth of those that nobody labelled, of the kind that has
 * more than its places if there is such; then those that somebody looks at; only then labelled ones. All are weighed once.
 *
 * @param adding what is to take their place; `null`: nothing is
 */
export function* victims(
  kept: Iterable<Weighed>,
  adding: Reason | null,
  nowMs: number,
  limits: ExampleLimits,
): Generator<Weighed, void, void> {
  const counts = { unsure: adding === 'unsure' ? 1 : 0, random: adding === 'random' ? 1 : 0 };
  const kinds: Record<Kind, Ranked[]> = { unsure: [], random: [], held: [], labelled: [] };
  for (const of of kept) {
    counts[of.example.reason]++;
    kinds[kindOf(of)].push({ of, worth: worth(of, nowMs, limits) });
  }
  const queues = {
    unsure: new LeastFirst(kinds.unsure),
    random: new LeastFirst(kinds.random),
    held: new LeastFirst(kinds.held),
    labelled: new LeastFirst(kinds.labelled),
  };
  const excess = (reason: Reason) => counts[reason] - placesOf(reason, limits);
  for (;;) {
    const first: Reason = excess('random') > excess('unsure') ? 'random' : 'unsure';
    const second: Reason = first === 'random' ? 'unsure' : 'random';
    const victim = queues[first].take() ?? queues[second].take() ?? queues.held.take() ?? queues.labelled.take();
    if (victim === null) return;
    counts[victim.example.reason]--;
    yield victim;
  }
}

interface Ranked {
  readonly of: Weighed;
  readonly worth: number;
}

/** Gives the least worth first, the oldest of equals. The first is only looked for: mostly one is all that is wanted. */
class LeastFirst {
  #ranked: Ranked[];
  #taken = 0;

  constructor(ranked: Ranked[]) {
    this.#ranked = ranked;
  }

  take(): Weighed | null {
    if (this.#taken === 0) this.#bringLeastToFront();
    else if (this.#taken === 1) this.#ranked = [...this.#ranked.slice(0, 1), ...this.#ranked.slice(1).sort(byWorth)];
    return this.#ranked[this.#taken++]?.of ?? null;
  }

  #bringLeastToFront(): void {
    let least = 0;
    for (let at = 1; at < this.#ranked.length; at++) {
      const [candidate, before] = [this.#ranked[at], this.#ranked[least]];
      if (candidate !== undefined && before !== undefined && byWorth(candidate, before) < 0) least = at;
    }
    this.#ranked.unshift(...this.#ranked.splice(least, 1));
  }
}

function byWorth(a: Ranked, b: Ranked): number {
  return a.worth - b.worth || a.of.example.takenAtMs - b.of.example.takenAtMs;
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
  if (novelty === 0) return false; // the same picture again: a file that is played over and over
  if (reason === 'random') return true; // how often one is drawn is what limits them
  if (novelty < SAME) return false;
  return victim === null || novelty > worth(victim, nowMs, limits);
}

function kindOf({ example, isHeld }: Weighed): Kind {
  if (isLabelled(example)) return 'labelled';
  return isHeld ? 'held' : example.reason;
}

/** What is kept is too old. */
export function isExpired({ takenAtMs }: Pick<Example, 'takenAtMs'>, nowMs: number, limits: ExampleLimits): boolean {
  return nowMs - takenAtMs > limits.maxAgeMs;
}
