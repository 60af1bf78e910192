import { NOTHING_REMEMBERED, RECALLED_OUTPUTS, recalledOutputs, TIME_FEATURES } from '../cascade/recollection.ts';
import { type Borders, quantileBorders } from './binning.ts';
import {
  AT_ITS_WORD,
  type DeferralFit,
  type DeferralInputs,
  DOUBTING,
  fitDeferral,
  unfitDeferral,
} from './deferral.ts';
import { binFeatures, type EntryFit, fitEntry, meanLogLoss, unfitEntry } from './entry.ts';
import type { Histories } from './histories.ts';
import type { Remembered } from './sequence.ts';

/** What judges of a subset of rungs are fitted from. */
export interface JudgesInput {
  readonly histories: Histories;
  /** Rungs of the subset. */
  readonly rungs: number;
  /** Chosen image features, `float64 [samples][columns]`. */
  readonly images: Float64Array;
  readonly columns: number;
  readonly folds: Uint8Array;
  readonly foldCount: number;
  /** Whether entry trees are learnt, and deferral models; what is not is as without a premodel. */
  readonly learns: { readonly entry: boolean; readonly deferral: boolean };
  readonly isCautious: boolean;
  readonly progress: (stage: string, done: number, total: number) => void;
}

/** Judges with what they predict out of fold. */
export interface Judges {
  readonly entries: readonly EntryFit[];
  readonly deferral: DeferralFit;
  /** Bins of the features that entry trees ask, by sample. */
  readonly bins: readonly (readonly number[])[];
}

/** Fits entry trees and deferral models on what frames alone show. */
export function fitJudges(input: JudgesInput): Judges {
  const { histories, rungs, images, columns, folds, foldCount, learns, isCautious, progress } = input;
  const { entries, bins } = fitEntries(input, images, columns, folds);
  progress('deferral models', 0, 1);
  const deferral = learns.deferral
    ? fitDeferral({ histories, images, columns, folds, foldCount })
    : unfitDeferral(histories, rungs, isCautious ? DOUBTING : AT_ITS_WORD);
  return { entries, deferral, bins };
}

/**
 * Fits them on what is remembered too. Every sample stands there twice: with what is remembered when it comes, and as if nothing were,
 * for such frames come too, and an answer has to be worth something without memory.
 *
 * @returns what is predicted of the samples with what is remembered
 */
export function fitRemembering(input: JudgesInput, { values, lastClass }: Remembered): Judges {
  const { histories, images, columns, foldCount, progress } = input;
  const count = input.folds.length;
  const times = TIME_FEATURES.length;
  const width = columns + times;
  const both = new Float64Array(2 * count * width);
  for (let row = 0; row < 2 * count; row++) {
    const sample = row % count;
    both.set(images.subarray(sample * columns, (sample + 1) * columns), row * width);
    const known = row < count ? values.subarray(sample * times, (sample + 1) * times) : NOTHING_REMEMBERED;
    both.set(known, row * width + columns);
  }
  const folds = Uint8Array.from({ length: 2 * count }, (_, row) => input.folds[row % count] ?? 0);
  const { entries, bins } = fitEntries(input, both, width, folds);
  progress('deferral models', 0, 1);
  const recalled: DeferralInputs['recalled'] = {
    columns: RECALLED_OUTPUTS.length,
    write: (history, row, into, at) => {
      const isKnown = row < count && (lastClass[row] ?? -1) >= 0;
      const own = values.subarray((row % count) * times, ((row % count) + 1) * times);
      const recollection = isKnown ? { values: own, lastClass: lastClass[row] ?? -1 } : null;
      recalledOutputs(histories.answers(history)[row % count] ?? -1, recollection, into, at);
    },
  };
  const deferral = fitDeferral({ histories, images: both, columns: width, folds, foldCount, recalled });
  const first = new Map([...deferral.outOfFold].map(([history, likely]) => [history, likely.subarray(0, count)]));
  return {
    entries: entries.map((entry) => ({ ...entry, outOfFold: entry.outOfFold.subarray(0, count) })),
    deferral: { models: deferral.models, outOfFold: first },
    bins: bins.slice(0, count),
  };
}

/** Mean log-loss, over all climbs and samples, of what is predicted out of fold. */
export function deferralLoss({ outOfFold }: DeferralFit, histories: Histories): number {
  const losses = histories.all.map((history) =>
    meanLogLoss(outOfFold.get(history) ?? new Float64Array(0), histories.right(history)),
  );
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

/** @param features `float64 [rows][columns]`, the samples once or several times over */
function fitEntries(
  { histories, rungs, foldCount, learns, progress }: JudgesInput,
  features: Float64Array,
  columns: number,
  folds: Uint8Array,
): Pick<Judges, 'entries' | 'bins'> {
  const rows = folds.length;
  const borders: Borders[] = Array.from({ length: columns }, (_, j) =>
    quantileBorders(Array.from({ length: rows }, (_, i) => features[i * columns + j] ?? 0)),
  );
  const bins = columns === 0 ? Array.from({ length: rows }, () => []) : binFeatures(features, columns, borders);
  const entries = Array.from({ length: rungs - 1 }, (_, at) => {
    progress('entry trees', at, rungs - 1);
    const own = histories.right(1 << at);
    const right = Uint8Array.from({ length: rows }, (_, row) => own[row % own.length] ?? 0);
    return learns.entry ? fitEntry(bins, borders, right, folds, foldCount) : unfitEntry(right);
  });
  return { entries, bins };
}
