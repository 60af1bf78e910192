import { z } from 'zod';
import { SHIPPED_LADDER } from '../types.ts';
import { OTHER, plainName } from '../words.ts';
import { alerts } from './alerts.ts';
import { cameraTls, tlsProblems } from './camera-tls.ts';
import { examples } from './examples.ts';
import { history } from './history.ts';
import { box, heads, id, maxReuseMs, milliseconds, motion, names, view } from './look.ts';
import { picture } from './picture.ts';
import { regionProblems, regions } from './regions.ts';
import { reuse } from './reuse.ts';
import { server } from './server.ts';
import { smoothing } from './smoothing.ts';
import { mayBeRecording, sourceProblem } from './source.ts';

export { CAMERA_ID } from './look.ts';

export const mode = z
  .string()
  .regex(
    /^(select|cascade|hybrid|fixed:.+)$/,
    'must be "hybrid", "cascade", "select" or "fixed:<rung>", e.g. "fixed:lite0@160-int8"',
  );

const POINT = 'must be "accurate", "balanced", "fast", or a number in the front, from 0 for the cheapest';
/** A number is taken as one, and as a text of digits. */
export const operatingPoint = z
  .union([z.string().regex(/^([a-z]+|\d+)$/, POINT), z.int(POINT).min(0, POINT).max(999, POINT)], { error: POINT })
  .transform(String);

export const budget = z.union([milliseconds(0, 600_000), z.literal('none')], {
  error: 'must be a number of milliseconds from 0 to 600000, or "none"',
});

const FPS = 'must be frames per second (above 0, at most 240), or "all"';
export const fps = z.union([z.number().gt(0, FPS).max(240, FPS), z.literal('all')], { error: FPS });

const GROUP_NAME = /^[a-z0-9][a-z0-9 _-]{0,62}$/i;
const groups = z
  .record(z.string(), z.array(z.string().trim().min(1)).min(1, 'must name at least one label').max(1000))
  .default({})
  .superRefine((given, context) => {
    const taken = new Map<string, string>();
    for (const name of Object.keys(given)) {
      const plain = plainName(name);
      const first = taken.get(plain);
      taken.set(plain, name);
      const problem = !GROUP_NAME.test(name)
        ? 'is no name of a group: 1 to 63 letters, digits, spaces, "-" and "_", beginning with a letter or digit'
        : plain === OTHER
          ? `"${OTHER}" is what all else is called: give the group another name`
          : first !== undefined
            ? `is the same name as "${first}"`
            : null;
      if (problem !== null) context.addIssue({ code: 'custom', path: [name], message: problem });
    }
  });

const v4l2 = z.strictObject({
  format: z.string().min(1).optional(),
  size: z
    .string()
    .regex(/^\d+x\d+$/, 'must be WIDTHxHEIGHT, e.g. "1280x720"')
    .optional(),
  rateHz: z.number().positive().max(1000).optional(),
});

const cameraObject = z.strictObject({
  id,
  source: z
    .string()
    .min(1, 'must be a file, a /dev/video device, or an rtsp(s):// or http(s):// URL')
    .superRefine((source, context) => {
      const problem = sourceProblem(source);
      if (problem !== null) context.addIssue({ code: 'custom', message: problem });
    }),
  username: z.string().min(1).optional(),
  passwordFile: z.string().min(1).optional(),
  passwordCredential: z
    .string()
    .regex(
      /^(?!\.+$)[\w.:-]{1,255}$/,
      'must be the name of a systemd credential, e.g. "gate" for LoadCredential=gate:FILE',
    )
    .optional(),
  /** It is there, and its source is not opened. */
  paused: z.boolean().default(false),
  fps: fps.default(5),
  budgetMs: budget.default(100),
  priority: z.number().min(1, 'must be from 1 to 100').max(100, 'must be from 1 to 100').default(1),
  gears: z.boolean().default(true),
  mode: mode.optional(),
  operatingPoint: operatingPoint.optional(),
  groups: names('a group').default([]),
  only: names('a group or label').default([]),
  ignore: names('a group or label').default([]),
  heads: heads.optional(),
  generic: z.boolean().default(false),
  view: view.default('frame'),
  motion: motion.prefault({}),
  maxReuseMs: maxReuseMs.default(10_000),
  /** Whether what a frame was answered a moment ago counts for the next. */
  memory: z.boolean().default(true),
  reuse: reuse.prefault({}),
  smoothing: smoothing.prefault({}),
  region: box.default([0, 0, 1, 1]),
  regions: regions.default([]),
  masks: z.array(box).max(64).default([]),
  rotate: z
    .union([z.literal(0), z.literal(90), z.literal(180), z.literal(270)], 'must be 0, 90, 180 or 270')
    .default(0),
  loop: z.boolean().default(false),
  pace: z.enum(['source', 'fast'], 'must be "source" or "fast"').default('source'),
  transport: z.enum(['tcp', 'udp'], 'must be "tcp" or "udp"').default('tcp'),
  tls: cameraTls.prefault({}),
  hwaccel: z
    .string()
    .regex(/^[a-z0-9_]+$/, 'must be the name of an ffmpeg hwaccel, or "none"')
    .default('none'),
  decoder: z
    .string()
    .regex(/^[a-z0-9_]+$/, 'must be the name of an ffmpeg decoder')
    .optional(),
  decodeThreads: z.int().min(0).max(64).default(1),
  v4l2: v4l2.default({}),
  maxPixels: z.int().min(4096).max(536_870_912).default(8_912_896),
  connectTimeoutMs: milliseconds(500, 300_000).default(10_000),
  stallAfterMs: milliseconds(100, 3_600_000).default(5_000),
  picture: picture.prefault({}),
  examples: examples.prefault({}),
});

export const camera = cameraObject.superRefine((entry, context) => {
  const { source, loop, pace, view, region, regions } = entry;
  for (const { path, message } of [...regionProblems(entry), ...tlsProblems(entry)])
    context.addIssue({ code: 'custom', path, message });
  if (view === 'crop' && regions.length === 0 && region[2] * region[3] === 1) {
    const message = 'crop needs a region: say which part is cut out, e.g. region: [0.25, 0.5, 0.5, 0.5]';
    context.addIssue({ code: 'custom', path: ['view'], message });
  }
  if (mayBeRecording(source)) return;
  const only = 'is for recordings: a camera has no end and keeps its own pace';
  if (loop) context.addIssue({ code: 'custom', path: ['loop'], message: only });
  if (pace === 'fast') context.addIssue({ code: 'custom', path: ['pace'], message: only });
});

const inference = z.strictObject({
  slots: z.union([z.int().min(1).max(256), z.literal('auto')], 'must be a number of slots, or "auto"').default('auto'),
  threadsPerSlot: z.int().min(1).max(64).default(1),
  executionProviders: z.array(z.string().min(1)).min(1).default(['cpu']),
  allowFallback: z.boolean().default(false),
  warmupRuns: z
    .int()
    .min(20, 'must be at least 20: a 95th percentile of fewer runs means nothing')
    .max(1000)
    .default(20),
});

const log = z.strictObject({
  level: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  format: z.enum(['auto', 'pretty', 'json']).default('auto'),
});

/** In place of a heads file: the camera is asked for the ladder's labels, whatever it was taught. */
export const NO_HEADS = 'none';

/** In place of a profile's name: rungs are always measured. */
export const NO_PROFILE = 'none';

/** The configuration file. The one place where its defaults live. */
export const configSchema = z.strictObject({
  cameras: z.array(camera).max(1000).default([]),
  mode: mode.default('hybrid'),
  operatingPoint: operatingPoint.default('balanced'),
  ladder: z.string().min(1).default(SHIPPED_LADDER),
  premodel: z.string().min(1).optional(),
  profile: z.string().min(1).optional(),
  rungs: z.array(z.string().min(1)).min(1).optional(),
  groups,
  topK: z.int().min(1).max(100).default(5),
  server: server.prefault({}),
  history: history.prefault({}),
  alerts: alerts.prefault({}),
  inference: inference.prefault({}),
  ffmpeg: z.strictObject({ path: z.string().min(1).optional() }).prefault({}),
  log: log.prefault({}),
});

export type Config = z.infer<typeof configSchema>;
export type CameraConfig = z.infer<typeof camera>;
