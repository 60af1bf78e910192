import { z } from 'zod';

/** A camera's pictures for people: snapshots, the dashboard's and those of alerts. */
export const picture = z.strictObject({
  enabled: z.boolean().default(true),
  maxSide: z.int().min(64, 'must be at least 64 pixels').max(3840, 'must be at most 3840 pixels').default(640),
  everySeconds: z.number().min(0.2, 'must be at least 0.2 s').max(60, 'must be at most 60 s').default(1),
});

export type PictureConfig = z.infer<typeof picture>;
