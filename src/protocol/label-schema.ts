import { z } from 'zod';

export const camera = z.string().describe('Id of the camera.');
export const question = z.string().describe('Id of the question: `default` where nothing was taught.');
export const unixMs = z.number().describe('Unix time in milliseconds.');
const durationMs = z.number().min(0);
const ratio = z.number().min(0).max(1);
export const stream = z.int().min(0).describe('Grows by one whenever the source is opened anew.');
export const ptsSeconds = z.number().describe('Time of the frame in its source; grows within a stream.');
export const track = z.int().describe('Number of an object, kept while it is followed.');

export const numbered = {
  epoch: z.string().describe('Name of the line of numbers.'),
  seq: z.int().min(1).describe('Place in the one line of numbers of the whole daemon.'),
};

const box = z
  .tuple([z.number(), z.number(), z.number(), z.number()])
  .describe('x, y, width, height in ratios of the source’s picture, as it is turned.')
  .meta({ id: 'Box' });

export const view = z
  .object({ kind: z.enum(['frame', 'crop', 'motion']), box, track: track.optional() })
  .describe('What was looked at.')
  .meta({ id: 'View' });

const clock = z
  .object({
    state: z.enum(['pinned', 'floating', 'throttled', 'mixed', 'unreadable']),
    source: z.enum(['jetson', 'linux', 'none']),
  })
  .describe('At which clocks of the machine times were measured.')
  .meta({ id: 'Clock' });

const ranked = z.object({ label: z.string(), classId: z.string(), confidence: ratio }).meta({ id: 'RankedClass' });

const step = z
  .object({
    rung: z.string(),
    waitMs: durationMs.describe('In front of the inference slots.'),
    runMs: durationMs.describe('Of the network alone.'),
    confidence: ratio.describe('Of the answer in hand after this rung.'),
  })
  .meta({ id: 'PathStep' });

export const label = z
  .object({
    type: z.literal('label'),
    ...numbered,
    emittedAtMs: unixMs,
    camera,
    question,
    stream,
    ptsSeconds,
    arrivedAtMs: unixMs,
    decidedAtMs: unixMs,
    view,
    label: z.string().nullable().describe('`null`: nothing to say.'),
    classId: z.string().nullable(),
    confidence: ratio.nullable(),
    top: z.array(ranked),
    stable: z.object({ label: z.string(), sinceMs: unixMs }).nullable().describe('The answer that holds over time.'),
    changed: z.boolean().describe('Whether another answer became the stable one with this label.'),
    path: z.array(step).describe('The rungs that were read, in order.'),
    stop: z.enum(['accepted', 'top', 'budget', 'unchanged', 'still', 'fixed']).describe('Why the climb ended.'),
    reusedAgeMs: durationMs.optional().describe('Of an answer that is told again: how old it is.'),
    audit: z
      .object({ label: z.string().nullable(), classId: z.string().nullable(), agrees: z.boolean() })
      .optional()
      .describe('The top rung’s answer to the same frame, where it was asked too.'),
    budgetMs: z.number().nullable().describe('`null`: no limit.'),
    spentMs: durationMs.describe('From arrival to decision, waiting included.'),
    operatingPoint: z.string(),
    clock,
  })
  .describe('The answer to one question about a frame.')
  .meta({ id: 'Label' });
