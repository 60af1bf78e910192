import { CHART_WIDTH, type ChartOption, chart, FONT_SIZE } from './chart.ts';
import type { Markup } from './html.ts';
import { LABEL_DISTANCE, type Place, placeLabels } from './labels.ts';
import type { Mark } from './palette.ts';
import { roundScale, type Scale } from './scale.ts';

type Position = readonly [number, number];

export interface PlanePoint {
  readonly at: Position;
  readonly mark: Mark;
  /** Written beside it where there is room; points that come first choose first. */
  readonly name: string | null;
  readonly tip: string;
  /** A vertical interval. */
  readonly whisker?: Position;
}

export interface PlaneLine {
  readonly points: readonly Position[];
  readonly color: string;
  readonly dashed?: boolean;
}

export interface Axis {
  readonly name: string;
  readonly text: (value: number) => string;
  /** Values that the axis must show besides those of the points. */
  readonly include?: readonly number[];
  /** It never goes beyond. */
  readonly within?: Position;
}

export interface PlaneSpec {
  readonly label: string;
  readonly height: number;
  readonly x: Axis;
  readonly y: Axis;
  readonly points: readonly PlanePoint[];
  readonly lines: readonly PlaneLine[];
}

const GRID = { left: 58, right: 18, top: 34, bottom: 52 };
const NAME_SIZE = 12;

/** Named points and lines over two axes. */
export function plane({ label, height, x, y, points, lines }: PlaneSpec): Markup {
  const positions = [...points.map(({ at }) => at), ...lines.flatMap((line) => line.points)];
  const whiskers = points.flatMap(({ whisker }) => whisker ?? []);
  const xScale = roundScale(
    positions.map(([value]) => value),
    6,
    x.include,
    x.within,
  );
  const yScale = roundScale([...positions.map(([, value]) => value), ...whiskers], 6, y.include, y.within);
  const places = placesOf(points, lines, height, xScale, yScale);
  const drawn = [...points.keys()].reverse();
  const option: ChartOption = {
    grid: GRID,
    xAxis: { ...axis(x, xScale), nameLocation: 'middle', nameGap: 34 },
    yAxis: {
      ...axis(y, yScale),
      nameLocation: 'end',
      nameGap: 14,
      nameTextStyle: { ...NAME_STYLE, align: 'left', padding: [0, 0, 0, 6 - GRID.left] },
    },
    series: [
      {
        type: 'scatter',
        z: 4,
        // What comes first lies on top.
        data: drawn.map((k) => scatterItem(points[k] as PlanePoint, places[k] ?? null)),
      },
      ...lines.map(({ points: path, color, dashed }) => ({
        type: 'line' as const,
        z: 2,
        data: path.map((position) => [...position]),
        showSymbol: false,
        lineStyle: { color, width: 1.8, type: dashed ? ('dashed' as const) : ('solid' as const) },
      })),
      ...points.flatMap(({ at, mark, whisker }) => (whisker === undefined ? [] : [whiskerLine(at, whisker, mark)])),
    ],
  };
  const tip = (series: number, item: number) => (series === 0 ? (points[drawn[item] ?? -1]?.tip ?? null) : null);
  return chart({ label, height, option, tip });
}

const NAME_STYLE = { color: 'var(--soft)', fontSize: FONT_SIZE } as const;

function axis({ name, text }: Axis, { min, max, step }: Scale) {
  return {
    type: 'value' as const,
    name,
    nameTextStyle: NAME_STYLE,
    min,
    max,
    interval: step,
    axisLabel: {
      color: 'var(--soft)',
      fontSize: FONT_SIZE,
      formatter: (value: number) => text(value),
      hideOverlap: true,
    },
    axisLine: { show: true, onZero: false, lineStyle: { color: 'var(--axis)' } },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: 'var(--line)' } },
  };
}

function scatterItem({ at, mark, name }: PlanePoint, place: Place | null) {
  return {
    value: [...at],
    symbol: mark.symbol,
    symbolSize: mark.size,
    itemStyle: { color: mark.color, opacity: 1, borderColor: 'var(--card)', borderWidth: 1 },
    label: { ...nameStyle(place), formatter: () => name ?? '' },
  };
}

function nameStyle(place: Place | null) {
  if (place === null) return { show: false };
  const { position, offset } = place;
  return {
    show: true,
    color: 'var(--ink)',
    fontSize: NAME_SIZE,
    distance: LABEL_DISTANCE,
    position,
    offset: [...offset],
  };
}

function whiskerLine([x]: Position, [low, high]: Position, { color }: Mark) {
  return {
    type: 'line' as const,
    z: 3,
    data: [
      [x, low],
      [x, high],
    ],
    symbol: 'rect',
    symbolSize: [9, 1.6],
    showSymbol: true,
    itemStyle: { color },
    lineStyle: { color, width: 1.6 },
  };
}

function placesOf(
  points: readonly PlanePoint[],
  lines: readonly PlaneLine[],
  height: number,
  xScale: Scale,
  yScale: Scale,
) {
  const area = { left: GRID.left, top: GRID.top - 6, right: CHART_WIDTH - 2, bottom: height - GRID.bottom };
  const wide = CHART_WIDTH - GRID.left - GRID.right;
  const high = height - GRID.top - GRID.bottom;
  const pixel = ([x, y]: Position): Position => [
    GRID.left + ((x - xScale.min) / (xScale.max - xScale.min)) * wide,
    GRID.top + (1 - (y - yScale.min) / (yScale.max - yScale.min)) * high,
  ];
  const seen = points.map(({ at, name, mark }) => {
    const [x, y] = pixel(at);
    return { x, y, text: name ?? '', size: mark.size };
  });
  const paths = [
    ...lines.map((line) => line.points.map(pixel)),
    ...points.flatMap(({ at: [x], whisker }) => (whisker === undefined ? [] : [whisker.map((y) => pixel([x, y]))])),
  ];
  return placeLabels(seen, area, NAME_SIZE, paths.flatMap(alongPath));
}

/** Points close enough to each other that no name slips through between them. */
function alongPath(path: readonly Position[]): Position[] {
  return path.flatMap(([x, y], k) => {
    const [fromX, fromY] = path[k - 1] ?? [x, y];
    const steps = Math.max(1, Math.ceil(Math.hypot(x - fromX, y - fromY) / 6));
    return Array.from({ length: steps }, (_, i): Position => {
      const part = (i + 1) / steps;
      return [fromX + (x - fromX) * part, fromY + (y - fromY) * part];
    });
  });
}
