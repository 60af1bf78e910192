import type { OperatingPoint, Premodel } from '../premodel/artifact.ts';
import { percent, pointsRange, signedPoints } from './format.ts';
import type { Markup } from './html.ts';
import { figure } from './page.ts';
import { MODE_MARKS, MODES, RUNG_MARK } from './palette.ts';
import { type PlanePoint, plane } from './plane.ts';

type Mode = (typeof MODES)[number];

/** Accuracy against cost as expected: the modes together, then each with its named points. */
export function frontFigures({ modes }: Premodel): Markup[] {
  return [
    front(
      'All modes',
      modes,
      MODES,
      MODES.flatMap((mode) => named(modes[mode]).map((point) => namedPoint(mode, point, false))),
      'Each line is the best that a mode can do at each cost, with estimates for images that they were not fitted on.',
    ),
    ...MODES.map((mode) =>
      front(
        mode,
        modes,
        [mode],
        [
          ...named(modes[mode]).map((point) => namedPoint(mode, point, true)),
          ...modes[mode].filter(({ name }) => name === undefined).map((point) => otherPoint(mode, point)),
        ],
        'Bars: the interval of the difference to the reference. Squares: a single rung on every image.',
      ),
    ),
  ];
}

function front(
  heading: string,
  modes: Premodel['modes'],
  shown: readonly Mode[],
  points: readonly PlanePoint[],
  caption: string,
): Markup {
  const whole = MODES.flatMap((mode) => modes[mode].map(({ expected }) => expected));
  const drawing = plane({
    label: `${heading}: expected accuracy against the reference by cost; the named points are in the table below.`,
    height: 380,
    x: {
      name: 'time per image, share of the reference’s',
      text: (value) => percent(value, 0),
      include: [0, 1, ...whole.map(({ costRatio }) => costRatio)],
      within: [0, whole.some(({ costRatio }) => costRatio > 1) ? Infinity : 1],
    },
    y: {
      name: 'points of accuracy against the reference',
      text: (value) => (value === 0 ? '0' : signedPoints(value, 0)),
      include: [0, ...whole.map(({ accuracyGainVsTop }) => accuracyGainVsTop)],
    },
    points,
    lines: [
      {
        points: [
          [0, 0],
          [1, 0],
        ],
        color: 'var(--axis)',
        dashed: true,
      },
      ...shown.map((mode) => ({
        points: modes[mode].map(({ expected }) => at(expected)).sort(([a], [b]) => a - b),
        color: MODE_MARKS[mode].color,
      })),
    ],
  });
  return figure(heading, drawing, caption);
}

function named(points: readonly OperatingPoint[]): OperatingPoint[] {
  return points.filter(({ name }) => name !== undefined);
}

function at({ costRatio, accuracyGainVsTop }: OperatingPoint['expected']): readonly [number, number] {
  return [costRatio, accuracyGainVsTop];
}

function namedPoint(mode: Mode, { name, rungs, expected }: OperatingPoint, withInterval: boolean): PlanePoint {
  const [low, high] = expected.interval;
  return {
    at: at(expected),
    mark: MODE_MARKS[mode],
    name: name ?? null,
    tip: `${mode} ${name ?? ''}: ${told(expected)}, interval ${pointsRange(expected.interval)}; ${rungs.join(' → ')}`,
    ...(withInterval ? { whisker: [low, high] as const } : {}),
  };
}

function otherPoint(mode: Mode, { rungs, expected }: OperatingPoint): PlanePoint {
  const single = rungs.length === 1 ? (rungs[0] ?? null) : null;
  return {
    at: at(expected),
    mark: single === null ? { ...MODE_MARKS[mode], size: 5 } : RUNG_MARK,
    name: single,
    tip: `${mode}: ${told(expected)}; ${rungs.join(' → ')}`,
  };
}

function told({ accuracyGainVsTop, costRatio }: OperatingPoint['expected']): string {
  return `${signedPoints(accuracyGainVsTop)} points in ${percent(costRatio)} of the reference’s time`;
}
