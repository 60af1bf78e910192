import { accuracies, majority, meanMs, shares, speedups } from './played-rows.ts';
import type { BenchRow } from './report.ts';
import { ratioInterval, ratioOf } from './statistics.ts';
import { pairsOf, sum } from './teach-pairs.ts';
import type { PlayedClip } from './teach-record.ts';

/** A clip that was played as a stream. */
export interface VideoClip extends PlayedClip {
  readonly generic: GenericClip;
}

/** What was said of its frames by the ladder's own labels, and in what time. */
export interface GenericClip {
  readonly own: readonly string[];
  readonly top: readonly string[];
  readonly runMs: { readonly own: Float64Array; readonly top: Float64Array };
  readonly totalMs: { readonly own: Float64Array; readonly top: Float64Array };
}

/** All figures of some clips: by clip, and pooled. */
export function videoRows(clips: readonly VideoClip[]): BenchRow[] {
  return [...clips.flatMap((clip) => figuresOf(clip.clip, [clip])), ...figuresOf('all', clips)];
}

function figuresOf(name: string, clips: readonly VideoClip[]): BenchRow[] {
  const pairs = pairsOf(clips);
  const variants = clips[0]?.variants ?? [];
  const others = variants.filter(
    (variant) => variant !== 'weir' && clips.every((clip) => clip.variants.includes(variant)),
  );
  const rows = others.flatMap((variant) => {
    const [accuracy, , gain, agreement] = accuracies(name, pairs, variant) as [BenchRow, BenchRow, BenchRow, BenchRow];
    return [accuracy, gain, agreement, ...speedups(name, clips, pairs, variant)];
  });
  return [
    ...accuracies(name, pairs),
    ...speedups(name, clips, pairs),
    ...shares(name, clips, pairs),
    majority(name, pairs),
    ...rows.map((row) => besideWeir(row, meanMs(name, clips, pairs, 'weir', 'meanMs', 'runMs').value)),
    ...genericRows(name, clips),
  ];
}

/** How many times Weir's own time a part's absence costs. */
function besideWeir(row: BenchRow, weirMs: number): BenchRow {
  return row.figure === 'meanMs' ? { ...row, against: 'weir', ratio: row.value / weirMs } : row;
}

function genericRows(name: string, clips: readonly VideoClip[]): BenchRow[] {
  const frames = clips.flatMap(({ clip, moments, generic }) =>
    moments.map((moment, row) => ({
      moment: `${clip}/${moment}`,
      agrees: generic.own[row] === generic.top[row] ? 1 : 0,
      keeps: row === 0 ? null : generic.top[row] === generic.top[row - 1] ? 1 : 0,
      own: generic.runMs.own[row] ?? 0,
      top: generic.runMs.top[row] ?? 0,
      ownTotal: generic.totalMs.own[row] ?? 0,
      topTotal: generic.totalMs.top[row] ?? 0,
    })),
  );
  const moments = frames.map(({ moment }) => moment);
  const kept = frames.flatMap(({ keeps }) => keeps ?? []);
  const row = (figure: string, above: readonly number[], below: readonly number[], unit: string): BenchRow => ({
    case: name,
    variant: 'generic',
    figure,
    value: ratioOf(above, below),
    ci: ratioInterval(above, below, moments),
    unit,
    n: frames.length,
  });
  const of = (pick: (frame: (typeof frames)[number]) => number) => frames.map(pick);
  return [
    row(
      'agreementWithTop',
      of(({ agrees }) => agrees),
      of(() => 1),
      '',
    ),
    {
      case: name,
      variant: 'generic:top',
      figure: 'agreementWithPrevious',
      value: sum(kept) / Math.max(1, kept.length),
      unit: '',
      n: kept.length,
    },
    row(
      'speedupVsTop',
      of(({ top }) => top),
      of(({ own }) => own),
      'x',
    ),
    row(
      'speedupVsTopTotal',
      of(({ topTotal }) => topTotal),
      of(({ ownTotal }) => ownTotal),
      'x',
    ),
  ];
}
