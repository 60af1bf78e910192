import { join } from 'node:path';
import { type History, startHistory } from '../../src/history/history.ts';
import { openStore } from '../../src/history/open-store.ts';
import type { Entry, Filter, Limits } from '../../src/history/protocol.ts';
import type { Spawn } from '../../src/history/thread.ts';
import type { Label } from '../../src/types.ts';

export const LIMITS: Limits = { retentionDays: 7, maxMegabytes: 64 };
export const ALL = { cameras: 'all', every: 'frame' } as const;
export const EVERYTHING: Filter = {
  cameras: 'all',
  questions: null,
  changesOnly: false,
  types: [0, 1, 2],
  fromMs: null,
  toMs: null,
};

/** A history with its thread. */
export function begin(stateDir: string, notices: string[] = [], spawn?: Spawn): Promise<History> {
  return startHistory({ stateDir, limits: LIMITS, onNotice: (text) => notices.push(text) }, spawn);
}

/** A database in this thread. */
export function beginStore(stateDir: string, limits: Limits = LIMITS, unixMs = Date.now()) {
  return openStore({ folder: join(stateDir, 'history'), limits, adopt: null }, unixMs);
}

export function entry(seq: number, given: Partial<Entry> = {}): Entry {
  const text = given.text ?? `{"seq":${seq}}`;
  return {
    seq,
    at: 1_700_000_000_000 + seq,
    type: 0,
    camera: 'gate',
    question: 'default',
    changed: true,
    text,
    ...given,
  };
}

/** A label as the daemon sends it. */
export function put(history: History, seq: number, { camera = 'gate', padding = '' } = {}): void {
  const atMs = Date.now();
  const label: Label = {
    camera,
    question: 'default',
    stream: 1,
    ptsSeconds: seq / 5,
    arrivedAtMs: atMs - 12,
    decidedAtMs: atMs,
    view: { kind: 'frame', box: [0, 0, 1, 1] },
    label: padding === '' ? 'espresso' : padding,
    classId: 'n07920052',
    confidence: 0.5 + (seq % 50) / 100,
    top: [
      { label: 'espresso', classId: 'n07920052', confidence: 0.5 + (seq % 50) / 100 },
      { label: 'cup', classId: 'n07930864', confidence: 0.113 },
      { label: 'eggnog', classId: 'n07932039', confidence: 0.0213 },
    ],
    stable: { label: 'espresso', sinceMs: atMs - 4_000 },
    changed: seq % 10 === 0,
    path: [{ rung: 'lite0@160-int8', waitMs: 0.0213, runMs: 12.3 + (seq % 7) / 10, confidence: 0.61 }],
    stop: 'accepted',
    budgetMs: 100,
    spentMs: 13.9 + (seq % 11) / 10,
    operatingPoint: 'balanced',
    clock: { state: 'pinned', source: 'linux' },
  };
  const message = { type: 'label', epoch: history.epochId, seq, ...label, emittedAtMs: label.decidedAtMs } as const;
  history.publish(message, JSON.stringify(message));
}

/** Everything behind a number, a page after the other. */
export async function told(history: History, after: number, limit = 500) {
  const items = [];
  for (let place = after; ; ) {
    const page = await history.page({ after: place, wants: ALL, limit });
    items.push(...page.items);
    if (page.to <= place || page.items.length === 0) return items;
    place = page.to;
  }
}
