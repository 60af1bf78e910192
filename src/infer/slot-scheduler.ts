import { type Account, type Client, ServiceShares } from './service-shares.ts';

/** A run that is wanted of a slot; times are of one monotonic clock. */
export interface SlotWant {
  /** `null`: it is nobody's, as a run to measure something. */
  readonly client: Client | null;
  /** What it will probably take a slot. */
  readonly expectedMs: number;
  /** By when its answer is wanted; `Infinity` without a budget. */
  readonly deadlineMs: number;
  /** It is not worth beginning after this. */
  readonly latestStartMs: number;
}

/** A run that waits or is at work. */
export interface Ticket<T> {
  readonly item: T;
  readonly want: SlotWant;
  readonly queuedMs: number;
}

export type Offered<T> =
  /** It waits; what waited for the same camera does not any more. */
  | { readonly kind: 'queued'; readonly displaced: Ticket<T> | null }
  /** It would not come to its turn in time: `aheadMs` is what stands in front of it. */
  | { readonly kind: 'late'; readonly aheadMs: number };

interface Held<T> extends Ticket<T> {
  readonly order: number;
  readonly account: Account | null;
  startedMs: number;
}

/** Who had twice its fair share is behind one that had just that, unless its deadline is earlier by so much. */
const SHARE_MS = 400;
/** Who has more time than this has its turn as if it had so much: it must not wait behind all others for ever. */
const MOST_TIME_MS = 1_000;
/** Nobody waits longer for having had more than so many shares. */
const MOST_SHARES = 10;
/** The busy slots count half after so long. */
const LOAD_HALF_LIFE_MS = 2_000;

/**
 * Who gets the next inference slot: the earliest deadline, but who had more than its weighted share of late comes later. What would
 * not come to its turn in time is refused at once. Of each camera one run waits at most. Pure: it knows no clock and runs nothing.
 */
export class SlotScheduler<T> {
  readonly #shares = new ServiceShares();
  #waiting: Held<T>[] = [];
  readonly #running = new Set<Held<T>>();
  #offers = 0;
  #busy = 0;
  #busyMs = Number.NaN;

  /** How many wait. */
  get length(): number {
    return this.#waiting.length;
  }

  /** @param idle slots that could begin at once */
  offer(item: T, want: SlotWant, nowMs: number, idle: number): Offered<T> {
    const { client, latestStartMs } = want;
    const account = client === null ? null : this.#shares.account(client);
    const held = { item, want, queuedMs: nowMs, order: this.#offers++, account, startedMs: Number.NaN };
    const aheadMs = this.#aheadMs(held, nowMs, idle);
    if (nowMs + aheadMs > latestStartMs) return { kind: 'late', aheadMs };
    const displaced = client === null ? null : (this.#waiting.find((other) => isOf(client, other)) ?? null);
    if (displaced !== null) this.#remove(displaced);
    this.#waiting.push(held);
    return { kind: 'queued', displaced };
  }

  /** Takes out all that is not worth beginning any more. */
  expired(nowMs: number): Ticket<T>[] {
    const late = this.#waiting.filter(({ want }) => nowMs > want.latestStartMs);
    if (late.length > 0) this.#waiting = this.#waiting.filter(({ want }) => nowMs <= want.latestStartMs);
    return late;
  }

  /** The run that is to begin on a slot that is free; `null`: none waits. Tell `ended` when it is over. */
  next(nowMs: number): Ticket<T> | null {
    let first = this.#waiting[0];
    if (first === undefined) return null;
    for (const held of this.#waiting) if (this.#isBefore(held, first)) first = held;
    this.#remove(first);
    this.#count(nowMs);
    first.startedMs = nowMs;
    this.#running.add(first);
    const { client, expectedMs } = first.want;
    if (client !== null) this.#shares.charge(client, expectedMs, nowMs);
    return first;
  }

  /** A slot is done with a run, or died of it. @param servedMs what its camera is charged with: all the time by default */
  ended(ticket: Ticket<T>, nowMs: number, servedMs?: number): void {
    const held = ticket as Held<T>;
    this.#count(nowMs);
    const { client, expectedMs } = held.want;
    if (!this.#running.delete(held) || client === null) return;
    this.#shares.charge(client, (servedMs ?? nowMs - held.startedMs) - expectedMs, nowMs);
  }

  /** How many slots were busy of late, in the mean. */
  busy(nowMs: number): number {
    this.#count(nowMs);
    return this.#busy;
  }

  /** Takes out everything that waits. */
  drain(): Ticket<T>[] {
    return this.#waiting.splice(0);
  }

  /** How long it would wait, as far as can be said: what is before it and what is at work, on all slots alike. */
  #aheadMs(held: Held<T>, nowMs: number, idle: number): number {
    let runs = 0;
    let workMs = 0;
    for (const other of this.#waiting) {
      const { client } = held.want;
      if ((client !== null && isOf(client, other)) || !this.#isBefore(other, held)) continue;
      runs++;
      workMs += other.want.expectedMs;
    }
    const slots = idle + this.#running.size;
    if (runs < idle || slots === 0) return 0;
    let soonestMs = idle > 0 ? 0 : Infinity;
    for (const { startedMs, want } of this.#running) {
      const leftMs = Math.max(0, startedMs + want.expectedMs - nowMs);
      soonestMs = Math.min(soonestMs, leftMs);
      runs++;
      workMs += leftMs;
    }
    // Slots do not end at the same moment: the first is free half a run before their mean.
    const unevenMs = ((slots - 1) * workMs) / (2 * runs);
    return Math.max(soonestMs, (workMs - unevenMs) / slots);
  }

  #isBefore(one: Held<T>, other: Held<T>): boolean {
    const [a, b] = [this.#turnMs(one), this.#turnMs(other)];
    return a === b ? one.order < other.order : a < b;
  }

  /** Its deadline, moved by what its camera had. */
  #turnMs({ want, account, queuedMs }: Held<T>): number {
    const shares = account === null ? 1 : Math.min(MOST_SHARES, this.#shares.ratio(account));
    return Math.min(want.deadlineMs, queuedMs + MOST_TIME_MS) + SHARE_MS * shares;
  }

  #remove(held: Held<T>): void {
    this.#waiting.splice(this.#waiting.indexOf(held), 1);
  }

  #count(nowMs: number): void {
    const passedMs = nowMs - this.#busyMs;
    if (passedMs > 0) this.#busy += (this.#running.size - this.#busy) * (1 - 2 ** (-passedMs / LOAD_HALF_LIFE_MS));
    this.#busyMs = nowMs;
  }
}

/** Whether a run is wanted by a camera: by its name, as its account may have been closed meanwhile and opened anew. */
function isOf({ camera }: Client, { want }: { readonly want: SlotWant }): boolean {
  return want.client?.camera === camera;
}
