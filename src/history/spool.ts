import type { Entry, Range } from './protocol.ts';

/** Messages that wait for the disk: bounded by bytes, drop-oldest; what was dropped is noted as ranges. */
export class Spool {
  readonly #limitBytes: number;
  #entries: Entry[] = [];
  #bytes = 0;
  #lost: Range[] = [];
  #dropped = 0;

  /** @param dropped what was lost before it began */
  constructor(limitBytes: number, dropped = 0) {
    this.#limitBytes = limitBytes;
    this.#dropped = dropped;
  }

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Ranges of numbers that were dropped since they were last noted. */
  get lost(): readonly Range[] {
    return this.#lost;
  }

  /** Messages dropped since the beginning. */
  get dropped(): number {
    return this.#dropped;
  }

  push(entries: readonly Entry[]): void {
    for (const entry of entries) {
      this.#entries.push(entry);
      this.#bytes += sizeOf(entry);
    }
    let count = 0;
    while (this.#bytes > this.#limitBytes && count < this.#entries.length) {
      const entry = this.#entries[count++];
      if (entry === undefined) break;
      this.#bytes -= sizeOf(entry);
      this.lose({ first: entry.seq, last: entry.seq });
    }
    if (count > 0) this.#entries = this.#entries.slice(count);
  }

  /** Notes what will never be written. */
  lose(range: Range): void {
    this.#dropped += range.last - range.first + 1;
    // Seldom more than one: what the sender dropped is newer than what is dropped here.
    let place = this.#lost.length;
    while (place > 0 && (this.#lost[place - 1]?.first ?? 0) > range.first) place--;
    const before = this.#lost[place - 1];
    if (before !== undefined && before.last + 1 === range.first) {
      this.#lost[place - 1] = { first: before.first, last: range.last };
    } else this.#lost.splice(place, 0, range);
  }

  /** The oldest are on the disk, and all that was lost is noted there. */
  written(count: number): void {
    for (const entry of this.#entries.slice(0, count)) this.#bytes -= sizeOf(entry);
    this.#entries = this.#entries.slice(count);
    this.#lost = [];
  }
}

/** About what it takes in memory. */
export function sizeOf(entry: Entry): number {
  return entry.text.length + 200;
}
