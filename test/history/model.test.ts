import { expect, test } from 'vitest';
import type { Entry, Filter } from '../../src/history/protocol.ts';
import { matches } from '../../src/history/scan.ts';
import type { Store } from '../../src/history/store.ts';
import type { PastItem } from '../../src/sinks/past.ts';
import { temporaryFolder } from '../support/clips.ts';
import { beginStore, entry } from '../support/history.ts';
import fc from '../support/property.ts';

const BEGIN_MS = 1_700_000_000_000;

const message = fc.record({
  camera: fc.constantFrom('gate', 'yard', 'a,b'),
  question: fc.constantFrom('default', 'parcel'),
  type: fc.constantFrom(0, 0, 0, 1, 2),
  changed: fc.boolean(),
  /** The clock goes, stands, leaps and is set back. */
  stepMs: fc.constantFrom(200, 200, 0, 4_000_000, -100_000),
  /** Numbers before it that a full disk lost. */
  lostBefore: fc.constantFrom(0, 0, 0, 0, 1, 3),
  flush: fc.boolean(),
});
const filter: fc.Arbitrary<Filter> = fc.record({
  cameras: fc.constantFrom<Filter['cameras']>('all', 'all', ['gate'], ['yard', 'nowhere'], ['nowhere'], []),
  questions: fc.constantFrom(null, null, ['parcel'], ['default', 'none']),
  changesOnly: fc.boolean(),
  types: fc.constantFrom([0, 1, 2], [0], [1, 2], [2]),
  fromMs: fc.option(fc.integer({ min: -200_000, max: 6_000_000 }).map((ms) => BEGIN_MS + ms)),
  toMs: fc.option(fc.integer({ min: -200_000, max: 6_000_000 }).map((ms) => BEGIN_MS + ms)),
});

/** All answers, each going on behind the one before. */
function scanned(
  store: Store,
  filter: Filter,
  descending: boolean,
  limit: number,
  withGaps: boolean,
  begin: number | null,
) {
  const items: PastItem[] = [];
  let after = begin;
  for (let tries = 0; tries < 1_000; tries++) {
    const answer = store.scan({ filter, after, descending, limit, withGaps });
    expect(answer.items.filter(({ kind }) => kind === 'message').length).toBeLessThanOrEqual(limit);
    items.push(...answer.items);
    if (answer.isEnd) return items;
    expect(answer.to).not.toBe(after);
    after = answer.to;
  }
  throw new Error('it never ends');
}

test('pages and labels are what an array says, whatever is written, waits or is lost', async () => {
  const folder = await temporaryFolder();
  let run = 0;
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 40 }),
      filter,
      fc.integer({ min: 1, max: 7 }),
      fc.boolean(),
      fc.integer({ min: 0, max: 50 }),
      (given, wanted, limit, descending, after) => {
        const { store } = beginStore(`${folder.path}/${run++}`);
        const entries: Entry[] = [];
        const lost: number[] = [];
        let seq = 0;
        let at = BEGIN_MS;
        for (const { stepMs, lostBefore, flush, ...rest } of given) {
          if (lostBefore > 0) store.take([], [{ first: seq + 1, last: seq + lostBefore }]);
          for (let count = 0; count < lostBefore; count++) lost.push(++seq);
          at += stepMs;
          const text = `{"seq":${++seq},"atMs":${at}}`;
          const added = entry(seq, { ...rest, ...(rest.type === 2 ? { question: '' } : {}), at, text });
          entries.push(added);
          store.take([added], []);
          if (flush) store.flush();
        }
        // As labels: filtered, in both directions.
        const kept = entries.filter((one) => matches(one, wanted)).map(({ text }) => text);
        const answers = scanned(store, wanted, descending, limit, false, null);
        expect(answers.map((item) => item.kind === 'message' && item.text)).toEqual(descending ? kept.reverse() : kept);
        // As a subscriber: every number is sent, unwanted or in a gap.
        const timeless = { ...wanted, fromMs: null, toMs: null };
        const expected = [
          ...entries.filter((one) => one.seq > after && matches(one, timeless)).map((one) => one.seq),
          ...lost.filter((number) => number > after),
        ].sort((a, b) => a - b);
        const seen = scanned(store, timeless, false, limit, true, after).flatMap((item) =>
          item.kind === 'message'
            ? [item.seq]
            : Array.from({ length: item.to - item.from + 1 }, (_, index) => item.from + index),
        );
        expect(seen).toEqual(expected);
        store.abandon();
      },
    ),
    { numRuns: 60, seed: 9 },
  );
  await folder.remove();
});
