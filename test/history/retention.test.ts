import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { expired } from '../../src/history/spans.ts';
import type { Store } from '../../src/history/store.ts';
import { temporaryFolder } from '../support/clips.ts';
import { beginStore, EVERYTHING, entry } from '../support/history.ts';

const DAY_MS = 86_400_000;
const NOW_MS = 1_764_000_000_000;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

function fill(store: Store, from: number, to: number, at: (seq: number) => number, bytes = 0): void {
  for (let seq = from; seq <= to; seq++) {
    const text = randomBytes(bytes / 2).toString('hex');
    store.take([entry(seq, { at: at(seq), text })], []);
  }
  store.flush();
}

describe('by time', () => {
  test('what is older goes, a span at a time, and is told as expired', () => {
    const { store } = beginStore(folder.path);
    fill(store, 1, 1_000, (seq) => NOW_MS - 9 * DAY_MS + seq);
    fill(store, 1_001, 2_000, (seq) => NOW_MS - 6 * DAY_MS + seq);
    store.tidy(NOW_MS, 0);
    expect(store.status(null, [])).toMatchObject({ first: 1_001, last: 2_000 });
    const { items } = store.scan({ filter: EVERYTHING, after: 5, descending: false, limit: 1, withGaps: true });
    expect(items).toMatchObject([{ kind: 'gap', from: 6, to: 1_000, reason: 'expired' }, { seq: 1_001 }]);
    store.abandon();
  });

  test('where all is expired, all of it is told as a gap', () => {
    const { store } = beginStore(folder.path);
    fill(store, 1, 100, (seq) => NOW_MS - 9 * DAY_MS + seq);
    store.tidy(NOW_MS, 0);
    const answer = store.scan({ filter: EVERYTHING, after: 5, descending: false, limit: 10, withGaps: true });
    expect(answer).toEqual({ items: [{ kind: 'gap', from: 6, to: 100, reason: 'expired' }], to: 100, isEnd: true });
    fill(store, 101, 101, () => NOW_MS);
    expect(store.status(null, [])).toMatchObject({ first: 101, last: 101 });
    store.abandon();
  });

  test('a clock that leaps ahead takes nothing for an hour, one that is set back takes nothing', () => {
    const { store } = beginStore(folder.path);
    fill(store, 1, 10, () => NOW_MS);
    store.tidy(NOW_MS, 0);
    store.tidy(NOW_MS + 400 * DAY_MS, 1_000);
    store.tidy(NOW_MS - 400 * DAY_MS, 2_000);
    expect(store.status(null, []).first).toBe(1);
    store.tidy(NOW_MS + 400 * DAY_MS, 3_000);
    store.tidy(NOW_MS + 400 * DAY_MS + 3_700_000, 3_703_000);
    expect(store.status(null, []).first).toBe(11);
    store.abandon();
  });

  const span = (first: number, atMax: number) => ({ first, last: first + 9, atMin: atMax, atMax, messages: 10 });
  test.each([
    ['nothing', [], 0],
    ['all in time', [span(1, 90), span(11, 95)], 0],
    ['the first too old', [span(1, 10), span(11, 95)], 1],
    ['a clock that began in 1970 makes nothing old that follows what is in time', [span(1, 90), span(11, 0)], 0],
    ['a clock that was ahead keeps nothing for ever', [span(1, 10), span(11, 5_000), span(21, 20), span(31, 95)], 3],
    ['a time to come alone says nothing', [span(1, 5_000)], 0],
  ])('%s', (_, spans, count) => expect(expired(spans, 50, 100)).toBe(count));
});

test('by size: the oldest go, and their bytes go back to the disk', () => {
  const { store } = beginStore(folder.path, { retentionDays: 7, maxMegabytes: 1 });
  fill(store, 1, 8_000, (seq) => NOW_MS + seq * 10_000, 1_000);
  const before = store.status(null, []).bytes;
  for (let second = 1; second <= 60; second++) store.tidy(NOW_MS, second * 1_000);
  const { first, last } = store.status(null, []);
  expect(first).toBeGreaterThan(1);
  expect(last).toBe(8_000);
  store.close();
  const { size } = statSync(store.path);
  expect(before).toBeGreaterThan(4_000_000);
  expect(size).toBeLessThan(1_100_000);
  expect(size).toBeGreaterThan(500_000);
});

describe('epochs', () => {
  const known = (store: Store) => store.status(null, []).epochs;

  test('one of which nothing is kept is forgotten with its messages', () => {
    const before = beginStore(folder.path).store;
    fill(before, 1, 100, () => NOW_MS - 9 * DAY_MS);
    before.abandon();
    const { store, last } = beginStore(folder.path);
    fill(store, last + 1, last + 100, () => NOW_MS);
    expect(known(store)).toHaveLength(2);
    store.tidy(NOW_MS, 0);
    expect(known(store).map(({ epoch }) => epoch)).toEqual([store.epoch]);
    store.abandon();
  });

  test('a daemon that ends without a word again and again leaves no more than 200', () => {
    let store = beginStore(folder.path).store;
    for (let end = 0; end < 210; end++) {
      store.abandon();
      store = beginStore(folder.path).store;
    }
    expect(known(store)).toHaveLength(200);
    expect(known(store).at(-1)?.epoch).toBe(store.epoch);
    store.abandon();
  });
});
