import { expect, test } from 'vitest';
import { rowsOf, withMore } from '../../../src/web/camera/held.ts';
import type { Message } from '../../../src/web/camera/wire.ts';

const message = (seq: number) => ({ type: 'event', seq }) as unknown as Message;

test('what comes live pushes out the oldest, which can be loaded again', () => {
  let held = withMore({ messages: [], next: null }, [message(1), message(2), message(3)], 3);
  expect(held.next).toBeNull();
  held = withMore(held, [message(4)], 3);
  expect(held).toEqual({ messages: [message(4), message(3), message(2)], next: '2' });
});

test('the same message counts once', () => {
  expect(withMore({ messages: [message(2)], next: '2' }, [message(2), message(1)], 9).messages).toHaveLength(2);
});

test('a change is one row: what began, not also what ended with it and the label that shows it', () => {
  const event = (seq: number, phase: string, atMs: number) =>
    ({ type: 'event', seq, question: 'default', phase, atMs }) as unknown as Message;
  const label = { type: 'label', seq: 3, question: 'default', changed: true } as unknown as Message;
  const rows = rowsOf([event(4, 'end', 900), label, event(2, 'begin', 500), event(1, 'end', 500)]);
  expect(rows.map(({ seq }) => seq)).toEqual([4, 2]);
  expect(rowsOf([label])).toEqual([label]);
});

test('a state is a row where it is another than before; that a camera is live is no news by itself', () => {
  const state = (seq: number, name: string) => ({ type: 'camera', seq, state: name }) as unknown as Message;
  const states = [state(5, 'live'), state(4, 'stalled'), state(3, 'stalled'), state(2, 'live'), state(1, 'live')];
  expect(rowsOf(states).map(({ seq }) => seq)).toEqual([5, 3]);
});
