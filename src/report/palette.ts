import type { FittedMode } from '../premodel/point-search.ts';

/** How a kind of thing is drawn: colour and shape together, so that neither is needed alone. */
export interface Mark {
  /** A CSS variable of the page's style, which knows light and dark. */
  readonly color: string;
  /** A symbol of ECharts, or `path://` with a path in a box of 24 by 24. */
  readonly symbol: string;
  readonly size: number;
}

const STAR = 'path://M12 1.5L15.1 8.6L22.8 9.3L17 14.4L18.7 22L12 18L5.3 22L7 14.4L1.2 9.3L8.9 8.6Z';

export const MODES: readonly FittedMode[] = ['hybrid', 'cascade', 'select'];

export const MODE_MARKS: Readonly<Record<FittedMode, Mark>> = {
  hybrid: { color: 'var(--hybrid)', symbol: 'circle', size: 11 },
  cascade: { color: 'var(--cascade)', symbol: 'diamond', size: 16 },
  select: { color: 'var(--select)', symbol: 'triangle', size: 12 },
};

export const RUNG_MARK: Mark = { color: 'var(--rung)', symbol: 'rect', size: 8 };
export const REFERENCE_MARK: Mark = { color: 'var(--ink)', symbol: 'rect', size: 11 };
export const ORACLE_MARK: Mark = { color: 'var(--oracle)', symbol: STAR, size: 17 };

/** Colours of rungs in bars, cheapest first; dark text is readable on each, in the light and in the dark. */
const RUNG_COLORS = ['#56b4e9', '#e69f00', '#3dbb95', '#d98bb9', '#f0e442', '#e8804f', '#9aa9e8', '#a9b4be'];

export function rungColor(position: number): string {
  return RUNG_COLORS[position % RUNG_COLORS.length] ?? '';
}
