import { milliseconds, points, share } from '../charts/numbers.ts';

/** What the daemon tells of a camera's operating points, per question where it was taught; see docs/protocol.md. */
export interface PointsAnswer extends Partial<FrontAnswer> {
  readonly current: { readonly name: string | null; readonly index: number };
  readonly configured?: { readonly name: string | null; readonly index: number } | string | number | null;
  readonly mode?: string;
  readonly until?: string | null;
  readonly questions?: readonly ({ readonly id?: string; readonly question?: string } & FrontAnswer)[];
}

interface FrontAnswer {
  readonly reference?: {
    readonly id: string;
    readonly meanMs?: number | null;
    readonly costMs?: number | null;
    readonly accuracy?: number | null;
  } | null;
  readonly points: readonly PointAnswer[];
}

interface PointAnswer {
  readonly index: number;
  readonly name?: string | null;
  readonly accuracy?: number | null;
  readonly accuracyGainVsTop?: number | null;
  readonly interval?: readonly [number, number] | null;
  readonly costMs?: number | null;
  readonly meanMs?: number | null;
  readonly costRatio?: number | null;
  readonly rungs?: readonly string[];
  readonly shareByRung?: Readonly<Record<string, number>>;
}

export interface Point {
  readonly index: number;
  readonly name: string | null;
  /** What a request calls it. */
  readonly key: string;
  readonly accuracy: number;
  readonly cost: number;
  readonly gain: number | null;
  readonly rungs: readonly string[];
  readonly isCurrent: boolean;
  readonly isConfigured: boolean;
}

export interface Front {
  /** `null`: of all that it is asked. */
  readonly question: string | null;
  readonly reference: { readonly id: string; readonly accuracy: number; readonly cost: number } | null;
  /** Milliseconds where they are known, else runs of the reference. */
  readonly unit: 'ms' | 'ratio';
  /** Ratio 0..1, or points against the reference. */
  readonly scale: 'accuracy' | 'gain';
  /** Cheapest first. */
  readonly points: readonly Point[];
}

/** The fronts that can be drawn: points without cost or accuracy are left out, a front without two points is none. */
export function frontsOf(answer: PointsAnswer): Front[] {
  const parts = answer.questions ?? (answer.points === undefined ? [] : [{ ...answer, points: answer.points }]);
  return parts.flatMap((part) => {
    const question = 'question' in part || 'id' in part ? (part.question ?? part.id ?? null) : null;
    const front = frontOf(part, answer, question);
    return front.points.length === 0 ? [] : [front];
  });
}

function frontOf(
  { points: told, reference = null }: FrontAnswer,
  answer: PointsAnswer,
  question: string | null,
): Front {
  const ms = ({ costMs, meanMs }: PointAnswer) => costMs ?? meanMs ?? null;
  const unit = told.every((point) => ms(point) !== null) ? 'ms' : 'ratio';
  const scale = told.every(({ accuracy }) => typeof accuracy === 'number') ? 'accuracy' : 'gain';
  const { configured, current } = answer;
  const list = told.flatMap((point): Point[] => {
    const cost = unit === 'ms' ? ms(point) : (point.costRatio ?? null);
    const gain = point.accuracyGainVsTop ?? null;
    const accuracy = scale === 'accuracy' ? (point.accuracy ?? null) : gain;
    if (cost === null || accuracy === null) return [];
    const { index, name = null, rungs } = point;
    return [
      {
        ...{ index, name, accuracy, cost, gain },
        key: name ?? String(index),
        rungs: rungs ?? Object.keys(point.shareByRung ?? {}),
        isCurrent: index === current.index,
        isConfigured: isThis(configured, index, name),
      },
    ];
  });
  return {
    question,
    unit,
    scale,
    reference: referenceOf(reference, unit, scale),
    points: list.sort((a, b) => a.cost - b.cost),
  };
}

function referenceOf(told: FrontAnswer['reference'], unit: Front['unit'], scale: Front['scale']): Front['reference'] {
  if (told === null || told === undefined) return null;
  const cost = unit === 'ratio' ? 1 : (told.meanMs ?? told.costMs ?? null);
  const accuracy = scale === 'gain' ? 0 : (told.accuracy ?? null);
  return cost === null || accuracy === null ? null : { id: told.id, cost, accuracy };
}

function isThis(configured: PointsAnswer['configured'], index: number, name: string | null): boolean {
  if (configured === null || configured === undefined) return false;
  if (typeof configured === 'object') return configured.index === index;
  return configured === index || configured === name || configured === String(index);
}

export function costText(cost: number, unit: Front['unit']): string {
  return unit === 'ms' ? milliseconds(cost) : `${share(cost)} of the reference’s time`;
}

export function accuracyText(accuracy: number, scale: Front['scale']): string {
  return scale === 'accuracy' ? share(accuracy) : points(accuracy);
}

export function pointName({ name, index }: Pick<Point, 'name' | 'index'>): string {
  return name ?? `point ${index}`;
}

/** `balanced: 97 % right, 4.10 ms a frame; zero → small → large` */
export function pointSentence(point: Point, { unit, scale }: Front): string {
  const way = point.rungs.length === 0 ? '' : `; ${point.rungs.join(' → ')}`;
  const right =
    scale === 'accuracy' ? `${share(point.accuracy)} right` : `${points(point.accuracy)} against the reference`;
  return `${pointName(point)}: ${right}, ${costText(point.cost, unit)}${unit === 'ms' ? ' a frame' : ''}${way}`;
}

/** What moving from one point to another is expected to change, to be said before it is done. */
export function changeSentence(from: Point, to: Point, { unit, scale }: Front): string {
  const times = to.cost === 0 || from.cost === 0 ? 1 : Math.max(to.cost / from.cost, from.cost / to.cost);
  const time =
    times < 1.005
      ? 'takes as long'
      : `takes ${times.toFixed(1)} times ${to.cost > from.cost ? 'as long' : 'less time'} (${costText(from.cost, unit)} → ${costText(to.cost, unit)})`;
  const gained = to.accuracy - from.accuracy;
  const right =
    Math.abs(gained) < 0.0005
      ? 'is right as often'
      : `is right ${gained > 0 ? 'more' : 'less'} often by ${points(Math.abs(gained)).replace('+', '')} (${accuracyText(from.accuracy, scale)} → ${accuracyText(to.accuracy, scale)})`;
  return `From ${pointName(from)} to ${pointName(to)}: a frame ${time}, and the answer ${right}, as far as the frames that it was fitted on tell.`;
}
