import { createHash } from 'node:crypto';
import { mean } from '../cascade/statistics.ts';
import { WeirError } from '../errors.ts';
import { rightOf } from './answers.ts';
import type { Caution } from './caution.ts';
import type { Sequence } from './sequence.ts';
import type { Target } from './targets.ts';

/** Everything that a premodel is fitted from. */
export interface FitInput {
  readonly ladder: { readonly name: string; readonly fingerprint: string; readonly reference: string };
  readonly classes: number;
  /** Candidate rungs, the reference among them. */
  readonly rungs: readonly { readonly id: string; readonly costMs: number }[];
  /** By candidate: `float32 [samples][classes]`. */
  readonly logits: readonly Float32Array[];
  readonly truth: Int32Array;
  /** `float64 [samples][FEATURES.length]` */
  readonly features: Float64Array;
  /** Median time of looking at a picture. */
  readonly featuresMs: number;
  /** The sha256 of each sample. */
  readonly keys: readonly string[];
  /** The number of each sample's group, from 0: what belongs together, and never stands on both sides of a split. */
  readonly groups: Int32Array;
  readonly folds: Uint8Array;
  readonly foldCount: number;
  /** Which of `conditionNames` each sample belongs to. */
  readonly conditions: Uint8Array;
  readonly conditionNames: readonly string[];
  readonly truthKind: 'labels' | 'agreement';
  /** The ordered subset; `null`: to be chosen from all candidates. */
  readonly subset: readonly string[] | null;
  readonly target: Target;
  readonly seed: number;
  readonly circumstances: string;
  /** Of footage; absent: nothing is remembered. */
  readonly sequence?: Sequence;
  /** For a taught camera; absent: none. */
  readonly caution?: Caution;
}

/** @param groups of the samples @throws WeirError `train-hopeless` where there are too few to be split */
export function requireEnough(groups: ArrayLike<unknown>, foldCount: number): void {
  const independent = new Set(Array.from(groups)).size;
  if (independent >= foldCount) return;
  const what = `${groups.length} samples, of which ${independent} do not belong together, are too few to be split into ${foldCount} parts`;
  const remedy = 'give at least a few hundred images, better thousands';
  throw new WeirError('train-hopeless', what, { remedy, exitCode: 2 });
}

/** @throws WeirError `train-hopeless` where nothing at all can be fitted */
export function checkOutcomes({ logits, truth, classes, rungs, groups, foldCount, caution }: FitInput): void {
  // A taught camera's folds may cut its few moments; it was checked before what can be taught.
  if (caution === undefined) requireEnough(groups, foldCount);
  const always = logits.map((values) => mean(rightOf(values, truth, classes)));
  if (caution !== undefined && !always.every((accuracy) => accuracy === 0)) return;
  if (always.every((accuracy) => accuracy === 1) || always.every((accuracy) => accuracy === 0)) {
    const what = always[0] === 1 ? 'right' : 'wrong';
    throw new WeirError(
      'train-hopeless',
      `every one of ${rungs.length} rungs is ${what} on every sample: there is nothing to choose`,
      {
        remedy:
          what === 'right'
            ? 'use the cheapest rung (`--mode fixed:<rung>`)'
            : 'check that the labels are those of the ladder',
      },
    );
  }
}

/** What a premodel says of its data, by condition: how many samples, and the sha256 over their sorted keys. */
export function describeData({ conditions, conditionNames, keys }: FitInput): {
  samples: Record<string, number>;
  data: Record<string, string>;
} {
  const byName = new Map<string, string[]>();
  for (const [i, condition] of conditions.entries()) {
    const name = conditionNames[condition] || 'all';
    const own = byName.get(name);
    if (own === undefined) byName.set(name, [keys[i] ?? '']);
    else own.push(keys[i] ?? '');
  }
  const hash = (own: readonly string[]) =>
    createHash('sha256')
      .update([...own].sort().join('\n'))
      .digest('hex');
  return {
    samples: Object.fromEntries([...byName].map(([name, own]) => [name, own.length])),
    data: Object.fromEntries([...byName].map(([name, own]) => [name, hash(own)])),
  };
}
