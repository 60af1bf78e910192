import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { colorOf, hatched } from './canvas.ts';
import type { Look } from './palette.ts';

export interface Line {
  readonly name: string;
  readonly look: Look;
  /** Filled down to the axis, with the hatch of its look; bars where `isBar`. */
  readonly isBar?: boolean;
  readonly isStepped?: boolean;
}

export interface PlotProps {
  /** What a person who cannot see it is told in its place. */
  readonly summary: string;
  /** `x`, then a column for each line; `null`: none. */
  readonly data: uPlot.AlignedData;
  readonly lines: readonly Line[];
  /** `time`: seconds of Unix time; at least two minutes of it are drawn. */
  readonly x: 'time' | Axis;
  readonly y: Axis;
  readonly height?: number;
  /** Draws over it, in canvas pixels. */
  readonly draw?: (plot: uPlot) => void;
  /** Somebody pressed at a place, in values of the axes. */
  readonly onPress?: (x: number, y: number, plot: uPlot) => void;
}

export interface Axis {
  readonly name: string;
  readonly text: (value: number) => string;
  readonly range?: readonly [number, number];
}

/** The one place where uPlot is used: it follows the width of its place, and the page's colours when they change. */
export function Plot(props: PlotProps) {
  const { summary, data, lines, x, y, height = 200 } = props;
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const theme = useTheme();
  const shape = JSON.stringify([lines, x === 'time' ? x : [x.name, x.range], y.name, y.range, height, theme]);

  // `shape` stands for what the plot is built of; data is set below.
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const made = new uPlot(optionsOf(element, latest), latest.current.data, element);
    plot.current = made;
    const watch = new ResizeObserver(() => made.setSize({ width: widthOf(element), height }));
    watch.observe(element);
    const press = (event: MouseEvent) => {
      const box = made.over.getBoundingClientRect();
      const [left, top] = [event.clientX - box.left, event.clientY - box.top];
      latest.current.onPress?.(made.posToVal(left, 'x'), made.posToVal(top, 'y'), made);
    };
    made.over.addEventListener('click', press);
    return () => {
      watch.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [shape]);

  useEffect(() => {
    plot.current?.setData(data);
  }, [data]);

  return <div class="plot" ref={place} role="img" aria-label={summary} style={{ minHeight: `${height}px` }} />;
}

function widthOf(element: HTMLElement): number {
  return Math.max(160, element.clientWidth);
}

function optionsOf(element: HTMLElement, latest: { readonly current: PlotProps }): uPlot.Options {
  const { lines, x, y, height = 200 } = latest.current;
  const [ink, soft, grid] = ['--ink', '--soft', '--line'].map((name) => colorOf(element, name));
  const font = '12px system-ui, sans-serif';
  const axis = {
    stroke: soft ?? '',
    font,
    labelFont: font,
    grid: { stroke: grid ?? '', width: 1 },
    ticks: { stroke: grid ?? '' },
  };
  const fixed = ({ range }: Axis): Partial<uPlot.Scale> => (range === undefined ? {} : { range: [...range] });
  return {
    width: widthOf(element),
    height,
    legend: { show: false },
    cursor: { points: { show: false }, drag: { x: false, y: false } },
    padding: [12, 32, 0, 0],
    scales: {
      x: x === 'time' ? { time: true, range: (plot) => timeRange(plot.data[0]) } : { time: false, ...fixed(x) },
      y: {
        ...(y.range === undefined
          ? { range: (_: uPlot, __: number, most: number) => [0, (most || 1) * 1.08] }
          : fixed(y)),
      },
    },
    axes: [
      x === 'time'
        ? { ...axis, space: 80, values: timeTicks }
        : { ...axis, label: x.name, labelSize: 20, space: 70, values: (_, ticks) => ticks.map(x.text) },
      { ...axis, label: y.name, labelSize: 22, labelGap: 2, size: 62, values: (_, ticks) => ticks.map(y.text) },
    ],
    series: [{}, ...lines.map((line) => seriesOf(line, element, ink ?? ''))],
    hooks: { draw: [(plot) => latest.current.draw?.(plot)] },
  };
}

function seriesOf({ name, look, isBar, isStepped }: Line, element: Element, ink: string): uPlot.Series {
  const color = colorOf(element, look.color);
  const series: uPlot.Series = { label: name, stroke: color, width: 2, dash: [...look.dash], points: { show: false } };
  if (isBar) {
    const bars = uPlot.paths.bars?.({ size: [1, 160], align: 1, gap: 0 });
    const fill = hatched(color, ink, look.hatch, devicePixelRatio);
    return { ...series, stroke: color, width: 0, fill: () => fill as string, ...(bars ? { paths: bars } : {}) };
  }
  const stepped = isStepped ? uPlot.paths.stepped?.({ align: 1 }) : undefined;
  return stepped ? { ...series, paths: stepped } : series;
}

const LEAST_SECONDS = 120;
/** A stretch begins at its place and goes on to the right of it. */
const STRETCH_SECONDS = 10;

/** From the first to the end of the last stretch, also while there is none or one: uPlot itself makes a day of one. */
function timeRange(seconds: ArrayLike<number>): [number, number] {
  const end = (seconds[seconds.length - 1] ?? Date.now() / 1000) + STRETCH_SECONDS;
  return [Math.min(seconds[0] ?? end, end - LEAST_SECONDS), end];
}

function timeTicks(_: uPlot, ticks: number[]): string[] {
  const isFine = (ticks[1] ?? 0) - (ticks[0] ?? 0) < 60;
  return ticks.map((seconds) => {
    const parts = new Date(seconds * 1000).toTimeString().slice(0, 8);
    return isFine ? parts : parts.slice(0, 5);
  });
}

/** Counts the changes between light and dark, by the reader's preference or by the page's own switch. */
function useTheme(): number {
  const [changes, setChanges] = useState(0);
  useEffect(() => {
    const changed = () => setChanges((before) => before + 1);
    const preference = matchMedia('(prefers-color-scheme: dark)');
    preference.addEventListener('change', changed);
    const watch = new MutationObserver(changed);
    watch.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'class'] });
    return () => {
      preference.removeEventListener('change', changed);
      watch.disconnect();
    };
  }, []);
  return changes;
}
