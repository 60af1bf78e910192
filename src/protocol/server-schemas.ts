import { z } from 'zod';
import { camera, label, numbered, ptsSeconds, question, stream, track, unixMs, view } from './label-schema.ts';

const seq = z.int().min(0);
const epoch = numbered.epoch;

const status = {
  state: z.enum(['connecting', 'live', 'stalled', 'failed', 'ended', 'paused', 'removed']),
  reason: z.string().describe('Why, in words; empty where there is nothing to say.'),
  degraded: z.array(z.string()).describe('What is not as it should be, e.g. `too-slow`.'),
  gear: z.int().min(0).optional().describe('Operating points below the configured one, for want of time.'),
  agreement: z
    .record(z.string(), z.number().min(0).max(1))
    .optional()
    .describe('How often what is told is what the top rung says, by question.'),
};

const listedQuestion = z
  .object({
    id: z.string(),
    text: z.string().optional(),
    classes: z.array(z.string()).optional().describe('All answers; left out for the ladder’s labels.'),
    view: view.optional(),
  })
  .meta({ id: 'Question' });

const event = z
  .object({
    type: z.literal('event'),
    ...numbered,
    camera,
    question,
    label: z.string().nullable(),
    phase: z.enum(['begin', 'end']),
    stream,
    ptsSeconds,
    atMs: unixMs,
    track: track.optional(),
  })
  .describe('An object came or left, or an answer about the whole view began or ended to be stable.')
  .meta({ id: 'Event' });

const cameraMessage = z
  .object({ type: z.literal('camera'), ...numbered, camera, ...status, atMs: unixMs })
  .describe('State of a camera.')
  .meta({ id: 'Camera' });

const hello = z
  .object({
    type: z.literal('hello'),
    version: z.literal(1),
    epoch,
    first: z.int().min(1).describe('The oldest message that can be sent again; the newest + 1 where there is none.'),
    last: seq.describe('The newest message.'),
    cameras: z.array(
      z.object({ id: z.string(), questions: z.array(listedQuestion), ...status }).meta({ id: 'ListedCamera' }),
    ),
  })
  .describe('The greeting, once it is known who asks.')
  .meta({ id: 'Hello' });

const subscribed = z
  .object({
    type: z.literal('subscribed'),
    cameras: z.union([z.array(z.string()), z.literal('all')]),
    every: z.enum(['frame', 'change']),
    questions: z.array(z.string()).nullable(),
    since: z.string().nullable(),
  })
  .describe('Confirms a subscription.')
  .meta({ id: 'Subscribed' });

const mark = z
  .object({ type: z.literal('mark'), epoch, seq })
  .describe('All that was asked for up to `seq` has been sent.')
  .meta({ id: 'Mark' });

const gap = z
  .object({
    type: z.literal('gap'),
    epoch,
    from: z.int().min(1),
    to: z.int().min(1),
    missed: z.int().min(1),
    reason: z.enum(['slow', 'expired', 'epoch']),
  })
  .describe('Of the messages `from` to `to`, both included, `missed` were not sent.')
  .meta({ id: 'Gap' });

const error = z
  .object({ type: z.literal('error'), code: z.string().describe('Stable.'), message: z.string() })
  .describe('What was wrong with what the client said.')
  .meta({ id: 'Error' });

/** What the daemon sends, by type. Clients are to ignore types and fields that they do not know. */
export const serverMessages = { hello, subscribed, label, event, camera: cameraMessage, mark, gap, error };

export const serverMessage = z
  .discriminatedUnion('type', [hello, subscribed, label, event, cameraMessage, mark, gap, error])
  .describe('What the daemon sends. Ignore types and fields that you do not know.')
  .meta({ id: 'ServerMessage' });
