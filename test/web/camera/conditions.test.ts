import { expect, test } from 'vitest';
import {
  type Condition,
  conditionLanes,
  conditionOf,
  conditionsOf,
  joined,
  withCondition,
} from '../../../src/web/camera/conditions.ts';
import type { CameraMessage } from '../../../src/web/wire.ts';

const live = { state: 'live', degraded: [] } as const;
const told = (...given: readonly Condition[]) => given.reduce(withCondition, [] as readonly Condition[]);
const message = (seq: number, atMs: number, more: object = {}) =>
  ({ type: 'camera', epoch: 'e', seq, camera: 'gate', reason: '', ...live, atMs, ...more }) as CameraMessage;
const spans = (all: readonly Condition[]) => all.map(({ fromMs, state }) => [fromMs, state]);

test('what stays the same is one stretch, whatever else changed', () => {
  const all = told(
    conditionOf({ ...live, gear: 0 }, 100),
    conditionOf({ ...live, gear: 0 }, 200),
    conditionOf({ ...live, gear: 1, degraded: ['drift'] }, 300),
    conditionOf({ ...live, gear: 0 }, 400),
  );
  const lanes = conditionLanes(all, 0, 500);
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

test('of what began before the time that is shown only its rest is', () => {
  const all = told(conditionOf({ ...live, gear: 2 }, 100), conditionOf({ ...live, gear: 0 }, 300));
  const [state, gear] = conditionLanes(all, 350, 500);
  expect(state?.segments).toMatchObject([{ fromMs: 350, toMs: 500, isOpenStart: true }]);
  expect(gear?.segments).toMatchObject([{ label: 'as configured', fromMs: 350, toMs: 500 }]);
});

test('a camera with one operating point has no gear', () => {
  expect(conditionLanes(told(conditionOf(live, 100)), 0, 200).map(({ question }) => question)).toEqual(['state']);
});

test('however often it changes, a bounded number is kept', () => {
  let all: readonly Condition[] = [];
  for (let at = 0; at < 2_000; at++) all = withCondition(all, conditionOf({ ...live, gear: at % 2 }, at));
  expect(all).toHaveLength(1_000);
});

test('between what was last heard and the next opening nothing is known', () => {
  const messages = [message(9, 900), message(7, 800, { state: 'connecting' }), message(2, 200)];
  const all = conditionsOf(messages, new Map([[7, 500]]));
  expect(spans(all)).toEqual([
    [200, 'live'],
    [500, null],
    [800, 'connecting'],
    [900, 'live'],
  ]);
  expect(conditionLanes(all, 0, 1_000)[0]?.segments.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
    [200, 500],
    [800, 900],
    [900, 1_000],
  ]);
});

test('what the page heard goes on behind what is kept, and nothing is told twice', () => {
  const kept = conditionsOf([message(1, 100, { state: 'connecting' }), message(2, 200)], new Map());
  const heard = told(
    conditionOf(live, 300),
    conditionOf({ ...live, gear: 1 }, 250, 2),
    conditionOf({ ...live, gear: 2 }, 400, 3),
  );
  expect(spans(joined(kept, heard, 0))).toEqual([
    [100, 'connecting'],
    [200, 'live'],
    [400, 'live'],
  ]);
});

test('where nothing changed in all that is kept, it always was as it is; without a history, since it was heard of', () => {
  const heard = told(conditionOf(live, 300));
  expect(spans(joined([], heard, 50))).toEqual([[50, 'live']]);
  expect(spans(joined(null, heard, 50))).toEqual([[300, 'live']]);
});
