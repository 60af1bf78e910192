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
    else if (change.label !== null) {
      // Without events: the next answer ends the one before.
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

/** Events where there are any; of questions without, the labels that changed (a camera whose smoothing is off has no events). */
function changesOf(messages: Iterable<Message>): Change[] {
  const events = new Map<number, Change>();
  const labels = new Map<number, Change>();
  for (const message of messages) {
    if (isEvent(message)) {
      const { question, atMs, seq, label, phase, track = null } = message;
      events.set(seq, { question, atMs, seq, label, phase, track });
    } else if (isLabel(message) && message.changed && message.view.track === undefined) {
      const { question, seq, stable } = message;
      const label = stable === null ? message.label : stable.label;
      const atMs = stable?.sinceMs ?? message.arrivedAtMs;
      labels.set(seq, { question, atMs, seq, label, phase: label === null ? 'end' : 'begin', track: null });
    }
  }
  const withEvents = new Set(
    [...events.values()].filter(({ track }) => track === null).map(({ question }) => question),
  );
  const rest = [...labels.values()].filter(({ question }) => !withEvents.has(question));
  return [...events.values(), ...rest].sort((a, b) => a.atMs - b.atMs || a.seq - b.seq);
}

/** Share of the time for which each label held, longest first. */
export function heldShares({
  segments,
}: Lane): { readonly label: string; readonly ratio: number; readonly ms: number }[] {
  const held = new Map<string, number>();
  for (const { label, fromMs, toMs } of segments) held.set(label, (held.get(label) ?? 0) + toMs - fromMs);
  const sum = [...held.values()].reduce((total, ms) => total + ms, 0);
  return [...held].map(([label, ms]) => ({ label, ms, ratio: sum === 0 ? 0 : ms / sum })).sort((a, b) => b.ms - a.ms);
}

/**
 * Joins what would be narrower than a reader can see, so that a day of changes is some hundred pieces: neighbours shorter than
 * `leastMs` become one piece that is called after the label that holds longest in it.
 */
export function forWidth(segments: readonly Segment[], leastMs: number): (Segment & { readonly joined: number })[] {
  const pieces: (Segment & { joined: number; held: Map<string, number> })[] = [];
  for (const segment of segments) {
    const last = pieces.at(-1);
    const ms = segment.toMs - segment.fromMs;
    const isNear = last !== undefined && segment.fromMs - last.toMs < leastMs;
    if (last === undefined || !isNear || (ms >= leastMs && last.toMs - last.fromMs >= leastMs)) {
      pieces.push({ ...segment, joined: 1, held: new Map([[segment.label, ms]]) });
      continue;
    }
    last.held.set(segment.label, (last.held.get(segment.label) ?? 0) + ms);
    const [label] = [...last.held].sort((a, b) => b[1] - a[1])[0] ?? [segment.label];
    const { held, joined, ...before } = last;
    pieces[pieces.length - 1] = {
      ...before,
      label,
      toMs: segment.toMs,
      isOpenEnd: segment.isOpenEnd,
      joined: joined + 1,
      held,
    };
  }
  return pieces.map(({ held: _, ...piece }) => piece);
}
