import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { messageOf, WeirError } from '../errors.ts';
import type { SequencedMessage } from '../protocol/messages.ts';
import type { LabelArchive, LabelQuery, Past, Wish } from '../sinks/past.ts';
import { entryOf } from './entry.ts';
import { aboveAllSent } from './floor.ts';
import { DATABASE, reservedOf } from './open-store.ts';
import { type Filter, type Limits, type ScanAnswer, type ScanRequest, type StoreStatus, TYPES } from './protocol.ts';
import { Spool } from './spool.ts';
import { type Opened, openedBy, type Spawn, spawnThread, Thread } from './thread.ts';

const BATCH_MS = 250;
const BATCH_MESSAGES = 500;
/** What waits here for a thread that does not answer. */
const PENDING_BYTES = 16_000_000;

export interface HistoryParts {
  readonly stateDir: string;
  readonly limits: Limits;
  readonly onNotice: (text: string) => void;
  /** That it begins without its disk; left out: a notice. */
  readonly onFailure?: (text: string) => void;
}

/** The kept messages, as the main thread sees them: it posts and asks, the disk is another thread's. */
export class History implements Past, LabelArchive {
  readonly epochId: string;
  /** Behind which number the line goes on. */
  readonly startsBehind: number;
  readonly #thread: Thread;
  readonly #pending = new Spool(PENDING_BYTES);
  #status: StoreStatus;
  /** Of threads that died. */
  #before = { written: 0, dropped: 0 };
  #timer: NodeJS.Timeout | null = null;
  #last: number;

  /** @param thread makes the thread that writes, given what is to be done with its reports */
  constructor(
    { epoch, last, status }: Pick<Opened, 'epoch' | 'last' | 'status'>,
    onNotice: HistoryParts['onNotice'],
    thread: (events: ConstructorParameters<typeof Thread>[4]) => Thread,
  ) {
    this.epochId = epoch;
    this.startsBehind = last;
    this.#last = last;
    this.#status = status;
    this.#thread = thread({
      onNotice,
      onStatus: (told) => this.#take(told),
      onRoom: () => this.handOver(),
      nextUnsent: () => this.#pending.lost[0]?.first ?? this.#pending.entries[0]?.seq ?? this.#last + 1,
    });
  }

  get first(): number {
    return Math.min(this.#status.first, this.#last + 1);
  }

  get status(): StoreStatus {
    const dropped = this.#pending.lost.reduce((sum, range) => sum + range.last - range.first + 1, 0);
    const status = {
      ...this.#status,
      waitingBytes: this.#status.waitingBytes + this.#pending.bytes,
      written: this.#before.written + this.#status.written,
      dropped: this.#before.dropped + this.#status.dropped + dropped,
    };
    if (this.#thread.isAlive) return status;
    if (status.state === 'failing') return status;
    return { ...status, state: 'failing', reason: 'its thread has ended and is started anew' };
  }

  epoch(id: string): { readonly first: number; readonly last: number } | null {
    return this.#status.epochs.find(({ epoch }) => epoch === id) ?? null;
  }

  /** A sink's `publish`: kept at the next batch. */
  publish(message: SequencedMessage, text: string): void {
    this.#last = message.seq;
    this.#pending.push([entryOf(message, text)]);
    if (this.#pending.entries.length >= BATCH_MESSAGES && this.#thread.hasRoom) this.handOver();
    else this.#timer ??= setTimeout(() => this.handOver(), BATCH_MS);
  }

  async page({ after, wants, limit }: Parameters<Past['page']>[0]): ReturnType<Past['page']> {
    const filter = { ...filterOf(wants), types: [0, 1, 2], fromMs: null, toMs: null };
    const { items, to } = await this.#scan({ filter, after, descending: false, limit, withGaps: true });
    return { items, to };
  }

  async labels(query: LabelQuery): ReturnType<LabelArchive['labels']> {
    const types = query.types.map((type) => TYPES.indexOf(type));
    const filter = { ...filterOf(query), types, fromMs: query.fromMs ?? null, toMs: query.toMs ?? null };
    const descending = query.order === 'newest';
    const items: { seq: number; text: string }[] = [];
    let after = query.afterSeq ?? null;
    while (items.length < query.limit) {
      const limit = query.limit - items.length;
      const answer = await this.#scan({ filter, after, descending, limit, withGaps: false });
      for (const item of answer.items) if (item.kind === 'message') items.push({ seq: item.seq, text: item.text });
      after = answer.to;
      if (answer.isEnd) return { items, next: null };
    }
    return { items, next: after };
  }

  /** Writes what is left, seals the database. */
  async close(): Promise<void> {
    this.handOver(true);
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#thread.close();
  }

  #scan(request: ScanRequest): Promise<ScanAnswer> {
    this.handOver();
    return this.#thread.scan(request);
  }

  /** A thread that counts less than before is another one. */
  #take(status: StoreStatus): void {
    const { written, dropped } = this.#status;
    if (status.written < written) {
      this.#before = { written: this.#before.written + written, dropped: this.#before.dropped + dropped };
    }
    this.#status = status;
  }

  /** Hands over what waits, if there is room (if not, room itself calls), or at the end: numbers that were sent must be known. */
  handOver(isLast = false): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const { entries, lost } = this.#pending;
    if ((entries.length === 0 && lost.length === 0) || !(isLast || this.#thread.hasRoom)) return;
    this.#thread.send({ entries, dropped: lost });
    this.#pending.written(entries.length);
  }
}

/**
 * A disk that cannot be written, or read, keeps nobody from labels: the history then begins `failing`, in an epoch of its own, and is
 * tried again for as long as it lives.
 *
 * @throws WeirError `history-newer`
 */
export async function startHistory(parts: HistoryParts, spawn: Spawn = spawnThread): Promise<History> {
  const setup = { folder: join(parts.stateDir, 'history'), limits: parts.limits, adopt: null };
  try {
    const worker = spawn(setup);
    const opened = await openedBy(worker, parts.onNotice);
    return new History(opened, parts.onNotice, (events) => new Thread(worker, opened.epoch, setup, spawn, events));
  } catch (error) {
    if (error instanceof WeirError && error.code === 'history-newer') throw error;
    const { onFailure = parts.onNotice } = parts;
    onFailure(`nothing is kept until it can be: ${messageOf(error)}`);
    const opened = withoutDisk(setup.folder, messageOf(error));
    return new History(opened, parts.onNotice, (events) => new Thread(null, opened.epoch, setup, spawn, events));
  }
}

/** Behind all numbers that the disk tells of, as far as it can be read. */
function withoutDisk(folder: string, reason: string): Pick<Opened, 'epoch' | 'last' | 'status'> {
  const epoch = randomUUID();
  const last = aboveAllSent(folder, reservedOf(join(folder, DATABASE)));
  const nothing = { bytes: 0, written: 0, dropped: 0, waitingBytes: 0, batchP95Ms: 0, quarantined: [] };
  const epochs = [{ epoch, first: last + 1, last }];
  return { epoch, last, status: { state: 'failing', reason, first: last + 1, last, ...nothing, epochs } };
}

function filterOf({ cameras, questions, every }: Wish): Pick<Filter, 'cameras' | 'questions' | 'changesOnly'> {
  return { cameras, questions: questions ?? null, changesOnly: every === 'change' };
}
