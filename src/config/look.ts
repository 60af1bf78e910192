import { z } from 'zod';

/** Keys that say what is looked at and what is asked of it: a camera has them, and so has each of its regions. */

const RATIO = 'must be from 0 to 1';
/** A number with a unit in its key, told as what it must be. */
export const ratio = z.number().min(0, RATIO).max(1, RATIO);

export const box = z
  .tuple([ratio, ratio, ratio, ratio], 'must be [x, y, width, height] in ratios of the frame, e.g. [0, 0.5, 1, 0.5]')
  .refine(([x, y, w, h]) => w > 0 && h > 0 && x + w <= 1.000001 && y + h <= 1.000001, {
    message: 'must lie inside the frame: x + width and y + height at most 1, width and height above 0',
  });

export const milliseconds = (least: number, most: number) =>
  z
    .number(`must be a number of milliseconds`)
    .min(least, `must be at least ${least} ms`)
    .max(most, `must be at most ${most} ms`);

export const names = (of: string) => z.array(z.string().trim().min(1, `must be the name of ${of}`)).max(1000);

export const CAMERA_ID = /^[a-z0-9][a-z0-9_-]{0,62}$/;
export const id = z
  .string()
  .regex(CAMERA_ID, 'must be 1 to 63 characters of a-z, 0-9, "-" and "_", beginning with a letter or digit');

export const heads = z.string().min(1, 'must be a heads file, or "none"');
export const view = z.enum(['frame', 'crop', 'motion'], 'must be "frame", "crop" or "motion"');
export const maxReuseMs = milliseconds(0, 3_600_000);

/** What `view: motion` looks at. */
export const motion = z.strictObject({
  maxRegions: z.int().min(1, 'must be at least 1').max(32, 'must be at most 32').default(3),
  leastPixels: z.int().min(4, 'must be at least 4 pixels').max(4096).default(24),
  marginRatio: ratio.default(0.15),
  standSeconds: z.number().min(1, 'must be at least 1 s').max(604_800).default(1200),
  maxSide: z.int().min(96, 'must be at least 96 pixels').max(4320).default(1080),
});
