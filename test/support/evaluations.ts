import { z } from 'zod';

const ratio = z.number().min(0).max(1);
const ms = z.number().positive();
const gain = z.number().min(-1).max(1);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const policy = z.strictObject({
  mode: z.enum(['select', 'cascade', 'hybrid']),
  operatingPoint: z.string(),
  top1: ratio,
  top5: ratio,
  meanMs: ms,
  meanTotalMs: ms,
  meanMacsMillions: z.number().positive(),
  speedupVsTop: z.number().positive(),
  speedupVsTopTotal: z.number().positive(),
  accuracyGainVsTop: gain,
  ci: z.strictObject({ top1: z.tuple([ratio, ratio]), accuracyGainVsTop: z.tuple([gain, gain]) }),
  meanRungsRun: z.number().min(1),
  entryPrecision: ratio.nullable(),
  entryRecall: ratio.nullable(),
  entryF1: ratio.nullable(),
  shareByRung: z.record(z.string(), ratio),
  decisionOverheadMs: z.number().nonnegative(),
});

const condition = z.strictObject({
  images: z.int().positive(),
  rungs: z.array(
    z.strictObject({
      id: z.string(),
      top1: ratio,
      top5: ratio,
      meanMs: ms,
      medianMs: ms,
      p95Ms: ms,
      macsMillions: z.number().positive(),
      energyMillijoules: z.number().positive().optional(),
    }),
  ),
  oracle: z.strictObject({ top1: ratio, meanMs: ms, meanMacsMillions: z.number().positive() }),
  policies: z.array(policy),
});

/** `weir.evaluation/1` as clients may rely on it; numbers are finite. */
export const evaluationFile = z.strictObject({
  schema: z.literal('weir.evaluation/1'),
  ladder: z.strictObject({ name: z.string(), fingerprint: sha256, reference: z.string() }),
  premodel: z.strictObject({ fingerprint: sha256, rungs: z.array(z.string()).min(1) }).nullable(),
  device: z.strictObject({
    name: z.string(),
    clock: z.strictObject({
      state: z.enum(['pinned', 'floating', 'throttled', 'mixed', 'unreadable']),
      source: z.enum(['jetson', 'linux', 'none']),
    }),
  }),
  dataset: z.strictObject({ images: z.int(), skipped: z.int(), classes: z.int() }),
  conditions: z.record(z.string(), condition),
});

export type EvaluationFile = z.infer<typeof evaluationFile>;
