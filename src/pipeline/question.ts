import { topIndices } from '../cascade/evidence.ts';
import type { Policy } from '../cascade/policy.ts';
import type { AnswerReader } from '../cascade/reader.ts';
import type { RungCosts } from '../infer/rung-costs.ts';
import type { LabelClass, RankedClass, ViewTaken } from '../types.ts';
import { DEFAULT_QUESTION, ZERO } from '../words.ts';
import type { QuestionListing } from './told.ts';

/** In place of a pool's index: rung zero, which is computed on the spot from the small raster, without any network. */
export const ZERO_RUNG = -1;
/** In place of a pool's index: a rung that no slot holds. */
export const NOT_LOADED = -2;

/** What a camera is asked of what it looks at, and how that is decided. */
export interface AskedQuestion {
  readonly id: string;
  readonly text: string | null;
  /** Its answers. Of a group or a taught class the id is its name; `other` stands last where a question has it. */
  readonly classes: readonly LabelClass[];
  readonly policy: Policy;
  /** Index into the pool's rungs of each of the policy's rungs; or `ZERO_RUNG`, or `NOT_LOADED`. */
  readonly poolRungs: readonly number[];
  /** Expected times of the policy's rungs, until their answers are read; read anew for every frame. */
  readonly p95Ms: () => readonly number[];
  /** How much of that is waiting for the main thread, of rungs that a slot runs; left out: nothing is known of it. */
  readonly lagMs?: () => number;
  /** A new reader, for one loop of frames; `null`: the rung's logits are the answer. */
  readonly reader: (() => AnswerReader) | null;
  /** The same question as the top rung alone answers it: what its answers are audited by. */
  readonly top?: AskedQuestion;
  /** Difference of the scene up to which its answers stay the same, as footage has shown; left out where none has. */
  readonly reuseThreshold?: number;
  /** The same question at cheaper operating points, each cheaper than the one before: the gears below the one that was asked for. */
  readonly cheaper?: readonly AskedQuestion[];
  /** What it is asked of, where that is one of several parts of the picture. */
  readonly view?: ViewTaken;
}

/** A question as it is asked in a gear: 0 as it stands; beyond its last gear in that one. */
export function inGear(question: AskedQuestion, gear: number): AskedQuestion {
  const { cheaper = [] } = question;
  return cheaper[Math.min(gear, cheaper.length) - 1] ?? question;
}

/** How many gears some questions have together, the configured one among them. */
export function gearsOf(questions: readonly AskedQuestion[]): number {
  return 1 + Math.max(0, ...questions.map(({ cheaper }) => cheaper?.length ?? 0));
}

/** Rungs as a pool holds them, with their measured times. */
export interface HeldRungs {
  readonly ids: readonly string[];
  readonly p95Ms: readonly number[];
  /** What they take now, by the same index; left out: what was measured. */
  readonly costs?: Pick<RungCosts, 'p95Ms' | 'usualMs' | 'lagMs'>;
  /** 95th percentile of rung zero's time, asked only where it is used; `null` where it is not to be had. */
  readonly zeroMs: number | null;
}

/**
 * The cheapest rung counts by so many times what it usually takes, where its 95th percentile is more: there is nothing else to run, and a few
 * slow runs would have every frame dropped, with nothing to show that they were few.
 */
const CHEAPEST_BY_USUAL = 2;

/** Where a policy's rungs are to be had, and what they are expected to take. */
export function placeRungs(policy: Policy, held: HeldRungs): Pick<AskedQuestion, 'poolRungs' | 'p95Ms' | 'lagMs'> {
  const placed = policy.rungs.map(({ id }) => {
    const index = held.ids.indexOf(id);
    if (index >= 0) return { index, ms: held.p95Ms[index] ?? Infinity };
    const zeroMs = id === ZERO ? held.zeroMs : null;
    return zeroMs === null ? { index: NOT_LOADED, ms: Infinity } : { index: ZERO_RUNG, ms: zeroMs };
  });
  const expectedMs = placed.map(({ ms }) => ms);
  const poolRungs = placed.map(({ index }) => index);
  const { costs } = held;
  if (costs === undefined) return { poolRungs, p95Ms: () => expectedMs };
  const now = () => {
    const { lagMs } = costs;
    for (const [at, index] of poolRungs.entries()) {
      if (index < 0) continue;
      const p95Ms = costs.p95Ms(index);
      expectedMs[at] = lagMs + (at === 0 ? Math.min(p95Ms, CHEAPEST_BY_USUAL * costs.usualMs(index)) : p95Ms);
    }
    return expectedMs;
  };
  return { poolRungs, p95Ms: now, lagMs: () => costs.lagMs };
}

/** The question for the ladder's own labels. */
export function labelsQuestion(labels: readonly LabelClass[], policy: Policy, held: HeldRungs): AskedQuestion {
  return { id: DEFAULT_QUESTION, text: null, classes: labels, policy, ...placeRungs(policy, held), reader: null };
}

/** Id of the question for the ladder's labels, beside questions that were taught: one of those may have taken its own. */
export function genericId(taught: readonly string[]): string {
  return taught.includes(DEFAULT_QUESTION) ? 'generic' : DEFAULT_QUESTION;
}

/** How subscribers are told of a question. */
export function listing({ id, text, classes, reader, view }: AskedQuestion): QuestionListing {
  return {
    id,
    ...(text === null ? {} : { text }),
    ...(reader === null ? {} : { classes: classes.map(({ name }) => name) }),
    ...(view === undefined ? {} : { view }),
  };
}

/** The most probable answers, most probable first. @param probabilities `float64 [classes]` */
export function rank({ classes }: AskedQuestion, probabilities: Float64Array, topK: number): RankedClass[] {
  return topIndices(probabilities, Math.min(topK, classes.length)).map((index) => ({
    label: classes[index]?.name ?? String(index),
    classId: classes[index]?.id ?? String(index),
    confidence: probabilities[index] ?? 0,
  }));
}

/** Ids of a question's rungs that no slot holds yet. */
export function missingRungs({
  policy,
  poolRungs,
  top,
}: Pick<AskedQuestion, 'policy' | 'poolRungs' | 'top'>): string[] {
  const own = policy.rungs.flatMap(({ id }, index) => (poolRungs[index] === NOT_LOADED ? [id] : []));
  return top === undefined ? own : [...own, ...missingRungs(top)];
}
