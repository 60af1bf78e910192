import { z } from 'zod';

/** What the API answers, as its document tells it: held against what a daemon really sends in the tests. */

const count = z.int().min(0);
const ms = z.number().min(0);
const ratio = z.number().min(0).max(1);
const clockName = z.enum(['pinned', 'floating', 'throttled', 'mixed', 'unreadable']);
const clock = z.object({
  state: clockName,
  source: z.enum(['jetson', 'linux', 'none']),
  reasons: z.array(z.string()),
});
const box = z.array(ratio).length(4).describe('x, y, width, height in ratios of the picture after rotation');

export const problem = z.object({
  type: z.literal('about:blank'),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string().describe('stable: programs may match on it'),
  remedy: z.string().describe('what to do about it'),
});

const view = z.object({ kind: z.enum(['frame', 'crop', 'motion']), box, track: z.int().optional() });

const question = z.object({
  id: z.string(),
  text: z.string().optional(),
  classes: z.array(z.string()).optional().describe('left out for the ladder’s labels'),
  view: view.optional(),
});

const examples = z.object({
  keep: z.boolean(),
  problem: z.string().optional(),
  left: count.optional().describe('pictures of before, of a camera of which none are kept now'),
  frames: count.optional(),
  labelled: count.optional(),
  unsure: count.optional(),
  random: count.optional(),
  bytes: count.optional(),
  oldestAt: z.string().nullable().optional(),
  newestAt: z.string().nullable().optional(),
  questions: z.array(z.string()).optional(),
});

const pointNamed = z.object({ name: z.string().nullable(), index: z.int().nullable() });
const until = z
  .literal('restart')
  .nullable()
  .describe('when the configured one counts again: at a restart or a reload');
const configured = z.string();

export const camera = z.object({
  id: z.string(),
  state: z.enum(['connecting', 'live', 'stalled', 'failed', 'ended', 'paused', 'removed']),
  reason: z.string(),
  degraded: z.array(z.string()),
  gear: count.optional(),
  agreement: z.record(z.string(), ratio).optional(),
  questions: z.array(question),
  examples,
  origin: z.enum(['configuration', 'command-line', 'api']),
  paused: z.boolean(),
  source: z.string().describe('without its password'),
  fps: z.union([z.number(), z.literal('all')]),
  budgetMs: z.number().nullable(),
  priority: z.number(),
  view: z.enum(['frame', 'crop', 'motion']),
  region: box,
  mode: z.string(),
  operatingPoint: z.object({ current: pointNamed, configured, until }),
});

export const cameras = z.object({ clock, cameras: z.array(camera) });

export const figures = z.object({
  sinceMs: ms,
  frames: z.object({
    in: count,
    classified: count,
    dropped: z.object({ displaced: count, budget: count, failed: count, skipped: count }),
  }),
  unanswered: count.describe('questions of classified frames, and objects in them, without an answer for want of time'),
  latency: z.array(z.object({ clock: clockName, n: count, p50Ms: ms, p95Ms: ms, p99Ms: ms })),
  rungs: z.array(z.object({ rung: z.string(), runs: count, meanRunMs: ms })),
  stops: z.record(z.string(), count),
});

const point = z.object({
  index: count,
  name: z.string().nullable(),
  rungs: z.array(z.string()),
  accuracy: ratio,
  accuracyGainVsTop: z.number(),
  interval: z.array(z.number()).length(2),
  costRatio: ms.describe('in runs of the reference'),
  costMs: ms.describe('by what the reference takes'),
  meanRungsRun: ms,
  shareByRung: z.record(z.string(), ratio),
});

export const points = z.object({
  current: pointNamed,
  configured,
  until,
  mode: z.string(),
  questions: z.array(
    z.object({
      question: z.string(),
      current: pointNamed,
      truth: z.enum(['labels', 'agreement']),
      reference: z.object({ id: z.string(), meanMs: ms, accuracy: ratio }),
      points: z.array(point),
    }),
  ),
});

export const status = z.object({
  version: z.string(),
  startedAtMs: ms,
  epoch: z.string(),
  first: z.int(),
  last: count,
  clock,
  device: z.object({
    name: z.string(),
    cpus: count.describe('that Weir may use'),
    clocks: z
      .array(z.object({ cpu: z.int(), minMHz: z.number(), maxMHz: z.number(), currentMHz: z.number() }))
      .describe('of each, where the machine tells them'),
    powerMode: z.string().nullable(),
    temperatureC: z.number().nullable(),
    headroomC: z.number().nullable(),
    throttleCount: z.int().nullable(),
    powerMw: z.number().nullable().describe('mean since it was asked last'),
  }),
  ladder: z
    .object({
      name: z.string(),
      fingerprint: z.string(),
      reference: z.string(),
      rungs: z.array(
        z.object({
          id: z.string(),
          macsMillions: z.number(),
          precision: z.string().nullable().optional(),
          p50Ms: ms.nullable(),
          p95Ms: ms.nullable(),
          loaded: z.boolean(),
        }),
      ),
    })
    .nullable(),
  premodel: z.object({ fingerprint: z.string() }).nullable(),
  inference: z.object({ slots: count, queued: count, restarts: count }),
  subscribers: z.object({ connected: count, dropped: count }),
  history: z.object({
    enabled: z.boolean(),
    state: z.enum(['ok', 'failing', 'off']),
    reason: z.string(),
    first: z.int().nullable(),
    last: z.int().nullable(),
    bytes: count,
    droppedMessages: count,
    quarantined: z.array(z.string()),
  }),
  eventLoopDelayP99Ms: ms,
  memoryBytes: count,
  alerts: z.object({ rules: count, waiting: count, failed: count }),
  notices: z.array(z.string()),
  cameras: z.object({ total: count, live: count }),
});

export const labels = z.object({
  items: z
    .array(z.looseObject({ type: z.enum(['label', 'event', 'camera']), epoch: z.string(), seq: z.int() }))
    .describe('messages of weir.v1+json as they were sent: /api/schemas/weir.v1.json'),
  next: z.string().nullable().describe('the cursor of the next page'),
});

/** Described in docs/examples.md. */
export const examplesAnswer = z.looseObject({});
export const teaching = z.looseObject({ state: z.string() });

export const alerts = z.object({
  timeZone: z.string().nullable(),
  rules: z.array(
    z.object({
      id: z.string(),
      when: z.string(),
      to: z.array(z.string()),
      raised: count.describe('so far, before a restart too'),
      lastAtMs: z.number().nullable().describe('Unix time in milliseconds of the last one'),
    }),
  ),
  targets: z.array(z.looseObject({ id: z.string(), waiting: count, delivered: count, failed: count, dropped: count })),
  recent: z
    .array(
      z.looseObject({
        camera: z.string(),
        outcomes: z
          .record(z.string(), z.enum(['delivered', 'refused']))
          .optional()
          .describe('by target'),
      }),
    )
    .describe('newest first'),
});

export const alertTest = z.object({
  outcomes: z.array(
    z.object({ target: z.string(), outcome: z.enum(['delivered', 'refused', 'later']), reason: z.string() }),
  ),
});
