import { expect, test } from 'vitest';
import type { PointsAnswer } from '../../../src/server/points-answer.ts';
import { changeSentence, frontsOf, pointSentence } from '../../../src/web/camera/operating-points.ts';

const point = (index: number, name: string | null, accuracy: number, costMs: number) => ({
  ...{ index, name, accuracy, costMs, rungs: ['small', 'large'] },
  ...{ accuracyGainVsTop: 0, interval: [0, 0] as const, costRatio: costMs / 10, meanRungsRun: 1, shareByRung: {} },
});

const answer = (truth: 'labels' | 'agreement' = 'labels'): PointsAnswer => ({
  current: { name: 'fast', index: 1 },
  configured: '0',
  until: 'restart',
  mode: 'hybrid',
  questions: [
    {
      ...{ question: 'default', truth, current: { name: 'fast', index: 1 } },
      reference: { id: 'large', meanMs: 10, accuracy: 0.97 },
      points: [point(0, null, 0.98, 8), point(1, 'fast', 0.9, 2)],
    },
  ],
});

test('points are drawn cheapest first; the current and the configured one are known', () => {
  const [front] = frontsOf(answer());
  expect(front?.points.map(({ key, isCurrent, isConfigured }) => [key, isCurrent, isConfigured])).toEqual([
    ['fast', true, false],
    ['0', false, true],
  ]);
});

test('what a move changes is said before it is done', () => {
  const [front] = frontsOf(answer());
  const [fast, accurate] = front?.points ?? [];
  expect(fast && accurate && changeSentence(fast, accurate)).toMatch(/4\.0 times as long.*more often by 8\.0 points/);
});

test('where nobody said what is right, it is not called so', () => {
  const sentence = (truth: 'labels' | 'agreement') => {
    const [front] = frontsOf(answer(truth));
    return front?.points[0] && pointSentence(front.points[0], front);
  };
  expect(sentence('labels')).toBe('fast: 90.0 % right, 2.0 ms a frame');
  expect(sentence('agreement')).toMatch(/90\.0 % as large answers/);
});

test('a camera without fitted questions has no front', () => {
  expect(frontsOf({ ...answer(), questions: [] })).toEqual([]);
});
