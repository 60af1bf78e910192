import { expect, test } from 'vitest';
import { Asking } from '../../src/history/asking.ts';
import type { Order } from '../../src/history/protocol.ts';
import { temporaryFolder } from '../support/clips.ts';
import { beginStore, EVERYTHING, entry } from '../support/history.ts';

const LABELS = { filter: EVERYTHING, after: null, descending: false, limit: 1, withGaps: false };
const PAGE = { ...LABELS, withGaps: true };
const ANSWER = { items: [], to: 0, isEnd: true };

function asking() {
  const orders: Order[] = [];
  return { orders, it: new Asking((order) => orders.push(order)) };
}

test('no more than two are with the thread at once, so that batches and the end come between', async () => {
  const { orders, it } = asking();
  const answers = [1, 2, 3].map(() => it.scan(PAGE));
  expect(orders).toHaveLength(2);
  it.answer(1, ANSWER, '');
  expect(orders).toHaveLength(3);
  expect(await answers[0]).toBe(ANSWER);
});

test('of those who ask for labels 32 wait, the next is told to try again; subscribers that come back wait all the same', async () => {
  const { it } = asking();
  const waiting = Array.from({ length: 34 }, () => it.scan(LABELS));
  await expect(it.scan(LABELS)).rejects.toMatchObject({ code: 'history-busy' });
  waiting.push(...Array.from({ length: 500 }, () => it.scan(PAGE)));
  const ended = Promise.allSettled(waiting);
  it.end('Weir is stopping');
  const reasons = (await ended).map((one) => one.status === 'rejected' && one.reason.code);
  expect(reasons).toEqual(Array(534).fill('history-failing'));
});

test('for a camera that nothing is kept of not all is looked through', async () => {
  const folder = await temporaryFolder();
  const { store } = beginStore(folder.path);
  store.take(
    [...Array(30_000).keys()].map((index) => entry(index + 1)),
    [],
  );
  store.flush();
  const asked = { ...LABELS, filter: { ...EVERYTHING, cameras: ['nobody'] } };
  expect(store.scan(asked)).toEqual({ items: [], to: 30_000, isEnd: true });
  store.abandon();
  await folder.remove();
});
