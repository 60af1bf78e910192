import { describe, expect, test } from 'vitest';
import { type BenchEvent, eventsOfLabels, pooled, scoreEvents } from '../../bench/event-scores.ts';
import type { TruthQuestion } from '../../src/dataset/truth.ts';

const interval = (from: number, to: number, label: string, also: string[] = []) => ({ from, to, label, also });
const TRUTH: TruthQuestion = {
  id: 'default',
  text: null,
  classes: [{ name: 'empty' }, { name: 'car' }],
  intervals: [
    interval(0, 4, 'empty'),
    interval(4, 5, '~'),
    interval(5, 8, 'car'),
    interval(8, 12, 'empty'),
    interval(12, 14, 'bus', ['car']),
  ],
};
const event = (from: number, to: number, toldAt = from): BenchEvent => ({ from, to, toldAt });

describe('events are scored', () => {
  test.each([
    ['inside the class: right', [event(5.5, 7)], { right: [1], found: [1, 0], delaySeconds: [0.5], secondsRight: [1] }],
    ['elsewhere: wrong', [event(1, 2)], { right: [0], found: [0, 0], delaySeconds: [], secondsRight: [0] }],
    [
      'where it is unclear: not judged',
      [event(4.1, 4.9)],
      { right: [], found: [0, 0], delaySeconds: [], secondsRight: [] },
    ],
    [
      'told before it begins: no delay',
      [event(4.2, 6)],
      { right: [1], found: [1, 0], delaySeconds: [0], secondsRight: [1] },
    ],
    [
      'told late: counts from the interval',
      [event(5, 8, 6.5)],
      { right: [1], found: [1, 0], delaySeconds: [1.5], secondsRight: [1] },
    ],
    [
      'of the class beside another',
      [event(12, 14)],
      { right: [1], found: [0, 1], delaySeconds: [0], secondsRight: [1] },
    ],
    [
      'of all time: finds one, and mostly wrongly',
      [event(0, 14)],
      { right: [1], found: [1, 0], delaySeconds: [0], secondsRight: [5 / 13] },
    ],
    [
      'of two things at once: one spell, told with the first',
      [event(5, 7, 5.5), event(6, 7.5)],
      { right: [1], found: [1, 0], delaySeconds: [0.5], secondsRight: [1] },
    ],
    [
      'of one thing in pieces: one of them is right',
      [event(5, 5.5), event(6, 7.9)],
      { right: [0, 1], found: [1, 0], delaySeconds: [1], secondsRight: [1, 1] },
    ],
    [
      'that overlap the next one too: as many are found as can be',
      [event(7, 12.5), event(13, 14)],
      { right: [1, 1], found: [1, 1], delaySeconds: [2, 1], secondsRight: [1.5 / 5.5, 1] },
    ],
    ['none', [], { right: [], found: [0, 0], delaySeconds: [], secondsRight: [] }],
  ])('%s', (_name, events, scores) => {
    expect(scoreEvents(events, TRUTH, 'car')).toEqual(scores);
  });
});

test('an event that goes on over what is unclear says the one thing and the other', () => {
  const intervals = [interval(0, 2, 'car'), interval(2, 3, '~'), interval(3, 4, 'car'), interval(4, 9, 'empty')];
  expect(scoreEvents([event(0.5, 3.9)], { ...TRUTH, intervals }, 'car')).toEqual({
    right: [1, 1],
    found: [1, 1],
    delaySeconds: [0.5, 0],
    secondsRight: [1, 1],
  });
});

test('intervals of the class that touch are one', () => {
  const intervals = [interval(0, 2, 'car'), interval(2, 3, 'bus', ['car']), interval(3, 4, 'empty')];
  expect(scoreEvents([event(1, 2.5)], { ...TRUTH, intervals }, 'car').found).toEqual([1]);
});

test('of several clips, every spell and every interval counts', () => {
  const one = scoreEvents([event(5.5, 7)], TRUTH, 'car');
  const other = scoreEvents([event(1, 2)], TRUTH, 'car');
  expect(pooled([one, other])).toEqual({
    right: [1, 0],
    found: [1, 0, 0, 0],
    delaySeconds: [0.5],
    secondsRight: [1, 0],
  });
});

test('two frames in a row begin an event, and it lasts over short gaps', () => {
  const labels = (text: string) => [...text].map((letter, k) => ({ seconds: k, is: letter === 'x' }));
  expect(eventsOfLabels(labels('.x...xx.'))).toEqual([{ from: 5, to: 6, toldAt: 6 }]);
  expect(eventsOfLabels(labels('xxx..xx'))).toEqual([
    { from: 0, to: 2, toldAt: 1 },
    { from: 5, to: 6, toldAt: 6 },
  ]);
  expect(eventsOfLabels([0, 0.5, 2, 4].map((seconds) => ({ seconds, is: true })))).toEqual([
    { from: 0, to: 2, toldAt: 0.5 },
  ]);
});
