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

/**
 * What a reader wants to see: of a change what began, not what ended with it; labels only of questions that tell no events; of
 * states only those that are another than before.
 *
 * @param messages newest first
 */
export function rowsOf(messages: readonly Message[]): Message[] {
  const whole = messages.filter(isEvent).filter(({ track }) => track === undefined);
  const withEvents = new Set(whole.map(({ question }) => question));
  const begun = new Set(
    whole.flatMap(({ phase, question, atMs }) => (phase === 'begin' ? [`${question} ${atMs}`] : [])),
  );
  const changed = new Set(changesOfState(messages));
  return messages.filter((message) => {
    if (isLabel(message)) return !withEvents.has(message.question);
    if (!isEvent(message)) return changed.has(message);
    return (
      message.phase === 'begin' || message.track !== undefined || !begun.has(`${message.question} ${message.atMs}`)
    );
  });
}

function changesOfState(messages: readonly Message[]): Message[] {
  const states = messages.filter((message) => message.type === 'camera');
  // What it was before the oldest is not known: that it is live is then no change.
  return states.filter(({ state }, at) => state !== (states[at + 1]?.state ?? 'live'));
}

export function timeOf(message: Message): number {
  return isLabel(message) ? message.arrivedAtMs : message.atMs;
}
