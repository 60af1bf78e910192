import { z } from 'zod';

const RATIO = 'must be from 0 to 1';

/** What of a camera is kept to be labelled. Off unless it is asked for: these are pictures of people's places. */
export const examples = z.strictObject({
  keep: z.boolean().default(false),
  maxFrames: z.int().min(1).max(5_000, 'must be at most 5000').default(200),
  maxMegabytes: z.number().positive().max(100_000).default(50),
  maxAgeDays: z.number().positive().max(3_650).default(14),
  randomRatio: z.number().min(0, RATIO).max(1, RATIO).default(0.5),
  minIntervalSeconds: z
    .number()
    .min(0.05, 'must be at least 0.05 s')
    .max(86_400, 'must be at most a day (86400 s)')
    .default(2),
  unsureBelow: z.number().min(0, RATIO).max(1, RATIO).default(0.8),
});

export type ExamplesConfig = z.infer<typeof examples>;
