import { bestSingle, type ConditionFigures, type Evaluation, type PolicyFigures } from '../evaluation/figures.ts';
import { count, milliseconds, percent, pointsRange, signedPoints } from './format.ts';
import { type Content, html, type Markup } from './html.ts';
import { warning } from './page.ts';

/** The policy that a page speaks of first: hybrid at `balanced`, else hybrid, else the first. */
export function headlinePolicy<T extends { readonly mode: string; readonly operatingPoint: string }>(
  policies: readonly T[],
): T | null {
  const hybrid = policies.filter(({ mode }) => mode === 'hybrid');
  return hybrid.find(({ operatingPoint }) => operatingPoint === 'balanced') ?? hybrid[0] ?? policies[0] ?? null;
}

export function policyName({
  mode,
  operatingPoint,
}: {
  readonly mode: string;
  readonly operatingPoint: string;
}): string {
  return `${mode} ${operatingPoint}`;
}

/** A wider interval of the difference than this tells little. */
const UNSURE = 0.1;

/** What came out, in plain words, with what limits its worth. */
export function headline(evaluation: Evaluation, hasTruth: boolean): Markup {
  const { conditions, ladder, dataset, device } = evaluation;
  const all = conditions.all as ConditionFigures;
  const policy = headlinePolicy(all.policies);
  const { state } = device.clock;
  return html`<div class="summary">${policy === null ? null : sentences(policy, all, ladder.reference, hasTruth)}
<p class="soft">${count(dataset.images)} images of ${count(dataset.classes)} classes${skipped(dataset.skipped)}; ladder ${ladder.name}; measured on ${device.name}.</p>
</div>
${
  state === 'pinned'
    ? null
    : warning(
        html`the processor’s clocks were not pinned (${state}). Milliseconds can differ from run to run; ratios between rows of one run (“times less time”) are more reliable.`,
      )
}`;
}

function sentences(policy: PolicyFigures, all: ConditionFigures, reference: string, hasTruth: boolean): Content {
  const top = all.rungs.find(({ id }) => id === reference);
  const best = bestSingle(all, reference);
  const range = policy.ci.top1.map((value) => percent(value)).join(' to ');
  const gain = policy.ci.accuracyGainVsTop;
  const [low, high] = gain;
  const compared = low > 0 ? 'more often than' : high < 0 ? 'less often than' : 'as often as';
  const isUnsure = high - low > UNSURE;
  const doubt = isUnsure
    ? ' – too few images to tell'
    : low <= 0 && high >= 0
      ? ', as far as these images can tell'
      : '';
  const beaten = best.top1 >= policy.top1 && best.meanMs <= policy.meanMs ? ': it alone did better here' : '';
  const single = `The best single model for its time, ${best.id}, is right on ${percent(best.top1)} in ${milliseconds(best.meanMs)}${beaten}`;
  return html`<p>Weir’s <strong>${policyName(policy)}</strong> is right on <strong>${percent(policy.top1)}</strong> of images (95 % interval ${range}): ${compared} the most capable model alone (<code>${reference}</code>, ${percent(top?.top1 ?? Number.NaN)})${doubt}, in <strong>${policy.speedupVsTop.toFixed(2)} times less time</strong> for the models, and <strong>${policy.speedupVsTopTotal.toFixed(2)} times less</strong> with everything else.</p>
<p>The difference is ${signedPoints(policy.accuracyGainVsTop)} points (95 % interval ${pointsRange(gain)}). The models take ${milliseconds(policy.meanMs)} per image instead of ${milliseconds(top?.meanMs ?? Number.NaN)} (everything else: resizing, deciding, merging). ${single}.</p>
${hasTruth ? null : html`<p>These images have no labels: “right” means here that the answer is the reference’s.</p>`}`;
}

function skipped(images: number): string {
  return images === 0 ? '' : `, ${count(images)} could not be read and were left out`;
}
