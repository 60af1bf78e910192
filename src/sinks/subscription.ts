import { z } from 'zod';
import { formatPath, problemsOf } from '../artifact/problems.ts';
import type { SequencedMessage } from './messages.ts';

/** What a client may send. Fields that are not known are ignored: clients may be newer than the daemon. */
const clientMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('auth'), token: z.string() }),
  z.object({
    type: z.literal('subscribe'),
    cameras: z.union([z.literal('all'), z.array(z.string()).min(1).max(1000)]),
    every: z.enum(['frame', 'change']),
    questions: z.array(z.string()).max(1000).optional(),
    since: z
      .string()
      .regex(/^[^:]{1,64}:\d{1,15}$/, 'must be "epoch:seq"')
      .optional(),
  }),
]);

export type ClientMessage = z.infer<typeof clientMessage>;
export type Subscription = Extract<ClientMessage, { type: 'subscribe' }>;

/** @returns the message, or what is wrong with it in words */
export function parseClientMessage(text: string): ClientMessage | string {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return 'not JSON';
  }
  const result = clientMessage.safeParse(data);
  if (result.success) return result.data;
  const [problem] = problemsOf(result.error, clientMessage);
  return problem === undefined ? 'not a known message' : `${formatPath(problem.path) || 'message'}: ${problem.message}`;
}

/** Whether a subscriber asked for a message. Camera states go to all who watch the camera, events to all who watch its question. */
export function wants(subscription: Subscription, message: SequencedMessage): boolean {
  const { cameras, every, questions } = subscription;
  if (cameras !== 'all' && !cameras.includes(message.camera)) return false;
  if (message.type === 'camera') return true;
  if (questions !== undefined && !questions.includes(message.question)) return false;
  return message.type === 'event' || every === 'frame' || message.changed;
}
