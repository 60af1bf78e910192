import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { Outgoing } from '../../src/sinks/outgoing.ts';
import { Recent, type RecentMessage } from '../../src/sinks/recent.ts';
import { pageLimit } from '../../src/sinks/replay.ts';
import fc from '../support/property.ts';

function messageOf(seq: number, characters: number): RecentMessage {
  const message = {
    type: 'camera',
    epoch: 'now',
    seq,
    atMs: 0,
    camera: 'gate',
    state: 'live',
    reason: '',
    degraded: [],
  } as const;
  return { message, item: new Outgoing(seq, 'x'.repeat(characters)) };
}

describe('the newest messages', () => {
  test('are the last that fit in count and bytes, without a hole', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 50 }),
        fc.integer({ min: 1, max: 8 }),
        fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 60 }),
        (last, most, lengths) => {
          const recent = new Recent(last, most, 100);
          const kept: [seq: number, length: number][] = [];
          lengths.forEach((length, index) => {
            recent.push(messageOf(last + 1 + index, length));
            kept.push([last + 1 + index, length]);
            while (kept.length > most || kept.reduce((sum, [, size]) => sum + size, 0) > 100) kept.shift();
          });
          const newest = last + lengths.length;
          const first = kept[0]?.[0] ?? newest + 1;
          expect(recent.first).toBe(first);
          for (let after = last; after <= newest; after++) {
            const numbers = kept.map(([seq]) => seq).filter((seq) => seq > after && seq <= after + 3);
            const found = recent.from(after, 3)?.map(({ item }) => item.seq) ?? null;
            expect(found).toEqual(after + 1 < first ? null : numbers);
          }
        },
      ),
    );
  });

  test('that were let go are held no longer', async () => {
    setFlagsFromString('--expose-gc');
    const collect: () => void = runInNewContext('gc');
    const recent = new Recent(0, 100, 10);
    const gone = new WeakRef(pushOne(recent));
    for (let seq = 2; seq <= 4; seq++) recent.push(messageOf(seq, 5));
    await turn();
    collect();
    expect(gone.deref()).toBeUndefined();
    expect(recent.first).toBe(3);
  });
});

function pushOne(recent: Recent): RecentMessage {
  const one = messageOf(1, 5);
  recent.push(one);
  return one;
}

test.each([
  [[1_000, 1_000], 32, 262],
  [[16_384], 262, 16],
  [[100], 32, 500],
  [[600_000], 32, 1],
  [[], 77, 77],
])(
  'after a page with messages of %j characters and a limit of %i the next holds %i at most',
  (lengths, before, limit) => {
    const items = lengths.map((length, seq) => ({ kind: 'message', seq, text: 'x'.repeat(length) }) as const);
    expect(pageLimit([...items, { kind: 'gap', from: 1, to: 9, reason: 'expired' }], before)).toBe(limit);
  },
);
