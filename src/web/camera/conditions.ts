import type { CameraMessage, CameraState } from '../wire.ts';
import { stateTelling, troubleTelling } from '../words/states.ts';
import type { Lane, Segment } from './timeline.ts';

/** How a camera was from a moment on. */
export interface Condition {
  /** Unix time. */
  readonly fromMs: number;
  /** `null`: nothing was heard of it, and nothing of the rest is known. */
  readonly state: CameraState | null;
  readonly reason: string;
  readonly degraded: readonly string[];
  readonly gear: number | null;
  /** Ratio 0..1 by question. */
  readonly agreement: Readonly<Record<string, number>>;
  /** Number of the message that told it; `null` where none did. */
  readonly seq: number | null;
}

type Told = Pick<CameraMessage, 'state' | 'degraded'> & {
  readonly reason?: string | undefined;
  readonly gear?: number | undefined;
  readonly agreement?: Readonly<Record<string, number>> | undefined;
};

const MOST = 1_000;

export function conditionOf(
  { state, reason = '', degraded, gear, agreement = {} }: Told,
  fromMs: number,
  seq: number | null = null,
): Condition {
  return { fromMs, state, reason, degraded, gear: gear ?? null, agreement, seq };
}

/** Behind what was told before; what is as it was before adds nothing. The oldest go above a bound. */
export function withCondition(told: readonly Condition[], next: Condition): readonly Condition[] {
  const last = told.at(-1);
  if (last !== undefined && isSame(last, next)) return told;
  return [...told, next].slice(-MOST);
}

function isSame(one: Condition, other: Condition): boolean {
  const text = ({ fromMs: _, seq: __, ...rest }: Condition) => JSON.stringify(rest);
  return text(one) === text(other);
}

/**
 * How a camera was, from what is kept of it.
 *
 * @param messages in any order
 * @param silences since when nothing was heard, by the number of the state that was told first again
 */
export function conditionsOf(
  messages: readonly CameraMessage[],
  silences: ReadonlyMap<number, number>,
): readonly Condition[] {
  let told: readonly Condition[] = [];
  for (const message of [...messages].sort((a, b) => a.seq - b.seq)) {
    const silentMs = silences.get(message.seq);
    if (silentMs !== undefined && told.length > 0) {
      told = withCondition(told, silence(silentMs));
    }
    told = withCondition(told, conditionOf(message, message.atMs, message.seq));
  }
  return told;
}

/** From a moment on nothing is known. */
export function silence(fromMs: number): Condition {
  return { fromMs, state: null, reason: '', degraded: [], gear: null, agreement: {}, seq: null };
}

/**
 * What is kept, and behind it what the page heard itself.
 *
 * @param kept `null`: no history is kept, or it is not known yet
 * @param knownFromMs Unix time from which on the history knows everything
 */
export function joined(
  kept: readonly Condition[] | null,
  heard: readonly Condition[],
  knownFromMs: number,
): readonly Condition[] {
  if (kept === null) return heard;
  const last = kept.at(-1)?.seq;
  // Nothing changed in all that is kept: it always was as it was first heard.
  if (last === null || last === undefined) {
    return heard.map((one, at) => (at === 0 && one.seq === null ? { ...one, fromMs: knownFromMs } : one));
  }
  // What no message told is a silence, or what was known before the first one.
  const begin = heard.findIndex(({ seq }) => seq !== null && seq > last);
  if (begin < 0) return kept;
  const isAfterSilence = heard[begin - 1]?.state === null;
  return heard.slice(isAfterSilence ? begin - 1 : begin).reduce(withCondition, kept);
}

/** State and gear, and each trouble that there was, as lanes of time. */
export function conditionLanes(told: readonly Condition[], fromMs: number, toMs: number): Lane[] {
  const troubles = [...new Set(told.flatMap(({ degraded }) => degraded))];
  const lane = (question: string, of: (condition: Condition) => string | null): Lane => ({
    question,
    isObjects: false,
    segments: stretches(told, toMs, of)
      .filter((segment) => segment.toMs > fromMs)
      .map((segment) => (segment.fromMs < fromMs ? { ...segment, fromMs, isOpenStart: true } : segment)),
  });
  return [
    lane('state', ({ state }) => (state === null ? null : stateTelling(state).word)),
    lane('gear', ({ gear }) => (gear === null ? null : gear === 0 ? 'as configured' : `${gear} below`)),
    ...troubles.map((trouble) => {
      const { word } = troubleTelling(trouble);
      return lane(word, ({ degraded }) => (degraded.includes(trouble) ? word : null));
    }),
  ].filter(({ segments }) => segments.length > 0);
}

function stretches(told: readonly Condition[], toMs: number, of: (condition: Condition) => string | null): Segment[] {
  const segments: Segment[] = [];
  for (const [at, condition] of told.entries()) {
    const [label, next] = [of(condition), told[at + 1]?.fromMs ?? toMs];
    const last = segments.at(-1);
    const isOpenEnd = at === told.length - 1;
    if (label === null) continue;
    if (last?.label === label && last.toMs === condition.fromMs) {
      segments[segments.length - 1] = { ...last, toMs: next, isOpenEnd };
    } else {
      segments.push({ label, fromMs: condition.fromMs, toMs: next, isOpenStart: at === 0, isOpenEnd });
    }
  }
  return segments;
}
