import { performance } from 'node:perf_hooks';
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf, WeirError } from '../errors.ts';
import { openStore } from './open-store.ts';
import type { Order, Report, StoreSetup, StoreStatus } from './protocol.ts';
import { quarantined } from './quarantine.ts';
import { writeSeal } from './seal.ts';
import { isCorruption } from './sqlite.ts';
import type { Store } from './store.ts';

/** The body of the thread in which the history is kept: SQLite blocks whoever calls it. */
const TIDY_EVERY_MS = 1_000;
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5_000;

const port = parentPort;
if (port === null) throw new Error('this file is the body of a worker thread');
const setup = workerData as StoreSetup;
const post = (report: Report) => port.postMessage(report);

let store: Store | null = null;
/** A corrupt database that is closed, for as long as no new one could be made. */
let abandoned: Store | null = null;
let told: StoreStatus | null = null;
let failure: string | null = null;
let retryMs = FIRST_RETRY_MS;
let retry: NodeJS.Timeout | null = null;

try {
  const opened = openStore(setup, Date.now());
  store = opened.store;
  for (const text of opened.notices) post({ type: 'notice', text });
  post({ type: 'open', epoch: opened.store.epoch, last: opened.last, status: statusOf(opened.store) });
} catch (error) {
  const known = error instanceof WeirError ? error : null;
  post({
    type: 'unusable',
    code: known?.code ?? 'history-unusable',
    message: known?.message ?? `the history in ${setup.folder} cannot be used: ${messageOf(error)}`,
    remedy: known?.remedy ?? 'check that folder, its owner and free space, or say `history: {enabled: false}`',
  });
}
const tidying = setInterval(() => {
  attempt(() => store?.tidy(Date.now(), performance.now()));
  tell();
}, TIDY_EVERY_MS);

if (store === null) {
  clearInterval(tidying);
  port.close();
}

port.on('message', (order: Order) => {
  if (store === null) return;
  if (order.type === 'batch') {
    store.take(order.entries, order.dropped);
    if (retry === null) flush();
    return post({ type: 'taken' });
  }
  if (order.type === 'scan') {
    let answer = null;
    const reason = attempt(() => {
      answer = store?.scan(order.request) ?? null;
    });
    return post({ type: 'scanned', id: order.id, answer, reason: reason ?? '' });
  }
  close();
});

function flush(): void {
  retry = null;
  const reason = attempt(() => store?.flush());
  if (reason === null) {
    if (failure !== null) post({ type: 'notice', text: 'the history is written again' });
    failure = null;
    retryMs = FIRST_RETRY_MS;
  } else {
    if (failure === null) post({ type: 'notice', text: `the history cannot be written: ${reason}` });
    failure = reason;
    retry = setTimeout(flush, retryMs);
    retryMs = Math.min(2 * retryMs, LAST_RETRY_MS);
  }
  tell();
}

/** @returns why it did not come off, `null` if it did; a corrupt database is exchanged for a new one */
function attempt(work: () => void): string | null {
  try {
    if (abandoned !== null) exchange(abandoned);
    work();
    return null;
  } catch (error) {
    if (!isCorruption(error) || store === null) return messageOf(error);
    try {
      store.abandon();
      abandoned = store;
      exchange(store);
    } catch {
      // Tried again before the next piece of work.
    }
    return messageOf(error);
  }
}

/** The epoch goes on in the new database; what was kept before counts as expired. */
function exchange(broken: Store): void {
  const last = Math.max(broken.committed, (broken.spool.entries[0]?.seq ?? 1) - 1);
  const adopt = { epoch: broken.epoch, last };
  const { store: next, notices } = openStore({ ...setup, adopt }, Date.now(), broken.spool);
  store = next;
  abandoned = null;
  for (const text of notices) post({ type: 'notice', text });
}

function statusOf(of: Store): StoreStatus {
  return of.status(failure, quarantined(of.path));
}

function tell(): void {
  if (store === null) return;
  try {
    told = statusOf(store);
    post({ type: 'status', status: told });
  } catch (error) {
    if (told !== null)
      post({ type: 'status', status: { ...told, state: 'failing', reason: failure ?? messageOf(error) } });
  }
}

function close(): void {
  clearInterval(tidying);
  if (retry !== null) clearTimeout(retry);
  // The first try may find a corrupt file and exchange it.
  const isWritten = [0, 1].some(() => attempt(() => store?.flush()) === null);
  try {
    if (store !== null && abandoned === null) {
      const { epoch, committed, path } = store;
      store.close();
      if (isWritten) writeSeal(setup.folder, path, { epoch, last: committed });
    }
  } catch {
    // Without a seal a new epoch begins.
  }
  post({ type: 'closed' });
  port?.close();
}
