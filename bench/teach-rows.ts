import { accuracies, answersOf, majority, meanMs, ratioRow, rightly, shares, speedups, topOf } from './played-rows.ts';
import type { BenchRow } from './report.ts';
import { framesOf, mean, type Pair, pairsOf, sum } from './teach-pairs.ts';
import type { ClipRecord, PlayedClip } from './teach-record.ts';

/** A single rung may lose so much accuracy against the top rung and still be called equal. */
const EQUAL_LOSS = 0.005;

/** All figures of some clips: by clip, by question where a clip has several, and pooled. */
export function teachRows(clips: readonly ClipRecord[]): BenchRow[] {
  const rows: BenchRow[] = [];
  for (const clip of clips) {
    rows.push(...figuresOf(clip.clip, [clip]), ...aboutTeaching(clip));
    if (clip.questions.length < 2) continue;
    for (const question of clip.questions) {
      const pairs = pairsOf([{ ...clip, questions: [question] }]);
      const name = `${clip.clip}#${question.id}`;
      rows.push(...accuracies(name, pairs), majority(name, pairs));
    }
  }
  return [...rows, ...figuresOf('all', clips)];
}

function figuresOf(name: string, clips: readonly PlayedClip[]): BenchRow[] {
  const pairs = pairsOf(clips);
  return [
    ...accuracies(name, pairs),
    majority(name, pairs),
    ...speedups(name, clips, pairs),
    ...singleRungs(name, clips, pairs),
    ...bestSingle(name, clips, pairs),
    ...shares(name, clips, pairs),
  ];
}

/** Rungs that took part in every clip. */
function rungsOf(clips: readonly PlayedClip[]): string[] {
  const [first] = clips;
  return (first?.variants ?? []).filter(
    (variant) => variant !== 'weir' && clips.every(({ variants }) => variants.includes(variant)),
  );
}

function singleRungs(name: string, clips: readonly PlayedClip[], pairs: readonly Pair[]): BenchRow[] {
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
function bestSingle(name: string, clips: readonly PlayedClip[], pairs: readonly Pair[]): BenchRow[] {
  const accuracy = (who: (clip: PlayedClip) => string) => {
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
