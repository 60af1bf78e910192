import { z } from 'zod';
import { formatPath, problemsOf } from '../artifact/problems.ts';
import { CAMERA_ID, operatingPoint } from '../config/schema.ts';
import { usageError } from '../errors.ts';

/** What comes in a URL is text: numbers are read from it. */
const whole = (least: number, most: number) =>
  z
    .string(`must be given once: a whole number from ${least} to ${most}`)
    .refine(
      (text) => /^\d{1,15}$/.test(text) && Number(text) >= least && Number(text) <= most,
      `must be a whole number from ${least} to ${most}`,
    )
    .transform(Number);

const MOMENT = 'must be Unix milliseconds, or a time as 2026-03-01T06:00:00Z';
const moment = z
  .string(MOMENT)
  .refine((text) => Number.isFinite(momentOf(text)), MOMENT)
  .transform(momentOf);

/** Given several times, or once. */
const several = <T extends z.ZodType>(item: T, message: string) =>
  z.union([z.array(item).max(1000), item.transform((one) => [one])], message);

export const snapshotQuery = z.strictObject({ width: whole(16, 8192).optional() });

export const moveBody = z.strictObject({ operatingPoint });

export const LABEL_TYPES = ['label', 'event', 'camera'] as const;
const types = `must be ${LABEL_TYPES.join(', ')}, or several of them with commas between`;

export const labelsQuery = z.strictObject({
  camera: several(z.string().regex(CAMERA_ID), 'must be the id of a camera, or several of them').optional(),
  question: several(z.string().min(1), 'must be the id of a question, or several of them').optional(),
  from: moment.optional(),
  to: moment.optional(),
  every: z.enum(['frame', 'change'], 'must be "frame" or "change"').default('frame'),
  types: z
    .string(types)
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(LABEL_TYPES, types)).min(1))
    .prefault('label'),
  limit: whole(1, 1000).optional(),
  cursor: whole(0, Number.MAX_SAFE_INTEGER).optional(),
  order: z.enum(['oldest', 'newest'], 'must be "oldest" or "newest"').default('oldest'),
  format: z.enum(['json', 'csv', 'jsonl'], 'must be "json", "csv" or "jsonl"').default('json'),
});

export type LabelsQuery = z.infer<typeof labelsQuery>;

/** @throws WeirError `request-invalid` with all that is wrong */
export function parsed<T extends z.ZodType>(schema: T, given: unknown): z.infer<T> {
  const checked = schema.safeParse(given ?? {});
  if (checked.success) return checked.data;
  const told = problemsOf(checked.error, schema).map(({ path, message }) => `${formatPath(path) || 'it'}: ${message}`);
  throw usageError('request-invalid', told.join('\n'), 'correct the request');
}

function momentOf(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  return /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
}
