import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../types.ts';

/** Virtual time begins here, so that what is told of days looks like one: 2025-01-01. */
const BEGIN_UNIX_MS = 1_735_689_600_000;

interface Event {
  readonly atMs: number;
  readonly order: number;
  readonly act: () => void;
}

/**
 * A clock that stands still but for its events and for what is charged to it. As an event loop does, it acts on one event at a time, and
 * what comes while it is busy is acted on when it is free again: all of a daemon's work on its main thread can be played on it.
 */
export class VirtualTime implements Clock {
  /** A binary heap: the earliest first, of equal ones that which was asked for first. */
  readonly #events: Event[] = [];
  #nowMs = 0;
  #chargedMs = 0;
  #asked = 0;

  monotonicMs(): number {
    return this.#nowMs;
  }

  unixMs(): number {
    return BEGIN_UNIX_MS + this.#nowMs;
  }

  /** Work of the main thread so far. */
  get chargedMs(): number {
    return this.#chargedMs;
  }

  /** The main thread works for so long. */
  charge(ms: number): void {
    this.#nowMs += ms;
    this.#chargedMs += ms;
  }

  /** Has something done at a time, or as soon after it as the main thread is free. */
  at(atMs: number, act: () => void): void {
    const events = this.#events;
    const event = { atMs, order: this.#asked++, act };
    let place = events.length;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = events[above] as Event;
      if (!isBefore(event, parent)) break;
      events[place] = parent;
      place = above;
    }
    events[place] = event;
  }

  /**
   * Acts on all events up to a time, those that they ask for among them; between two of them all promises that are settled have their
   * turn. No real time passes but that of the work.
   */
  async run(untilMs: number): Promise<void> {
    for (;;) {
      const next = this.#events[0];
      if (next === undefined || Math.max(next.atMs, this.#nowMs) > untilMs) break;
      this.#takeFirst();
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.act();
      await turn();
    }
    if (Number.isFinite(untilMs)) this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  #takeFirst(): void {
    const events = this.#events;
    const last = events.pop();
    if (last === undefined || events.length === 0) return;
    let place = 0;
    for (;;) {
      const left = 2 * place + 1;
      let child = events[left];
      if (child === undefined) break;
      const right = events[left + 1];
      const isRight = right !== undefined && isBefore(right, child);
      if (isRight) child = right;
      if (!isBefore(child, last)) break;
      events[place] = child;
      place = left + (isRight ? 1 : 0);
    }
    events[place] = last;
  }
}

function isBefore(one: Event, other: Event): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
}
