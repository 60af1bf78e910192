import type { BenchRow } from './report.ts';
import { ratioInterval, ratioOf } from './statistics.ts';
import type { PlayedClip, QuestionRecord } from './teach-record.ts';

/** A scored answer: one question about one frame. */
export interface Pair {
  /** Of one frame they add up to 1: frames count, and not how many questions are asked of them. */
  readonly weight: number;
  readonly clip: PlayedClip;
  readonly question: QuestionRecord;
  readonly row: number;
  readonly right: readonly string[];
  /** Tells moments of all clips apart. */
  readonly moment: string;
}

export function pairsOf(clips: readonly PlayedClip[]): Pair[] {
  return clips.flatMap((clip) => {
    const scored = clip.moments.map((_, row) => clip.questions.filter(({ truth }) => truth[row]).length);
    return clip.questions.flatMap((question) =>
      question.truth.flatMap((right, row) => {
        if (right === null) return [];
        return [
          { weight: 1 / (scored[row] ?? 1), clip, question, row, right, moment: `${clip.clip}/${clip.moments[row]}` },
        ];
      }),
    );
  });
}

/** Frames of which at least one answer is scored. */
export function framesOf(pairs: readonly Pair[]): number {
  return Math.round(sum(pairs.map(({ weight }) => weight)));
}

export const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** By frame, over the answers that are scored of it. */
export function mean(values: readonly number[], pairs: readonly Pair[]): Pick<BenchRow, 'value' | 'ci' | 'n'> {
  const weights = pairs.map(({ weight }) => weight);
  const weighed = values.map((value, at) => value * (weights[at] ?? 0));
  const moments = pairs.map(({ moment }) => moment);
  return { value: ratioOf(weighed, weights), ci: ratioInterval(weighed, weights, moments), n: framesOf(pairs) };
}

/** How much a frame's time weighs among those of all clips: a clip as much as it has scored frames. */
export function weightOf(clip: PlayedClip, clips: readonly PlayedClip[], pairs: readonly Pair[]): number {
  return clips.length === 1 ? 1 : framesOf(pairs.filter((pair) => pair.clip === clip)) / clip.moments.length;
}
