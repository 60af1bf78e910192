import { ZERO } from '../src/words.ts';
import type { BenchRow } from './report.ts';
import { ratioInterval, ratioOf } from './statistics.ts';
import { mean, type Pair, sum, weightOf } from './teach-pairs.ts';
import type { PlayedClip } from './teach-record.ts';

/** By pair, the answer of a variant; of all clips those that it took part in. */
export function answersOf(pairs: readonly Pair[], variant: (clip: PlayedClip) => string): string[] {
  return pairs.map(({ clip, question, row }) => question.answers[clip.variants.indexOf(variant(clip))]?.[row] ?? '');
}

export const rightly = (pairs: readonly Pair[], answers: readonly string[]): number[] =>
  pairs.map(({ right }, at) => (right.includes(answers[at] ?? '') ? 1 : 0));
export const topOf = ({ top }: PlayedClip) => top;

/** How often a variant is right, and says what the top rung says, of what is scored. */
export function accuracies(name: string, pairs: readonly Pair[], variant = 'weir'): BenchRow[] {
  const own = answersOf(pairs, () => variant);
  const top = answersOf(pairs, topOf);
  const same = own.map((answer, at) => (answer === top[at] ? 1 : 0));
  const share = (figure: string, values: readonly number[]): BenchRow => ({
    case: name,
    variant,
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
  ];
}

/** How often who always says the most frequent class would be right. */
export function majority(name: string, pairs: readonly Pair[]): BenchRow {
  const right = pairs.map(({ right, question }) => (right.includes(question.majority) ? 1 : 0));
  return { case: name, variant: 'majority', figure: 'accuracy', ...mean(right, pairs), unit: '' };
}

/** Times of every sampled frame, scored or not. */
function timesOf(
  clips: readonly PlayedClip[],
  pairs: readonly Pair[],
  pick: (clip: PlayedClip) => Float64Array | undefined,
) {
  return clips.flatMap((clip) => {
    const weight = weightOf(clip, clips, pairs);
    return Array.from(pick(clip) ?? [], (ms) => ms * weight);
  });
}

/** How many times less than the top rung's a variant's times add up to. */
export function ratioRow(
  name: string,
  clips: readonly PlayedClip[],
  pairs: readonly Pair[],
  figure: string,
  times: 'runMs' | 'totalMs',
  variant = 'weir',
): BenchRow {
  const of = (who: (clip: PlayedClip) => string) =>
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

export function speedups(
  name: string,
  clips: readonly PlayedClip[],
  pairs: readonly Pair[],
  variant = 'weir',
): BenchRow[] {
  return [
    ratioRow(name, clips, pairs, 'speedupVsTop', 'runMs', variant),
    ratioRow(name, clips, pairs, 'speedupVsTopTotal', 'totalMs', variant),
    meanMs(name, clips, pairs, variant, 'meanMs', 'runMs'),
    meanMs(name, clips, pairs, variant, 'meanTotalMs', 'totalMs'),
  ];
}

export function meanMs(
  name: string,
  clips: readonly PlayedClip[],
  pairs: readonly Pair[],
  variant: string,
  figure: string,
  times: 'runMs' | 'totalMs',
): BenchRow {
  const of = (pick: (clip: PlayedClip) => Float64Array | undefined) => timesOf(clips, pairs, pick);
  const own = of((clip) => clip[times][clip.variants.indexOf(variant)]);
  const weights = of((clip) => new Float64Array(clip.moments.length).fill(1));
  return { case: name, variant, figure, value: ratioOf(own, weights), unit: 'ms', n: own.length };
}

/** On which rung Weir's answers ended, of every sampled frame. */
export function shares(name: string, clips: readonly PlayedClip[], pairs: readonly Pair[]): BenchRow[] {
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
