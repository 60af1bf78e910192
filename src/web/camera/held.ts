import { isEvent, isLabel, type LabelsPage, type Message } from './wire.ts';

export interface Held {
  /** By number, newest first, each once. */
  readonly messages: readonly Message[];
  /** Where earlier ones begin; `null`: there are none. */
  readonly next: LabelsPage['next'];
}

/** Adds what came, and lets go of the oldest above a bound: they can be loaded again. */
export function withMore(held: Held, came: readonly Message[], most: number): Held {
  const messages = [...new Map([...came, ...held.messages].map((message) => [message.seq, message])).values()].sort(
    (a, b) => b.seq - a.seq,
  );
  if (messages.length <= most) return { ...held, messages };
  const kept = messages.slice(0, most);
  return { messages: kept, next: String(kept.at(-1)?.seq) };
}

export function timeOf(message: Message): number {
  return isEvent(message) ? message.atMs : isLabel(message) ? message.arrivedAtMs : 0;
}
