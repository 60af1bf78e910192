import { bestSingle, type ConditionFigures } from '../evaluation/figures.ts';
import type { Premodel } from '../premodel/artifact.ts';
import { count, milliseconds, percent, signedPoints } from './format.ts';
import { headlinePolicy, policyName } from './headline.ts';
import type { Content } from './html.ts';
import { figure, legend } from './page.ts';
import { MODE_MARKS, MODES, ORACLE_MARK, REFERENCE_MARK, RUNG_MARK } from './palette.ts';
import { type PlaneLine, type PlanePoint, plane } from './plane.ts';

/** Rungs that are right so much less often than everything else would only squeeze the rest together. */
const FAR_BELOW = 0.12;

/** Accuracy against time under one condition; with a premodel, what its training expects as well. */
export function tradeoffFigure(
  heading: string,
  figures: ConditionFigures,
  reference: string,
  premodel: Premodel | null,
): Content {
  const policies = policyPoints(figures);
  const lowest = Math.min(...figures.policies.map(({ top1 }) => top1), topOf(figures, reference)) - FAR_BELOW;
  const tooLow = figures.rungs.filter(({ top1 }) => top1 < lowest);
  const rungs = rungPoints({ ...figures, rungs: figures.rungs.filter(({ top1 }) => top1 >= lowest) }, reference);
  const below =
    tooLow.length === 0
      ? ''
      : ` Below the chart: ${tooLow.map(({ id, top1, meanMs }) => `${id} (${percent(top1, 0)} in ${milliseconds(meanMs)})`).join(', ')}.`;
  const drawing = plane({
    label: `${heading}: share of right answers against mean time per image, for ${figures.rungs.length} single models and ${figures.policies.length} policies; the numbers are in the tables below.`,
    height: 460,
    x: { name: 'mean time of the models per image, ms', text: String, include: [0], within: [0, Infinity] },
    y: { name: 'right answers (top-1)', text: (value) => percent(value, 0), within: [0, 1] },
    points: [...policies.slice(0, 1), ...rungs.slice(0, 3), ...policies.slice(1), ...rungs.slice(3)],
    lines: premodel === null ? [] : expectedFronts(figures, reference, premodel),
  });
  const expectation =
    premodel === null
      ? ''
      : ' Dashed: what training expected, as gain over and share of the time of the reference measured here.';
  return figure(
    `${heading} (${count(figures.images)})`,
    drawing,
    `Up and to the left is better. A mark without a name tells it under the pointer; all are in the tables below.${expectation}${below}`,
  );
}

export function tradeoffLegend(modes: readonly string[], withExpectation: boolean): Content {
  const used = MODES.filter((mode) => modes.includes(mode));
  return legend([
    ...used.map((mode) => ({ mark: MODE_MARKS[mode], text: `policy: ${mode}` })),
    ...(withExpectation
      ? [{ mark: 'dashed' as const, text: 'expected from training, in the colour of its mode' }]
      : []),
    { mark: RUNG_MARK, text: 'a single model (rung) on every image' },
    { mark: REFERENCE_MARK, text: 'the reference' },
    { mark: ORACLE_MARK, text: 'oracle: the best that choosing could do' },
  ]);
}

/** The policies of a condition, that of the headline first. */
function policyPoints({ policies }: ConditionFigures): PlanePoint[] {
  const first = headlinePolicy(policies);
  const ordered = [...policies].sort((a, b) => Number(b === first) - Number(a === first) || order(a) - order(b));
  return ordered.map((policy) => ({
    at: [policy.meanMs, policy.top1],
    mark: MODE_MARKS[policy.mode],
    name: policy.operatingPoint,
    tip: `${policyName(policy)}: ${percent(policy.top1)} right (${signedPoints(policy.accuracyGainVsTop)} points against the reference) in ${milliseconds(policy.meanMs)}, ${policy.speedupVsTop.toFixed(2)} times less`,
  }));
}

function topOf({ rungs }: ConditionFigures, reference: string): number {
  return rungs.find(({ id }) => id === reference)?.top1 ?? 1;
}

function order({ mode }: { readonly mode: (typeof MODES)[number] }): number {
  return MODES.indexOf(mode);
}

/** Reference, oracle and best single rung first: their names matter most. */
function rungPoints(figures: ConditionFigures, reference: string): PlanePoint[] {
  const { rungs, oracle } = figures;
  const best = bestSingle(figures, reference).id;
  const points = rungs.map(({ id, meanMs, top1 }) => ({
    at: [meanMs, top1] as const,
    mark: id === reference ? REFERENCE_MARK : RUNG_MARK,
    name: id,
    tip: `${id} alone: ${percent(top1)} right in ${milliseconds(meanMs)}`,
  }));
  const others = points.filter(({ name }) => name !== reference);
  return [
    ...points.filter(({ name }) => name === reference),
    {
      at: [oracle.meanMs, oracle.top1],
      mark: ORACLE_MARK,
      name: 'oracle',
      tip: `oracle: ${percent(oracle.top1)} right in ${milliseconds(oracle.meanMs)}`,
    },
    ...others.filter(({ name }) => name === best),
    ...others.filter(({ name }) => name !== best),
  ];
}

function expectedFronts({ rungs, policies }: ConditionFigures, reference: string, { modes }: Premodel): PlaneLine[] {
  const top = rungs.find(({ id }) => id === reference);
  if (top === undefined) return [];
  return MODES.filter((mode) => policies.some((policy) => policy.mode === mode)).map((mode) => ({
    points: modes[mode]
      .map(({ expected }) => [expected.costRatio * top.meanMs, top.top1 + expected.accuracyGainVsTop] as const)
      .sort(([a], [b]) => a - b),
    color: MODE_MARKS[mode].color,
    dashed: true,
  }));
}
