import { z } from 'zod';

const SECONDS = 'must be from 0 to 86400 s';
const EVIDENCE = 'must be from 0.1 to 1000 nats of log-odds: 4.6 are a hundred to one';

const evidence = z.number().min(0.1, EVIDENCE).max(1000, EVIDENCE);
const seconds = z.number().min(0, SECONDS).max(86_400, SECONDS);

/** How a camera's answers become stable ones: see `Smoothing`. Off, each frame's answer stands for itself. */
export const smoothing = z.strictObject({
  enabled: z.boolean().default(true),
  halfLifeSeconds: z
    .number()
    .min(0.1, 'must be at least 0.1 s')
    .max(86_400, 'must be at most a day (86400 s)')
    .default(4),
  evidence: evidence.default(4),
  leastSeconds: seconds.default(0),
  labels: z
    .record(
      z.string().trim().min(1),
      z.strictObject({ evidence: evidence.optional(), leastSeconds: seconds.optional() }),
    )
    .default({}),
});

export type SmoothingConfig = z.infer<typeof smoothing>;
