import { z } from 'zod';

/** What is kept of labels, events and states of cameras, so that it can be sent and asked for again. */
export const history = z.strictObject({
  enabled: z.boolean().default(true),
  retentionDays: z
    .number()
    .gt(0, 'must be a number of days above 0, at most 3650')
    .max(3650, 'must be a number of days above 0, at most 3650')
    .default(7),
  maxMegabytes: z
    .int('must be a whole number of megabytes from 16 to 1000000')
    .min(16, 'must be a whole number of megabytes from 16 to 1000000')
    .max(1_000_000, 'must be a whole number of megabytes from 16 to 1000000')
    .default(1024),
});

export type HistoryConfig = z.infer<typeof history>;
