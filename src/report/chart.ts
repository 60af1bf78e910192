import type { EChartsOption } from 'echarts';
import { BarChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { escapeText, Markup } from './html.ts';

echarts.use([BarChart, LineChart, ScatterChart, GridComponent, SVGRenderer]);

export type ChartOption = EChartsOption;

/** Width of every chart in its own pixels: small enough that its text is still readable on a phone. */
export const CHART_WIDTH = 520;
export const FONT_SIZE = 13;

export interface ChartSpec {
  /** Read out in place of the picture. */
  readonly label: string;
  readonly height: number;
  readonly option: ChartOption;
  /** What the pointer shows over an item of a series. */
  readonly tip?: (series: number, item: number) => string | null;
}

/** Draws a chart as SVG for a page: without scripts and styles of its own, as wide as its place. */
export function chart({ label, height, option, tip }: ChartSpec): Markup {
  const instance = echarts.init(null, null, { renderer: 'svg', ssr: true, width: CHART_WIDTH, height });
  try {
    instance.setOption({
      animation: false,
      backgroundColor: 'transparent',
      textStyle: { fontFamily: 'system-ui, sans-serif', fontSize: FONT_SIZE, color: 'var(--ink)' },
      ...option,
    });
    const svg = instance.renderToSVGString();
    const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${CHART_WIDTH} ${height}" role="img" aria-label="${escapeText(label)}">`;
    return new Markup(withTips(svg.replace(/^<svg[^>]*>/, head), tip).trim());
  } finally {
    instance.dispose();
  }
}

/** The drawing with native tooltips, and without what only ECharts in a browser would need. */
function withTips(svg: string, tip: ChartSpec['tip']): string {
  return svg
    .replace(/<style[\s\S]*?<\/style>/g, '')
    .replace(/ (?:class|pointer-events)="[^"]*"/g, '')
    .replace(/(<\w+)([^>]* ecmeta_[^>]*)>/g, (_, tag: string, attributes: string) => {
      const series = /ecmeta_series_index="(\d+)"/.exec(attributes)?.[1];
      const item = /ecmeta_data_index="(\d+)"/.exec(attributes)?.[1];
      const text = series === undefined || item === undefined ? null : (tip?.(Number(series), Number(item)) ?? null);
      const title = text === null ? '' : `<title>${escapeText(text)}</title>`;
      return `${tag}${attributes.replace(/ ecmeta_\w+="[^"]*"/g, '')}>${title}`;
    })
    .replace(/\n+/g, '\n');
}
