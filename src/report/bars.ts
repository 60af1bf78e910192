import { CHART_WIDTH, type ChartOption, chart, FONT_SIZE } from './chart.ts';
import { circled, percent } from './format.ts';
import type { Markup } from './html.ts';
import { rungColor } from './palette.ts';

const ROW_HEIGHT = 30;
/** Dark on every colour of a rung. */
const ON_RUNG = '#14181d';
/** Shares below are too narrow for a number, and below that for anything. */
const LEAST_FOR_NUMBER = 0.17;
const LEAST_FOR_SIGN = 0.055;

export interface StackedRow {
  readonly name: string;
  /** By position of the rung; they sum to 1. */
  readonly shares: readonly number[];
}

/** Shares of rungs as one bar per row; each part bears the rung's number. */
export function stackedBars(label: string, rungs: readonly string[], rows: readonly StackedRow[]): Markup {
  const height = rows.length * ROW_HEIGHT + 40;
  const option: ChartOption = {
    grid: { left: 138, right: 20, top: 6, bottom: 32 },
    xAxis: {
      type: 'value',
      min: 0,
      max: 1,
      interval: 0.25,
      axisLabel: { color: 'var(--soft)', fontSize: FONT_SIZE, formatter: (value: number) => percent(value, 0) },
      splitLine: { lineStyle: { color: 'var(--line)' } },
    },
    yAxis: categories(rows.map(({ name }) => name)),
    series: rungs.map((_, rung) => ({
      type: 'bar' as const,
      stack: 'shares',
      barWidth: ROW_HEIGHT - 8,
      itemStyle: { color: rungColor(rung), borderColor: 'var(--card)', borderWidth: 1 },
      data: rows.map(({ shares }) => {
        const share = shares[rung] ?? 0;
        return {
          value: share,
          label: {
            show: share >= LEAST_FOR_SIGN,
            position: 'inside' as const,
            color: ON_RUNG,
            fontSize: 12,
            formatter: () => (share >= LEAST_FOR_NUMBER ? `${circled(rung)} ${percent(share, 0)}` : circled(rung)),
          },
        };
      }),
    })),
  };
  const tip = (rung: number, row: number) =>
    `${rows[row]?.name}: ${percent(rows[row]?.shares[rung] ?? 0)} end on ${rungs[rung]}`;
  return chart({ label, height, option, tip });
}

export interface BarRow {
  readonly name: string;
  readonly value: number;
  /** Filled where it is, hollow where not. */
  readonly chosen: boolean;
}

/** One bar per row, longest value at the right; those chosen are filled and bear a tick. */
export function rankedBars(label: string, rows: readonly BarRow[], text: (value: number) => string): Markup {
  const height = rows.length * 21 + 12;
  const option: ChartOption = {
    grid: { left: 190, right: 64, top: 4, bottom: 4 },
    xAxis: { type: 'value', show: false, min: 0, max: Math.max(...rows.map(({ value }) => value), 1e-9) },
    yAxis: categories(rows.map(({ name, chosen }) => (chosen ? `✓ ${name}` : name))),
    series: [
      {
        type: 'bar',
        barWidth: 12,
        data: rows.map(({ value, chosen }) => ({
          value: Math.max(0, value),
          itemStyle: chosen
            ? { color: 'var(--hybrid)' }
            : { color: 'transparent', borderColor: 'var(--rung)', borderWidth: 1 },
        })),
        label: {
          show: true,
          position: 'right',
          color: 'var(--soft)',
          fontSize: 12,
          formatter: ({ dataIndex }: { dataIndex: number }) => text(rows[dataIndex]?.value ?? 0),
        },
      },
    ],
  };
  const tip = (_: number, row: number) => `${rows[row]?.name}: ${text(rows[row]?.value ?? 0)}`;
  return chart({ label, height, option, tip });
}

function categories(names: readonly string[]) {
  return {
    type: 'category' as const,
    inverse: true,
    data: [...names],
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: {
      color: 'var(--ink)',
      fontSize: FONT_SIZE,
      interval: 0,
      width: CHART_WIDTH / 2.8,
      overflow: 'truncate' as const,
    },
  };
}
