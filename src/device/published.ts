import { z } from 'zod';
import { type Files, readText, Unreadable } from './files.ts';

/** Where weir-clocks leaves what only root may read. */
export const PUBLISHED_PATH = 'run/weir-clocks/state.json';
/** It is written once a second; older, it says nothing about now. */
export const STALE_AFTER_MS = 5_000;

const whole = z.number().int().nonnegative();
/** `weir.clocks/1` */
const schema = z.strictObject({
  schema: z.literal('weir.clocks/1'),
  /** Unix time, whole seconds. */
  atSeconds: whole,
  /** Whether the service has pinned the clocks. */
  pins: z.boolean(),
  powerMode: z.string().nullable(),
  emc: z.strictObject({ rateHz: whole, maxRateHz: whole, locked: z.boolean() }).nullable(),
  powerMilliwatts: whole.nullable(),
  counters: z.array(z.strictObject({ id: z.string(), microjoules: whole, rangeMicrojoules: whole })),
});

export type Published = z.infer<typeof schema>;

/** Reads what weir-clocks published. @throws Unreadable if it is not there, not right or older than five seconds */
export async function readPublished(files: Files, unixMs: number): Promise<Published> {
  const text = await readText(files, PUBLISHED_PATH);
  const published = parse(text);
  const ageMs = unixMs - published.atSeconds * 1000;
  if (ageMs > STALE_AFTER_MS)
    throw new Unreadable(`/${PUBLISHED_PATH} is ${Math.round(ageMs / 1000)} s old: weir-clocks.service has stopped`);
  if (ageMs < -STALE_AFTER_MS) throw new Unreadable(`/${PUBLISHED_PATH} is of a time to come`);
  return published;
}

function parse(text: string): Published {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    throw new Unreadable(`/${PUBLISHED_PATH} is not JSON`);
  }
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Unreadable(
    `/${PUBLISHED_PATH} is not weir.clocks/1: ${issue?.path.join('.') || 'the file'}: ${issue?.message}`,
  );
}
