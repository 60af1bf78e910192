import { z } from 'zod';
import { formatPath, problemsOf } from '../artifact/problems.ts';
import { isDeeperThan, MAX_DEPTH, MAX_ID_CHARACTERS, MAX_LISTED, MAX_TOKEN_CHARACTERS } from './limits.ts';
import type { ClientMessage } from './messages.ts';

const id = z.string().max(MAX_ID_CHARACTERS);

export const authMessage = z.object({
  type: z.literal('auth'),
  token: z.string().max(MAX_TOKEN_CHARACTERS),
});

export const subscribeMessage = z.object({
  type: z.literal('subscribe'),
  cameras: z.union([z.literal('all'), z.array(id).min(1).max(MAX_LISTED)]),
  every: z.enum(['frame', 'change']),
  questions: z.array(id).max(MAX_LISTED).optional(),
  since: z
    .string()
    .regex(/^[^:]{1,64}:\d{1,15}$/, 'must be "epoch:seq"')
    .optional(),
});

/** What a client may send. Fields that are not known are ignored: clients may be newer than the daemon. */
const clientMessage = z.discriminatedUnion('type', [authMessage, subscribeMessage]);

/** @returns the message, or what is wrong with it in words */
export function parseClientMessage(text: string): ClientMessage | string {
  if (isDeeperThan(text, MAX_DEPTH)) return `nested deeper than ${MAX_DEPTH} levels`;
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
