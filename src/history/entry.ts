import type { SequencedMessage } from '../protocol/messages.ts';
import { type Entry, TYPES } from './protocol.ts';

/** What is stored of a message. */
export function entryOf(message: SequencedMessage, text: string): Entry {
  const { seq, camera } = message;
  const type = TYPES.indexOf(message.type);
  if (message.type === 'camera') return { seq, at: message.atMs, type, camera, question: '', changed: true, text };
  const { question } = message;
  if (message.type === 'event') return { seq, at: message.atMs, type, camera, question, changed: true, text };
  return { seq, at: message.emittedAtMs, type, camera, question, changed: message.changed, text };
}
