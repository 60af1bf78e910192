import { DEFAULT_QUESTION, plainName } from '../words.ts';
import type { Finding } from './alert.ts';
import { isWithin, type WallTime } from './time-of-day.ts';
import type { Head, When } from './when.ts';

export interface Rule {
  readonly id: string;
  readonly when: When;
  /** No other alert of the same camera and question for so long; `null`: one each time that it comes true. */
  readonly repeatAfterSeconds: number | null;
}

/** What rules need to know of the world. */
export interface RuleParts {
  /** The time of day in the rules' time zone. */
  readonly wall: (unixMs: number) => WallTime;
  /** A camera without frames for longer proves nothing: what lasts begins anew. */
  readonly gapSeconds: (camera: string) => number;
  /** The names of the answers to a camera's question; `null`: unknown, or too many. */
  readonly answers: (camera: string, question: string) => readonly string[] | null;
  /** When the rule last told of a place before: readings of the monotonic clock. */
  readonly lastMs?: ReadonlyMap<string, number>;
  /** A rule holds on a camera, or does no more. */
  readonly onHolding?: (rule: string, camera: string, holds: boolean) => void;
}

/** Of a message that a rule looks at. */
export interface Origin {
  readonly camera: string;
  readonly epoch: string;
  readonly seq: number;
}

/** Seconds of a clip add up to a hair less than what they are. */
export const ROUNDING_SECONDS = 1e-6;

/** Whether a rule asks about a camera, and about its question where it names one. */
export function isAbout({ places }: Pick<When, 'places'>, camera: string, question: string | null): boolean {
  if (places === null) return true;
  return places.some((place) => {
    if (place.camera !== camera) return false;
    // A region's questions are called REGION/QUESTION.
    return (
      place.question === null || place.question === question || question?.startsWith(`${place.question}/`) === true
    );
  });
}

/** Names of labels are compared as elsewhere: without regard to case, `_`, `-` and spaces are the same. */
export function isNamed(label: string | null | undefined, plain: string): boolean {
  return label !== null && label !== undefined && (label === plain || plainName(label) === plain);
}

export function isInHours(when: When, unixMs: number, { wall }: Pick<RuleParts, 'wall'>): boolean {
  return (when.between === null && when.weekdays === null) || isWithin(when, wall(unixMs));
}

/** Keeps alerts of a rule apart. Times are readings of the monotonic clock. */
export class Cooldown {
  readonly #afterMs: number;
  readonly #lastMs: Map<string, number>;

  /** @param lastMs what was alerted before */
  constructor(afterSeconds: number | null, lastMs: ReadonlyMap<string, number> = new Map()) {
    this.#afterMs = (afterSeconds ?? 0) * 1000;
    this.#lastMs = new Map(lastMs);
  }

  /** Whether an alert may be raised now; it is noted then. */
  takes(key: string, nowMs: number): boolean {
    const last = this.#lastMs.get(key);
    if (last !== undefined && nowMs - last < this.#afterMs) return false;
    this.#lastMs.set(key, nowMs);
    return true;
  }

  forget(camera: string): void {
    for (const key of this.#lastMs.keys()) if (key === camera || key.startsWith(`${camera}/`)) this.#lastMs.delete(key);
  }
}

/** `vehicle (0.93) on gate for 3 s`, with the rule's name in front; `gate/kind` of another question than the usual one. */
export function sentence(rule: string, head: Head, finding: Omit<Finding, 'text'>, forSeconds: number): string {
  const { camera, question, label, confidence, track } = finding;
  const asked = question === null || question === DEFAULT_QUESTION ? '' : `/${question}`;
  const where = `on ${camera}${asked}${track === null ? '' : ` #${track}`}`;
  const lasts = forSeconds > 0 ? ` for ${inWords(forSeconds)}` : '';
  if (head.kind === 'state') return `${rule}: camera ${camera} is ${label}${lasts}`;
  if (head.kind === 'absence') return `${rule}: no ${label} ${where}${lasts}`;
  if (head.kind === 'event') return `${rule}: ${label} ${head.phase === 'begin' ? 'begins' : 'ends'} ${where}`;
  return `${rule}: ${label}${confidence === null ? '' : ` (${confidence.toFixed(2)})`} ${where}${lasts}`;
}

function inWords(seconds: number): string {
  if (seconds >= 60 && seconds % 60 === 0) return `${seconds / 60} min`;
  return `${Number(seconds.toFixed(3))} s`;
}
