import type { PointsAnswer, QuestionPoints } from '../../server/points-answer.ts';
import { fineShare, points, accuracy as right } from '../charts/numbers.ts';
import { milliseconds } from '../words/numbers.ts';

export interface Point {
  readonly index: number;
  readonly name: string | null;
  /** What a request calls it. */
  readonly key: string;
  readonly accuracy: number;
  readonly costMs: number;
  readonly rungs: readonly string[];
  readonly isCurrent: boolean;
  readonly isConfigured: boolean;
}

export interface Front {
  readonly question: string;
  /** What accuracy is against: true classes, or the reference's answers. */
  readonly truth: QuestionPoints['truth'];
  readonly reference: { readonly id: string; readonly accuracy: number; readonly costMs: number };
  /** Cheapest first. */
  readonly points: readonly Point[];
}

/** A front for each question that was fitted. */
export function frontsOf({ questions, configured }: PointsAnswer): Front[] {
  return questions
    .filter(({ points: told }) => told.length > 0)
    .map(({ question, truth, current, reference, points: told }) => ({
      question,
      truth,
      reference: { id: reference.id, accuracy: reference.accuracy, costMs: reference.meanMs },
      points: told
        .map(({ index, name, accuracy, costMs, rungs }) => ({
          ...{ index, name, accuracy, costMs, rungs },
          key: name ?? String(index),
          isCurrent: index === current.index,
          isConfigured: configured === name || configured === String(index),
        }))
        .sort((a, b) => a.costMs - b.costMs),
    }));
}

/** `97.3 % right`, or `agrees 97.3 %` where nobody said what is right. */
export function rightText(accuracy: number, { truth, reference }: Pick<Front, 'truth' | 'reference'>): string {
  return truth === 'labels' ? `${right(accuracy)} right` : `${right(accuracy)} as ${reference.id} answers`;
}

export function pointName({ name, index }: Pick<Point, 'name' | 'index'>): string {
  return name ?? `point ${index}`;
}

/** `balanced: 97.0 % right, 4.1 ms a frame` */
export function pointSentence(point: Point, front: Front): string {
  return `${pointName(point)}: ${rightText(point.accuracy, front)}, ${milliseconds(point.costMs)} a frame`;
}

/** Those that have a name, and those that matter now: the others are steps between them. */
export function fewOf(points: readonly Point[], chosen: string | null): readonly Point[] {
  const few = points.filter(({ key, name, isCurrent }) => name !== null || isCurrent || key === chosen);
  return few.length < 2 ? points : few;
}

/** Time as a share of the reference's: what can be compared where clocks are not fixed. */
export function costShare(costMs: number, { reference }: Front): string {
  return `${fineShare(costMs / reference.costMs)} of ${reference.id}`;
}

/** What moving from one point to another is expected to change, to be said before it is done. */
export function changeSentence(from: Point, to: Point): string {
  const times = to.costMs === 0 || from.costMs === 0 ? 1 : Math.max(to.costMs / from.costMs, from.costMs / to.costMs);
  const time =
    times < 1.05
      ? 'takes as long'
      : `takes ${times.toFixed(1)} times ${to.costMs > from.costMs ? 'as long' : 'less time'} (${milliseconds(from.costMs)} → ${milliseconds(to.costMs)})`;
  const gained = to.accuracy - from.accuracy;
  const often =
    Math.abs(gained) < 0.0005
      ? 'is right as often'
      : `is right ${gained > 0 ? 'more' : 'less'} often by ${points(Math.abs(gained)).replace('+', '')} (${right(from.accuracy)} → ${right(to.accuracy)})`;
  return `From ${pointName(from)} to ${pointName(to)}: a frame ${time}, and the answer ${often}, as far as the frames that it was fitted on tell.`;
}
