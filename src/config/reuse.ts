import { z } from 'zod';
import { USUAL_DISAGREEMENT } from '../cascade/reuse-prior.ts';
import { ratio } from './look.ts';

/** How answers are told again where a scene is unchanged, and what is asked to see whether that is right. */
export const reuse = z.strictObject({
  enabled: z.boolean().default(true),
  auditRatio: ratio.default(0.02),
  targetDisagreement: z
    .number()
    .min(0.0001, 'must be from 0.0001 to 0.5')
    .max(0.5, 'must be from 0.0001 to 0.5')
    .default(USUAL_DISAGREEMENT),
  /** `auto`: what can be expected of the question. */
  driftFloor: z.union([ratio, z.literal('auto')], { error: 'must be from 0 to 1, or "auto"' }).default('auto'),
});
