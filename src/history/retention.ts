import type { Limits } from './protocol.ts';
import { expired, type Span } from './spans.ts';
import { numberOf, type Sqlite } from './sqlite.ts';

/** Few at a time: the batches of the moment must not wait. */
const SPANS_A_STEP = 20;
const PAGES_A_STEP = 500;
/** After the clock leapt ahead by more than this, time alone drops nothing for as long: the leap may be taken back. */
const LEAP_MS = 3_600_000;

const DAY_MS = 86_400_000;
const MEGABYTE = 1_000_000;

/** What a disk keeps within its bounds, a small step at a time. */
export class Retention {
  readonly #limits: Limits;
  #before: { readonly unixMs: number; readonly monotonicMs: number } | null = null;
  #trustedFromMs = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** @returns how many of the oldest spans are to go now */
  due(spans: readonly Span[], usedBytes: number, unixMs: number, monotonicMs: number): number {
    if (this.#before !== null) {
      const leap = unixMs - this.#before.unixMs - (monotonicMs - this.#before.monotonicMs);
      if (leap > LEAP_MS) this.#trustedFromMs = monotonicMs + LEAP_MS;
    }
    this.#before = { unixMs, monotonicMs };
    const cutMs = unixMs - this.#limits.retentionDays * DAY_MS;
    const byTime = monotonicMs < this.#trustedFromMs ? 0 : expired(spans, cutMs, unixMs);
    const limit = this.#limits.maxMegabytes * MEGABYTE;
    // Of a store that is too large the oldest go: as many as hold the share that is too much.
    const share = usedBytes > limit ? (usedBytes - limit * 0.98) / usedBytes : 0;
    const bySize = Math.min(Math.ceil(share * spans.length), spans.length - 1);
    return Math.min(SPANS_A_STEP, Math.max(byTime, bySize));
  }
}

/** Gives some of the free pages back to the file system. */
export function giveBack(database: Sqlite): void {
  if (numberOf(database.prepare('PRAGMA freelist_count').get(), 'freelist_count') === 0) return;
  database.exec(`PRAGMA incremental_vacuum(${PAGES_A_STEP})`);
}

/** Bytes of the pages that hold something. */
export function usedBytes(database: Sqlite): number {
  const pragma = (name: string) => numberOf(database.prepare(`PRAGMA ${name}`).get(), name);
  return (pragma('page_count') - pragma('freelist_count')) * pragma('page_size');
}
