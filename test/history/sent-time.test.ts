import { afterEach, beforeEach, expect, test } from 'vitest';
import { openReader } from '../../src/history/reader.ts';
import { temporaryFolder } from '../support/clips.ts';
import { beginStore, EVERYTHING, entry } from '../support/history.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

const QUERY = { filter: EVERYTHING, after: null, descending: false, limit: 10, withGaps: false };
const state = (seq: number, more: object) =>
  JSON.stringify({ type: 'camera', epoch: 'e', seq, camera: 'gate', state: 'live', reason: '', degraded: [], ...more });

test('states of cameras that were kept without their time are read with it, others as they were sent', () => {
  const { store } = beginStore(folder.path);
  const quoting = state(3, { reason: '"atMs":5' });
  const entries = [
    entry(1, { type: 2, question: '', text: state(1, {}) }),
    entry(2, { type: 2, question: '', text: state(2, { atMs: 7 }) }),
    entry(3, { type: 2, question: '', text: quoting }),
    entry(4, { text: '{"type":"label"}' }),
  ];
  store.take(entries, []);
  store.flush();
  const expected = [
    { ...JSON.parse(state(1, {})), atMs: entries[0]?.at },
    JSON.parse(state(2, { atMs: 7 })),
    { ...JSON.parse(quoting), atMs: entries[2]?.at },
    { type: 'label' },
  ];
  const texts = (items: readonly object[]) => items.map((item) => JSON.parse((item as { text: string }).text));
  expect(texts(store.scan(QUERY).items)).toEqual(expected);
  store.close();
  const reader = openReader(folder.path);
  expect(texts(reader.scan(QUERY).items)).toEqual(expected);
  reader.close();
});
