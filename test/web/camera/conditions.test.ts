import { expect, test } from 'vitest';
import { Conditions, conditionLanes } from '../../../src/web/camera/conditions.ts';

const live = { state: 'live', degraded: [] } as const;

test('what stays the same is one stretch, whatever else changed', () => {
  const conditions = new Conditions();
  conditions.add({ ...live, gear: 0 }, 100);
  conditions.add({ ...live, gear: 0 }, 200);
  conditions.add({ ...live, gear: 1, degraded: ['drift'] }, 300);
  conditions.add({ ...live, gear: 0 }, 400);
  const lanes = conditionLanes(conditions.all, 500);
  expect(lanes.map(({ question, segments }) => [question, segments.map(({ fromMs, toMs }) => [fromMs, toMs])])).toEqual(
    [
      ['state', [[100, 500]]],
      [
        'gear',
        [
          [100, 300],
          [300, 400],
          [400, 500],
        ],
      ],
      ['drift', [[300, 400]]],
    ],
  );
});

test('a camera with one operating point has no gear', () => {
  const conditions = new Conditions();
  conditions.add(live, 100);
  expect(conditionLanes(conditions.all, 200).map(({ question }) => question)).toEqual(['state']);
});

test('however often it changes, a bounded number is kept', () => {
  const conditions = new Conditions();
  for (let at = 0; at < 2_000; at++) conditions.add({ ...live, gear: at % 2 }, at);
  expect(conditions.all).toHaveLength(500);
});
