import type { TaughtAnswer } from '../../teaching/question-report.ts';
import { OTHER } from '../../words.ts';
import { accuracy, points } from '../charts/numbers.ts';
import { milliseconds } from '../words/numbers.ts';

/** A job of teaching, as `GET /api/cameras/:id/teach` tells it. */
export type Job =
  | { readonly state: 'none' }
  | {
      readonly state: 'running';
      readonly startedAt: string;
      readonly stage: string;
      readonly done: number;
      readonly total: number;
    }
  | { readonly state: 'done'; readonly startedAt: string; readonly endedAt: string; readonly result: TaughtAnswer }
  | {
      readonly state: 'failed';
      readonly startedAt: string;
      readonly endedAt: string;
      readonly error: { readonly message: string; readonly remedy: string };
    };

export type Taught = TaughtAnswer['questions'][number];

/** `Expect 97 % of frames right.` and what that rests on. */
export function expectation({ expected, reference, samples, moments }: Taught): {
  readonly lead: string;
  readonly detail: string;
} {
  const [low, high] = expected.interval;
  return {
    lead: `Expect ${accuracy(expected.accuracy)} of frames right`,
    detail: `Judged on ${samples} labelled frames of ${moments} moments that it did not learn from. Against ${reference} on every frame that is ${points(expected.accuracyGainVsTop)} (95 % interval ${points(low)} to ${points(high)}).`,
  };
}

/** Time per frame against the top rung's. */
export function timeWords({ candidates, expected, reference }: Taught): string {
  const top = candidates.find(({ id }) => id === reference)?.costMs;
  const times =
    expected.speedup >= 1
      ? `${expected.speedup.toFixed(1)} times less time`
      : `${(1 / expected.speedup).toFixed(1)} times as much time`;
  if (top === undefined) return `${times} than ${reference} on every frame`;
  return `${milliseconds(top / expected.speedup)} a frame in place of ${milliseconds(top)}: ${times} than ${reference} on every frame`;
}

/** Where frames are expected to end, cheapest rung first. */
export function rungShares({ rungs, expected }: Taught): { readonly rung: string; readonly ratio: number }[] {
  return rungs.map((rung) => ({ rung, ratio: expected.shareByRung[rung] ?? 0 }));
}

/** The commonest mix-ups, in words: `“open” taken for “closed”: 3 of 20`. */
export function mixUps({ classes, confusion }: Taught, most = 4): string[] {
  const names = [...classes.map(({ name }) => name), OTHER];
  const found = confusion.flatMap((row, shown) => {
    const sum = row.reduce((total, value) => total + value, 0);
    return row.flatMap((value, answer) =>
      answer === shown || value === 0
        ? []
        : [{ value, text: `“${names[shown]}” taken for “${names[answer] ?? '?'}”: ${value} of ${sum}` }],
    );
  });
  return found
    .sort((a, b) => b.value - a.value)
    .slice(0, most)
    .map(({ text }) => text);
}

/** How far a job is. @returns a ratio of 0..1 of its stage, or `null` */
export function progressRatio(job: Job): number | null {
  return job.state === 'running' && job.total > 0 ? Math.min(1, job.done / job.total) : null;
}

/** What has to be written so that a camera keeps examples. */
export function keepYaml(camera: string): string {
  return `cameras:\n  - id: ${camera}\n    # … what is there already\n    examples:\n      keep: true`;
}
