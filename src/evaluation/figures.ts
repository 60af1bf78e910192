import type { FittedMode } from '../premodel/point-search.ts';
import type { ClockState } from '../types.ts';

export interface RungFigures {
  readonly id: string;
  readonly top1: number;
  readonly top5: number;
  readonly meanMs: number;
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly macsMillions: number;
}

export interface PolicyFigures {
  readonly mode: FittedMode;
  readonly operatingPoint: string;
  readonly top1: number;
  readonly top5: number;
  readonly meanMs: number;
  readonly meanTotalMs: number;
  readonly meanMacsMillions: number;
  readonly speedupVsTop: number;
  readonly speedupVsTopTotal: number;
  readonly accuracyGainVsTop: number;
  readonly ci: { readonly top1: readonly [number, number]; readonly accuracyGainVsTop: readonly [number, number] };
  readonly meanRungsRun: number;
  readonly entryPrecision: number | null;
  readonly entryRecall: number | null;
  readonly entryF1: number | null;
  readonly shareByRung: Readonly<Record<string, number>>;
  readonly decisionOverheadMs: number;
}

export interface ConditionFigures {
  readonly images: number;
  readonly rungs: readonly RungFigures[];
  readonly oracle: { readonly top1: number; readonly meanMs: number; readonly meanMacsMillions: number };
  readonly policies: readonly PolicyFigures[];
}

/** `weir.evaluation/1` */
export interface Evaluation {
  readonly schema: 'weir.evaluation/1';
  readonly ladder: { readonly name: string; readonly fingerprint: string; readonly reference: string };
  readonly premodel: { readonly fingerprint: string; readonly rungs: readonly string[] } | null;
  readonly device: { readonly name: string; readonly clock: ClockState };
  readonly dataset: { readonly images: number; readonly skipped: number; readonly classes: number };
  readonly conditions: Readonly<Record<string, ConditionFigures>>;
}

/**
 * The single rung of best value: the one of least mean time that is right as often as the reference (within half a point), which
 * a policy must beat to be worth anything.
 */
export function bestSingle({ rungs }: ConditionFigures, reference: string): RungFigures {
  const top = rungs.find(({ id }) => id === reference) as RungFigures;
  return rungs
    .filter(({ top1 }) => top1 >= top.top1 - 0.005)
    .reduce((best, rung) => (rung.meanMs < best.meanMs ? rung : best), top);
}
