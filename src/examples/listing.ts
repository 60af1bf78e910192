import { inOrderOfUse, type QuestionCensus, questionsOf } from './census.ts';
import { type Example, isLabelled } from './example.ts';
import type { ExampleStore } from './store.ts';

/** How many examples there are, and how old and large. */
export interface ExampleTotals {
  readonly frames: number;
  readonly labelled: number;
  readonly unsure: number;
  readonly random: number;
  readonly bytes: number;
  /** ISO 8601; `null` where there is none. */
  readonly oldestAt: string | null;
  readonly newestAt: string | null;
}

/** What the API tells of a camera's examples. */
export interface ExampleListing {
  readonly camera: string;
  /** `false`: it is what is left from before. */
  readonly keep: boolean;
  readonly settings: {
    readonly maxFrames: number;
    readonly maxMegabytes: number;
    readonly maxAgeDays: number;
    readonly randomRatio: number;
    readonly minIntervalSeconds: number;
    readonly unsureBelow: number;
  };
  readonly totals: ExampleTotals;
  /** What people said so far. */
  readonly questions: readonly QuestionCensus[];
  /** Those that help most first: unsure ones, then those drawn by chance, then labelled ones; newest first. */
  readonly examples: readonly ListedExample[];
}

export interface ListedExample extends Omit<Example, 'takenAtMs'> {
  readonly takenAt: string;
  /** Path of its picture. */
  readonly picture: string;
}

export const MEGABYTE = 1_000_000;
export const DAY_MS = 86_400_000;

export function totalsOf({ set }: Pick<ExampleStore, 'set'>): ExampleTotals {
  const { examples } = set;
  const times = examples.map(({ takenAtMs }) => takenAtMs);
  const count = (test: (example: Example) => boolean) => examples.filter(test).length;
  return {
    frames: examples.length,
    labelled: count(isLabelled),
    unsure: count(({ reason }) => reason === 'unsure'),
    random: count(({ reason }) => reason === 'random'),
    bytes: set.bytes,
    oldestAt: times.length === 0 ? null : iso(Math.min(...times)),
    newestAt: times.length === 0 ? null : iso(Math.max(...times)),
  };
}

export function listingOf(camera: string, store: ExampleStore, keep: boolean, limit: number): ExampleListing {
  const { maxFrames, maxBytes, maxAgeMs, randomRatio, minIntervalMs, unsureBelow } = store.limits;
  const { examples } = store.set;
  return {
    camera,
    keep,
    settings: {
      maxFrames,
      maxMegabytes: maxBytes / MEGABYTE,
      maxAgeDays: maxAgeMs / DAY_MS,
      randomRatio,
      minIntervalSeconds: minIntervalMs / 1000,
      unsureBelow,
    },
    totals: totalsOf(store),
    questions: questionsOf(examples),
    examples: inOrderOfUse(examples)
      .slice(0, limit)
      .map(({ id, takenAtMs, ...example }) => ({
        id,
        takenAt: iso(takenAtMs),
        ...example,
        picture: `/api/cameras/${camera}/examples/${id}.jpg`,
      })),
  };
}

function iso(unixMs: number): string {
  return new Date(unixMs).toISOString();
}
