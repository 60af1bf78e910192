import { join } from 'node:path';
import { writeArtifact } from '../artifact/write.ts';
import { type Content, html, Markup } from './html.ts';
import type { Mark } from './palette.ts';
import { STYLE } from './style.ts';

/** Forbids everything that a page of plain text and pictures does not need, whatever may have slipped into it. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/** Writes a page that needs nothing but itself as `index.html` into a folder. */
export async function writePage(dir: string, title: string, body: Content): Promise<void> {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${title}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`;
  await writeArtifact(join(dir, 'index.html'), page.text);
}

export interface Row {
  readonly cells: readonly Content[];
  /** Stands out. */
  readonly marked?: boolean;
}

/** A table whose first column names the rows; `words` is the column of running text. */
export function table(caption: Content, head: readonly Content[], rows: readonly Row[], words?: number): Markup {
  const kind = (column: number) => (column === words ? html` class="words"` : null);
  return html`<div class="scroll" tabindex="0" role="group" aria-label="table"><table>
<caption>${caption}</caption>
<thead><tr>${head.map((cell, k) => html`<th scope="col"${kind(k)}>${cell}</th>`)}</tr></thead>
<tbody>
${rows.map(
  ({ cells: [name = null, ...cells], marked }) =>
    html`<tr${marked ? html` class="marked"` : null}><th scope="row">${name}</th>${cells.map((cell, k) => html`<td${kind(k + 1)}>${cell}</td>`)}</tr>
`,
)}</tbody>
</table></div>
`;
}

/** A chart with its heading and what is to be seen in it. */
export function figure(heading: Content, drawing: Content, caption: Content): Markup {
  return html`<figure class="card"><h3>${heading}</h3>${drawing}<figcaption>${caption}</figcaption></figure>
`;
}

export function grid(items: readonly Content[]): Markup {
  return html`<div class="grid">${items}</div>`;
}

export function warning(text: Content): Markup {
  return html`<p class="warning" role="note"><strong>Note:</strong> ${text}</p>`;
}

/** The marks of a chart in words. */
export function legend(
  entries: readonly { readonly mark: Mark | 'dashed'; readonly text: string; readonly color?: string }[],
): Markup {
  return html`<ul class="legend">${entries.map(
    ({ mark, text, color }) => html`<li>${swatch(mark, color ?? 'var(--soft)')}${text}</li>`,
  )}</ul>`;
}

export function glossary(terms: readonly (readonly [string, string])[]): Markup {
  return html`<details><summary>What the words mean</summary><dl>${terms.map(
    ([term, meaning]) => html`<dt>${term}</dt><dd>${meaning}</dd>`,
  )}</dl></details>`;
}

const SHAPES: Readonly<Record<string, string>> = {
  circle: 'M12 5a7 7 0 1 1 0 14a7 7 0 1 1 0 -14Z',
  diamond: 'M12 3L21 12L12 21L3 12Z',
  triangle: 'M12 4L20 19L4 19Z',
  rect: 'M6 6H18V18H6Z',
};

function swatch(mark: Mark | 'dashed', color: string): Markup {
  const shape =
    mark === 'dashed'
      ? html`<path d="M0 12H24" stroke="${color}" stroke-width="3" stroke-dasharray="6 4" fill="none"/>`
      : html`<path d="${SHAPES[mark.symbol] ?? mark.symbol.replace('path://', '')}" fill="${mark.color}"/>`;
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" aria-hidden="true">${shape}</svg>`;
}
