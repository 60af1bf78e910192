import { usageError } from '../errors.ts';
import { DEFAULT_LOSS, type Target } from '../premodel/targets.ts';

export interface TargetOptions {
  readonly targetAccuracyLoss?: number;
  readonly targetLossPerCondition?: number;
  readonly targetCostRatio?: number;
  readonly confidence?: number;
}

/** No condition may lose more than this, unless more is allowed on the whole. */
const DEFAULT_LOSS_PER_CONDITION = 0.006;

/** What to fit for. @throws WeirError `target-both` */
export function targetOf(options: TargetOptions): Target {
  const { targetAccuracyLoss, targetLossPerCondition, targetCostRatio, confidence } = options;
  if (targetCostRatio !== undefined) {
    const others = {
      '--target-accuracy-loss': targetAccuracyLoss,
      '--target-loss-per-condition': targetLossPerCondition,
      '--confidence': confidence,
    };
    for (const [name, value] of Object.entries(others)) {
      if (value === undefined) continue;
      const remedy = 'give one of them: a target of time says nothing of how much accuracy must hold';
      throw usageError('target-both', `${name} and --target-cost-ratio exclude each other`, remedy);
    }
    return { kind: 'cost-ratio', value: targetCostRatio, confidence: null, lossPerCondition: null };
  }
  const value = targetAccuracyLoss ?? DEFAULT_LOSS;
  return {
    kind: 'accuracy-loss',
    value,
    confidence: confidence ?? null,
    lossPerCondition: targetLossPerCondition ?? Math.max(value, DEFAULT_LOSS_PER_CONDITION),
  };
}
