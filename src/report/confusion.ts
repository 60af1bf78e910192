import { count, percent } from './format.ts';
import { type Content, html, type Markup } from './html.ts';

/** How often each rung was taken (rows) by which rung would have been the cheapest right one (columns, `none` last). */
export type Confusion = readonly (readonly number[])[];

/**
 * @param taken by sample: position of the rung
 * @param alone by position of the rung: 1 where it alone is right
 */
export function confusionOf(
  taken: ArrayLike<number>,
  alone: readonly Uint8Array[],
  rows: readonly number[],
): Confusion {
  const counts = alone.map(() => new Array<number>(alone.length + 1).fill(0));
  for (const row of rows) {
    const right = alone.findIndex((values) => values[row] === 1);
    const column = right === -1 ? alone.length : right;
    const line = counts[taken[row] ?? 0];
    if (line !== undefined) line[column] = (line[column] ?? 0) + 1;
  }
  return counts;
}

export interface HeatSpec {
  readonly caption: Content;
  /** What the rows are, and what the columns are. */
  readonly down: string;
  readonly across: string;
  readonly rows: readonly string[];
  /** The first ones mean the same as the rows. */
  readonly columns: readonly string[];
  readonly counts: Confusion;
}

/** A table whose cells are the darker, the more images they hold; what lies on the diagonal stands out. */
export function heatTable({ caption, down, across, rows, columns, counts }: HeatSpec): Markup {
  const total = counts.flat().reduce((sum, value) => sum + value, 0);
  const most = Math.max(1, ...counts.flat());
  const cell = (value: number, isDiagonal: boolean) =>
    html`<td class="heat" style="--share:${(value / most).toFixed(3)}">${isDiagonal ? html`<strong>${percent(value / total)}</strong>` : percent(value / total)}<br><small>${count(value)}</small></td>`;
  return html`<div class="scroll" tabindex="0" role="group" aria-label="table"><table class="heat">
<caption>${caption}</caption>
<thead><tr><td></td><th scope="colgroup" colspan="${columns.length}">${across}</th></tr>
<tr><th scope="col">${down}</th>${columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${rows.map(
    (
      name,
      row,
    ) => html`<tr><th scope="row">${name}</th>${(counts[row] ?? []).map((value, column) => cell(value, row === column))}</tr>
`,
  )}</tbody></table></div>`;
}
