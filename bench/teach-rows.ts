import { ZERO } from '../src/words.ts';
import type { BenchRow } from './report.ts';
import { ratioInterval, ratioOf } from './statistics.ts';
import { framesOf, mean, type Pair, pairsOf, sum, weightOf } from './teach-pairs.ts';
import type { ClipRecord } from './teach-record.ts';

/** A single rung may lose so much accuracy against the top rung and still be called equal. */
const EQUAL_LOSS = 0.005;

/** All figures of some clips: by clip, by question where a clip has several, and pooled. */
export function teachRows(clips: readonly ClipRecord[]): BenchRow[] {
  const rows: BenchRow[] = [];
  for (const clip of clips) {
    rows.push(...figuresOf(clip.clip, [clip]), ...aboutTeaching(clip));
    if (clip.questions.length < 2) continue;
    for (const question of clip.questions) {
      rows.push(...accuracies(`${clip.clip}#${question.id}`, pairsOf([{ ...clip, questions: [question] }])));
    }
  }
  return [...rows, ...figuresOf('all', clips)];
}

function figuresOf(name: string, clips: readonly ClipRecord[]): BenchRow[] {
  const pairs = pairsOf(clips);
  return [
    ...accuracies(name, pairs),
    ...speedups(name, clips, pairs),
    ...singleRungs(name, clips, pairs),
    ...bestSingle(name, clips, pairs),
    ...shares(name, clips, pairs),
  ];
}

/** By pair, the answer of a variant; of all clips those that it took part in. */
function answersOf(pairs: readonly Pair[], variant: (clip: ClipRecord) => string): string[] {
  return pairs.map(({ clip, question, row }) => question.answers[clip.variants.indexOf(variant(clip))]?.[row] ?? '');
}

const rightly = (pairs: readonly Pair[], answers: readonly string[]): number[] =>
  pairs.map(({ right }, at) => (right.includes(answers[at] ?? '') ? 1 : 0));
const weir = () => 'weir';
const topOf = ({ top }: ClipRecord) => top;

function accuracies(name: string, pairs: readonly Pair[]): BenchRow[] {
  const own = answersOf(pairs, weir);
  const top = answersOf(pairs, topOf);
  const same = own.map((answer, at) => (answer === top[at] ? 1 : 0));
  const share = (figure: string, values: readonly number[]): BenchRow => ({
    case: name,
    variant: 'weir',
    figure,
    ...mean(values, pairs),
    unit: '',
  });
  const right = rightly(pairs, own);
  const topRight = rightly(pairs, top);
  return [
    share('accuracy', right),
    share('accuracyTop', topRight),
    share(
      'accuracyGainVsTop',
      right.map((value, at) => value - (topRight[at] ?? 0)),
    ),
    share('agreementWithTop', same),
    {
      case: name,
      variant: 'majority',
      figure: 'accuracy',
      ...mean(
        pairs.map(({ right, question }) => (right.includes(question.majority) ? 1 : 0)),
        pairs,
      ),
      unit: '',
    },
  ];
}

/** Times of every sampled frame, scored or not. */
function timesOf(
  clips: readonly ClipRecord[],
  pairs: readonly Pair[],
  pick: (clip: ClipRecord) => Float64Array | undefined,
) {
  return clips.flatMap((clip) => {
    const weight = weightOf(clip, clips, pairs);
    return Array.from(pick(clip) ?? [], (ms) => ms * weight);
  });
}

function ratioRow(
  name: string,
  clips: readonly ClipRecord[],
  pairs: readonly Pair[],
  figure: string,
  times: 'runMs' | 'totalMs',
  variant = 'weir',
): BenchRow {
  const of = (who: (clip: ClipRecord) => string) =>
    timesOf(clips, pairs, (clip) => clip[times][clip.variants.indexOf(who(clip))]);
  const [top, own] = [of(topOf), of(() => variant)];
  const moments = clips.flatMap((clip) => clip.moments.map((moment) => `${clip.clip}/${moment}`));
  return {
    case: name,
    variant,
    figure,
    value: ratioOf(top, own),
    ci: ratioInterval(top, own, moments),
    unit: 'x',
    n: moments.length,
  };
}

function speedups(name: string, clips: readonly ClipRecord[], pairs: readonly Pair[]): BenchRow[] {
  return [
    ratioRow(name, clips, pairs, 'speedupVsTop', 'runMs'),
    ratioRow(name, clips, pairs, 'speedupVsTopTotal', 'totalMs'),
    meanMs(name, clips, pairs, 'weir', 'meanMs', 'runMs'),
    meanMs(name, clips, pairs, 'weir', 'meanTotalMs', 'totalMs'),
  ];
}

function meanMs(
  name: string,
  clips: readonly ClipRecord[],
  pairs: readonly Pair[],
  variant: string,
  figure: string,
  times: 'runMs' | 'totalMs',
): BenchRow {
  const of = (pick: (clip: ClipRecord) => Float64Array | undefined) => timesOf(clips, pairs, pick);
  const own = of((clip) => clip[times][clip.variants.indexOf(variant)]);
  const weights = of((clip) => new Float64Array(clip.moments.length).fill(1));
  return { case: name, variant, figure, value: ratioOf(own, weights), unit: 'ms', n: own.length };
}

/** Rungs that took part in every clip. */
function rungsOf(clips: readonly ClipRecord[]): string[] {
  const [first] = clips;
  return (first?.variants ?? []).filter(
    (variant) => variant !== 'weir' && clips.every(({ variants }) => variants.includes(variant)),
  );
}

function singleRungs(name: string, clips: readonly ClipRecord[], pairs: readonly Pair[]): BenchRow[] {
  return rungsOf(clips).flatMap((variant) => [
    {
      case: name,
      variant,
      figure: 'accuracy',
      ...mean(
        rightly(
          pairs,
          answersOf(pairs, () => variant),
        ),
        pairs,
      ),
      unit: '',
    },
    meanMs(name, clips, pairs, variant, 'meanMs', 'runMs'),
  ]);
}

/** The cheapest single rung that is as right as the top rung, chosen with hindsight: what a cascade has to beat. */
function bestSingle(name: string, clips: readonly ClipRecord[], pairs: readonly Pair[]): BenchRow[] {
  const accuracy = (who: (clip: ClipRecord) => string) => {
    const right = rightly(pairs, answersOf(pairs, who));
    return sum(right.map((value, at) => value * (pairs[at]?.weight ?? 0))) / Math.max(1, framesOf(pairs));
  };
  const least = accuracy(topOf) - EQUAL_LOSS;
  const time = (variant: string) => meanMs(name, clips, pairs, variant, '', 'runMs').value;
  const [best] = rungsOf(clips)
    .filter((variant) => accuracy(() => variant) >= least)
    .sort((a, b) => time(a) - time(b));
  return best === undefined
    ? []
    : [{ ...ratioRow(name, clips, pairs, 'bestSingleSpeedupVsTop', 'runMs', best), variant: best }];
}

/** On which rung Weir's answers ended, of every sampled frame. */
function shares(name: string, clips: readonly ClipRecord[], pairs: readonly Pair[]): BenchRow[] {
  const weights = new Map<string, number>();
  for (const clip of clips) {
    const weight = weightOf(clip, clips, pairs) / clip.questions.length;
    for (const id of clip.questions.flatMap(({ ended }) => ended)) weights.set(id, (weights.get(id) ?? 0) + weight);
  }
  const ids = [...weights.keys()].sort((a, b) => (a === ZERO ? -1 : b === ZERO ? 1 : a < b ? -1 : 1));
  return ids.map((id) => ({
    case: name,
    variant: 'weir',
    figure: `share:${id}`,
    value: (weights.get(id) ?? 0) / sum([...weights.values()]),
    unit: '',
    n: sum(clips.map(({ moments }) => moments.length)),
  }));
}

function aboutTeaching({ clip, teachCpuSeconds, taughtFrames, leadSeconds, headMs }: ClipRecord): BenchRow[] {
  return [
    { case: clip, variant: 'weir', figure: 'leadSeconds', value: leadSeconds, unit: 's', n: 1 },
    { case: clip, variant: 'weir', figure: 'teachCpu', value: teachCpuSeconds, unit: 's', n: taughtFrames },
    ...Object.entries(headMs).map(([id, value]) => ({
      case: clip,
      variant: `rung:${id}`,
      figure: 'headMs',
      value,
      unit: 'ms',
      n: 1,
    })),
  ];
}
