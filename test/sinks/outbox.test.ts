import { describe, expect, test } from 'vitest';
import { parseClientMessage } from '../../src/protocol/client-schemas.ts';
import type { SequencedMessage, SubscribeMessage } from '../../src/protocol/messages.ts';
import { Outbox } from '../../src/sinks/outbox.ts';
import { Outgoing } from '../../src/sinks/outgoing.ts';
import { Subscription } from '../../src/sinks/subscription.ts';
import fc from '../support/property.ts';

describe('Outbox', () => {
  test('every message is sent, or told in a gap that covers it; the order stays', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.constantFrom('push', 'push', 'shift'), { maxLength: 80 }),
        (limit, actions) => {
          const outbox = new Outbox({ messages: limit, bytes: 1e6 });
          const sent: number[] = [];
          const gaps: { from: number; to: number; missed: number }[] = [];
          let seq = 0;
          let missed = 0;
          const take = () => {
            const item = outbox.shift('e');
            if (item === undefined) return;
            const message = JSON.parse(item.text);
            expect(item.seq).toBe(message.seq ?? message.to);
            if (message.type === 'gap') {
              expect(message).toMatchObject({ epoch: 'e', reason: 'slow' });
              gaps.push(message);
              missed += message.missed;
            } else sent.push(message.seq);
          };
          for (const action of actions) {
            if (action === 'push') {
              seq += 1 + (seq % 3); // numbers of a subscriber have holes: it did not ask for all
              outbox.push(new Outgoing(seq, JSON.stringify({ seq })));
              expect(outbox.length).toBeLessThanOrEqual(limit);
            } else take();
          }
          while (!outbox.isEmpty) take();
          expect(sent).toEqual([...sent].sort((a, b) => a - b));
          expect(missed).toBe(outbox.droppedTotal);
          let pushed = 0;
          for (let n = 0; n < seq; ) {
            n += 1 + (n % 3);
            pushed++;
            const covered = sent.includes(n) || gaps.some(({ from, to }) => from <= n && n <= to);
            expect(covered).toBe(true);
          }
          expect(sent.length + missed).toBe(pushed);
        },
      ),
    );
  });
});

describe('parseClientMessage', () => {
  test.each([
    ['{"type":"subscribe","cameras":"all","every":"frame"}'],
    ['{"type":"subscribe","cameras":["a"],"every":"change","questions":["default"],"since":"epoch-1:12"}'],
    ['{"type":"subscribe","cameras":"all","every":"frame","later":"field"}'],
    ['{"type":"auth","token":"t"}'],
  ])('understands %s', (text) => {
    expect(parseClientMessage(text)).toMatchObject({ type: expect.any(String) });
  });

  test.each([
    ['nonsense', /not JSON/],
    ['{}', /type/],
    ['{"type":"subscribe"}', /cameras/],
    ['{"type":"subscribe","cameras":[],"every":"frame"}', /cameras/],
    ['{"type":"subscribe","cameras":"all","every":"minute"}', /every/],
    ['{"type":"subscribe","cameras":"all","every":"frame","since":"12"}', /since: must be "epoch:seq"/],
    ['{"type":"label"}', /type/],
    ['[]', /must be an object with keys, not a list/],
    ['null', /must be an object with keys, not nothing/],
  ])('says what is wrong with %s', (text, message) => {
    expect(parseClientMessage(text)).toMatch(message);
  });

  test('whatever comes, it answers', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        parseClientMessage(text);
      }),
    );
  });
});

test.each<[Partial<SubscribeMessage>, Partial<SequencedMessage>, boolean]>([
  [{ cameras: 'all' }, { type: 'label', camera: 'a', changed: false }, true],
  [{ cameras: ['b'] }, { type: 'label', camera: 'a', changed: true }, false],
  [{ cameras: ['b'] }, { type: 'camera', camera: 'b' }, true],
  [{ every: 'change' }, { type: 'label', camera: 'a', changed: false }, false],
  [{ every: 'change' }, { type: 'label', camera: 'a', changed: true }, true],
  [{ every: 'change' }, { type: 'camera', camera: 'a' }, true],
  [{ questions: ['drive'] }, { type: 'label', camera: 'a', question: 'default', changed: true }, false],
])('subscription %j wants %j: %s', (subscription, message, wanted) => {
  const full = { type: 'subscribe', cameras: 'all', every: 'frame', ...subscription } as SubscribeMessage;
  expect(new Subscription(full, { cameras: 'all' }).wants(message as SequencedMessage)).toBe(wanted);
});
