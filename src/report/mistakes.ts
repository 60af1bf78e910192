import type { Trials } from '../cascade/scoring.ts';
import type { Sample } from '../dataset/sample.ts';
import { WeirError } from '../errors.ts';
import type { ContestResult } from '../evaluation/summary.ts';
import { thumbnail } from '../image/file.ts';
import type { LabelClass } from '../types.ts';
import { percent } from './format.ts';
import { type Content, html, type Markup } from './html.ts';

const SHOWN = 24;
const THUMBNAIL_SIDE = 160;

/** An image on which a policy is wrong and the reference right. */
export interface Mistake {
  readonly row: number;
  /** How likely the policy thought itself right. */
  readonly predicted: number | null;
}

/** The mistakes that the reference alone would not have made, those first of which the policy was most certain. */
export function mistakesOf(policy: Trials, reference: Trials, rows: readonly number[]): Mistake[] {
  return rows
    .filter((row) => policy.right[row] === 0 && reference.right[row] === 1)
    .map((row) => {
      const predicted = policy.predicted[row] ?? Number.NaN;
      return { row, predicted: Number.isFinite(predicted) ? predicted : null };
    })
    .sort((a, b) => (b.predicted ?? -1) - (a.predicted ?? -1) || a.row - b.row);
}

/** The worst of them with their pictures. */
export async function mistakesGallery(
  policy: Trials,
  reference: Trials,
  { rows, samples }: Pick<ContestResult, 'rows' | 'samples'>,
  labels: readonly LabelClass[],
): Promise<Markup> {
  const all = mistakesOf(policy, reference, rows);
  const cards: Markup[] = [];
  for (const { row, predicted } of all.slice(0, SHOWN)) {
    const sample = samples[row];
    if (sample === undefined) continue;
    const name = (index: number) => labels[index]?.name ?? '–';
    const certainty = predicted === null ? '' : `, ${percent(predicted, 0)} sure`;
    cards.push(html`<figure class="card">${await picture(sample)}<dl>
<dt>truth</dt><dd>${sample.truth === null ? name(reference.answer[row] ?? -1) : name(sample.truth)}</dd>
<dt>policy (${policy.rungs[policy.ended[row] ?? 0] ?? ''}${certainty})</dt><dd>✗ ${name(policy.answer[row] ?? -1)}</dd>
<dt>reference</dt><dd>✓ ${name(reference.answer[row] ?? -1)}</dd>
</dl><figcaption>${sample.condition === '' ? null : `${sample.condition}: `}${tail(sample.name)}</figcaption></figure>
`);
  }
  const shown = Math.min(all.length, SHOWN);
  return html`<p>On ${all.length} of ${rows.length} images the policy is wrong where the reference is right${shown < all.length ? `; the ${shown} on which it was most certain` : ''}.</p>
<div class="mistakes">${cards}</div>`;
}

/** A sample's picture, small, in the page itself. @param aspect width over height, where the frame was stretched */
export async function picture(sample: Sample, aspect?: number): Promise<Content> {
  try {
    const jpeg = await thumbnail(await sample.load(), THUMBNAIL_SIDE, aspect);
    return html`<img alt="" src="data:image/jpeg;base64,${jpeg.toString('base64')}">`;
  } catch (error) {
    if (error instanceof WeirError) return html`<div class="no-picture">no picture</div>`;
    throw error;
  }
}

/** Folder and file of a path: where the data set lies is nobody's concern. */
function tail(name: string): string {
  return name.split('/').slice(-2).join('/');
}
