import type { CameraStatus } from '../../types.ts';
import { gearWords, stateTelling, troubleTelling } from '../words/states.ts';
import type { Lane, Segment } from './timeline.ts';

/** How a camera was from a moment on. */
export interface Condition extends Pick<CameraStatus, 'state' | 'degraded'> {
  /** Unix time at which this page was told. */
  readonly fromMs: number;
  readonly gear: number | null;
  /** Ratio 0..1 by question. */
  readonly agreement: Readonly<Record<string, number>>;
}

const MOST = 500;

/** How a camera was while a page was open: its state, gear, agreement and troubles; bounded. */
export class Conditions {
  readonly #told: Condition[] = [];

  add({ state, degraded, gear, agreement = {} }: Told, fromMs: number): void {
    const last = this.#told.at(-1);
    const next = { fromMs, state, degraded, gear: gear ?? null, agreement };
    if (last !== undefined && isSame(last, next)) return;
    this.#told.push(next);
    if (this.#told.length > MOST) this.#told.shift();
  }

  /** Oldest first. */
  get all(): readonly Condition[] {
    return this.#told;
  }
}

type Told = Pick<CameraStatus, 'state' | 'degraded'> & {
  readonly gear?: number | undefined;
  readonly agreement?: Readonly<Record<string, number>> | undefined;
};

function isSame(one: Condition, other: Condition): boolean {
  const text = ({ state, degraded, gear, agreement }: Condition) => JSON.stringify([state, degraded, gear, agreement]);
  return text(one) === text(other);
}

/** State and gear, and each trouble that there was, as lanes of time. */
export function conditionLanes(told: readonly Condition[], toMs: number): Lane[] {
  const troubles = [...new Set(told.flatMap(({ degraded }) => degraded))];
  const lane = (question: string, of: (condition: Condition) => string | null): Lane => ({
    question,
    isObjects: false,
    segments: stretches(told, toMs, of),
  });
  return [
    lane('state', ({ state }) => stateTelling(state).word),
    lane('gear', ({ gear }) => (gear === null ? null : gearWords(gear))),
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
