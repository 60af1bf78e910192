import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { WeirError } from '../errors.ts';
import type { SequencedMessage } from '../protocol/messages.ts';
import type { LabelArchive, LabelQuery, Past, Wish } from '../sinks/past.ts';
import type { Clock } from '../types.ts';
import { entryOf } from './entry.ts';
import {
  type Entry,
  type Filter,
  type Limits,
  type Order,
  type Report,
  type ScanAnswer,
  type ScanRequest,
  type StoreStatus,
  TYPES,
} from './protocol.ts';

const BATCH_MS = 250;
const BATCH_MESSAGES = 500;
/** How long the thread may take to write what is left. */
const CLOSE_MS = 2_500;

export interface HistoryParts {
  readonly stateDir: string;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly onNotice: (text: string) => void;
}

type Opened = Extract<Report, { type: 'open' }>;

/** The kept messages, as the main thread sees them: it posts and asks, the disk is another thread's. */
export class History implements Past, LabelArchive {
  readonly epochId: string;
  /** Behind which number the line goes on. */
  readonly startsBehind: number;
  readonly #worker: Worker;
  readonly #clock: Clock;
  readonly #asked = new Map<number, { resolve: (answer: ScanAnswer) => void; reject: (error: Error) => void }>();
  #status: StoreStatus;
  #pending: Entry[] = [];
  #timer: NodeJS.Timeout | null = null;
  #nextId = 1;
  #last: number;
  #isAlive = true;
  #lostHere = 0;

  constructor(worker: Worker, opened: Opened, { clock, onNotice }: HistoryParts) {
    this.#worker = worker;
    this.#clock = clock;
    this.epochId = opened.epoch;
    this.startsBehind = opened.last;
    this.#last = opened.last;
    this.#status = opened.status;
    worker.on('message', (report: Report) => {
      if (report.type === 'status') this.#status = report.status;
      else if (report.type === 'notice') onNotice(report.text);
      else if (report.type === 'scanned') this.#answer(report);
    });
    worker.on('error', (error) => onNotice(`the history's thread died: ${error.message}`));
    worker.once('exit', () => {
      this.#isAlive = false;
      for (const { reject } of this.#asked.values()) reject(gone());
      this.#asked.clear();
    });
  }

  get first(): number {
    return Math.min(this.#status.first, this.#last + 1);
  }

  get status(): StoreStatus {
    if (this.#isAlive) return this.#status;
    const dropped = this.#status.dropped + this.#lostHere;
    return { ...this.#status, state: 'failing', reason: 'its thread has ended', dropped };
  }

  epoch(id: string): { readonly first: number; readonly last: number } | null {
    return this.#status.epochs.find(({ epoch }) => epoch === id) ?? null;
  }

  /** A sink's `publish`: kept at the next batch. */
  publish(message: SequencedMessage, text: string): void {
    this.#last = message.seq;
    if (!this.#isAlive) {
      this.#lostHere++;
      return;
    }
    this.#pending.push(entryOf(message, text, this.#clock.unixMs()));
    if (this.#pending.length >= BATCH_MESSAGES) this.#post();
    else this.#timer ??= setTimeout(() => this.#post(), BATCH_MS);
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
    if (!this.#isAlive) return;
    this.#post();
    const ended = new Promise<void>((resolve) => this.#worker.once('exit', () => resolve()));
    this.#order({ type: 'close' });
    const late = setTimeout(() => void this.#worker.terminate(), CLOSE_MS);
    await ended;
    clearTimeout(late);
  }

  #scan(request: ScanRequest): Promise<ScanAnswer> {
    if (!this.#isAlive) return Promise.reject(gone());
    this.#post();
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      this.#order({ type: 'scan', id, request });
    });
  }

  #answer({ id, answer, reason }: Extract<Report, { type: 'scanned' }>): void {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    if (answer !== null) asked?.resolve(answer);
    else
      asked?.reject(new WeirError('history-failing', `the history cannot be read: ${reason}`, { remedy: 'try again' }));
  }

  #post(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#pending.length === 0) return;
    this.#order({ type: 'batch', entries: this.#pending, dropped: [] });
    this.#pending = [];
  }

  #order(order: Order): void {
    this.#worker.postMessage(order);
  }
}

/** @throws WeirError `history-newer`, `history-unusable` */
export function startHistory(parts: HistoryParts): Promise<History> {
  const script = createRequire(import.meta.url).resolve('#history-worker');
  const workerData = { folder: join(parts.stateDir, 'history'), limits: parts.limits, adopt: null };
  const worker = new Worker(script, { workerData, name: 'weir-history' });
  return new Promise((resolve, reject) => {
    const listen = (report: Report) => {
      if (report.type === 'notice') return parts.onNotice(report.text);
      worker.off('message', listen);
      if (report.type === 'open') return resolve(new History(worker, report, parts));
      void worker.terminate();
      if (report.type !== 'unusable') return reject(gone());
      reject(new WeirError(report.code, report.message, { remedy: report.remedy, exitCode: 2 }));
    };
    worker.on('message', listen);
    worker.once('error', reject);
  });
}

function filterOf({ cameras, questions, every }: Wish): Pick<Filter, 'cameras' | 'questions' | 'changesOnly'> {
  return { cameras, questions: questions ?? null, changesOnly: every === 'change' };
}

function gone(): WeirError {
  return new WeirError('history-failing', 'the history’s thread has ended', { remedy: 'start Weir anew' });
}
