import { isEvent, isLabel, type Message } from './wire.ts';

/** Something that held from one moment to another. Unix times. */
export interface Segment {
  readonly label: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** It began before what is known. */
  readonly isOpenStart: boolean;
  /** It holds still. */
  readonly isOpenEnd: boolean;
}

export interface Lane {
  readonly question: string;
  /** Of objects that came and left; these may overlap. */
  readonly isObjects: boolean;
  readonly segments: readonly Segment[];
}

/** What is stable now, and since when. */
export interface Holding {
  readonly question: string;
  readonly label: string;
  readonly sinceMs: number;
}

interface Change {
  readonly question: string;
  readonly atMs: number;
  readonly seq: number;
  readonly label: string | null;
  readonly phase: 'begin' | 'end';
  readonly track: number | null;
}

/**
 * What was stable when, a lane for each question and one for its objects.
 *
 * @param messages labels and events in any order; the same twice counts once
 * @param knownFromMs before it nothing is known: what ends without having begun began there
 * @param holding what is stable now, for questions of which no message tells it: it became so before the first of them
 * @param silentMs since when nothing was heard, each time that nobody told what ended: all ends there, as far as is known
 */
export function lanesOf(
  messages: Iterable<Message>,
  knownFromMs: number,
  toMs: number,
  holding: readonly Holding[] = [],
  silentMs: Iterable<number> = [],
): Lane[] {
  const lanes = new Map<string, { question: string; isObjects: boolean; segments: Segment[] }>();
  const open = new Map<string, { label: string; fromMs: number }>();
  const laneOf = (question: string, isObjects: boolean) => {
    const key = `${question}\n${isObjects}`;
    const lane = lanes.get(key) ?? { question, isObjects, segments: [] };
    lanes.set(key, lane);
    return lane;
  };
  const close = (
    key: string,
    change: Pick<Change, 'question' | 'track' | 'label'>,
    atMs: number,
    isOpenEnd: boolean,
  ) => {
    const begun = open.get(key);
    open.delete(key);
    const label = begun?.label ?? change.label;
    if (label === null) return;
    const fromMs = Math.max(knownFromMs, begun?.fromMs ?? knownFromMs);
    if (atMs <= knownFromMs) return;
    const isOpenStart = begun === undefined || begun.fromMs < knownFromMs;
    laneOf(change.question, change.track !== null).segments.push({ label, fromMs, toMs: atMs, isOpenStart, isOpenEnd });
  };
  const closeAll = (atMs: number, isOpenEnd: boolean) => {
    for (const [key, { label }] of [...open]) {
      const [question = '', track] = key.split('\n');
      close(key, { question, track: track === 'null' ? null : Number(track), label }, atMs, isOpenEnd);
    }
  };
  const silences = [...silentMs].sort((a, b) => a - b);
  for (const change of changesOf(messages)) {
    while (silences[0] !== undefined && silences[0] < change.atMs) closeAll(silences.shift() ?? 0, false);
    const key = `${change.question}\n${change.track}`;
    if (change.phase === 'end') close(key, change, change.atMs, false);
    else if (change.label !== null && open.get(key)?.label !== change.label) {
      // Where no event says so: the next answer ends the one before.
      if (open.has(key)) close(key, change, change.atMs, false);
      open.set(key, { label: change.label, fromMs: change.atMs });
    }
  }
  for (const atMs of silences) closeAll(atMs, false);
  for (const { question, label, sinceMs } of holding) {
    const key = `${question}\n${null}`;
    const isTold = [...lanes.values()].some((lane) => lane.question === question && !lane.isObjects);
    if (!isTold && !open.has(key)) open.set(key, { label, fromMs: sinceMs });
  }
  closeAll(toMs, true);
  return [...lanes.values()].sort((a, b) =>
    a.question === b.question ? Number(a.isObjects) - Number(b.isObjects) : a.question < b.question ? -1 : 1,
  );
}

/**
 * What events and labels tell, in order. Both are needed: a camera whose smoothing is off has no events, and no event tells of what
 * begins where the answer is that it is nothing else (`other`). What both tell counts once.
 */
function changesOf(messages: Iterable<Message>): Change[] {
  const told = new Map<number, Change>();
  for (const message of messages) {
    if (isEvent(message)) {
      const { question, atMs, seq, label, phase, track = null } = message;
      told.set(seq, { question, atMs, seq, label, phase, track });
    } else if (isLabel(message) && message.changed && message.view.track === undefined) {
      const { question, seq, stable } = message;
      const label = stable === null ? message.label : stable.label;
      const atMs = stable?.sinceMs ?? message.arrivedAtMs;
      told.set(seq, { question, atMs, seq, label, phase: label === null ? 'end' : 'begin', track: null });
    }
  }
  // What ended comes before what began at the same moment.
  const isBegin = ({ phase }: Change) => Number(phase === 'begin');
  return [...told.values()].sort((a, b) => a.atMs - b.atMs || isBegin(a) - isBegin(b) || a.seq - b.seq);
}
