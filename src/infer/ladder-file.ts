import { z } from 'zod';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hexadecimal digits');
const triple = z.tuple([z.number(), z.number(), z.number()]);
const above0 = z.number().positive('must be above 0');
const side = z.int().min(1).max(4096);

const rung = z.strictObject({
  id: z.string().min(1),
  model: z.string().min(1).optional(),
  file: z.string().min(1),
  sha256,
  input: z.strictObject({ width: side, height: side, fit: z.enum(['stretch', 'crop', 'letterbox']) }),
  view: z.enum(['whole', 'mirror', 'centre']).optional(),
  precision: z.enum(['int8', 'fp16', 'fp32']).optional(),
  macsMillions: z.number().nonnegative(),
  license: z.string(),
  source: z.string(),
  defaults: z
    .strictObject({
      temperature: z.number().positive().optional(),
      threshold: z.number().min(0).max(1).optional(),
      mergeWeight: z.number().nonnegative().optional(),
    })
    .optional(),
  layout: z.enum(['nhwc', 'nchw']).optional(),
  dtype: z.enum(['uint8', 'float32']).optional(),
  mean: triple.optional(),
  std: z.tuple([above0, above0, above0]).optional(),
  output: z.enum(['logits', 'probabilities']).optional(),
});

/** `weir.ladder/1`. */
export const ladderFile = z.strictObject({
  schema: z.literal('weir.ladder/1'),
  name: z.string().min(1),
  labels: z.string().min(1),
  reference: z.string().optional(),
  rungs: z.array(rung).min(1),
});

export const labelsFile = z.array(z.strictObject({ id: z.string().min(1), name: z.string().min(1) })).min(2);

export type RungEntry = z.infer<typeof rung>;
export type LadderFile = z.infer<typeof ladderFile>;
