import { expect, test } from 'vitest';
import { changeSentence, frontsOf } from '../../../src/web/camera/operating-points.ts';

const points = [
  { index: 0, name: 'accurate', accuracy: 0.98, costMs: 8 },
  { index: 1, name: 'fast', accuracy: 0.9, costMs: 2 },
];

test('points are drawn cheapest first, the current one marked', () => {
  const [front] = frontsOf({ current: { name: 'fast', index: 1 }, points });
  expect(front?.points.map(({ key, isCurrent }) => [key, isCurrent])).toEqual([
    ['fast', true],
    ['accurate', false],
  ]);
});

test('what a move changes is said before it is done', () => {
  const [front] = frontsOf({ current: { name: 'fast', index: 1 }, points });
  const [fast, accurate] = front?.points ?? [];
  expect(front && fast && accurate && changeSentence(fast, accurate, front)).toMatch(
    /4\.0 times as long.*more often by 8\.0 points/,
  );
});

test('without milliseconds costs are runs of the reference', () => {
  const [front] = frontsOf({
    current: { name: null, index: 0 },
    points: [{ index: 0, accuracyGainVsTop: -0.01, costRatio: 0.4 }],
  });
  expect([front?.unit, front?.scale]).toEqual(['ratio', 'gain']);
});
