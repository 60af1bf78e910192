import { describe, expect, test } from 'vitest';
import { draftProblem } from '../../src/web/guard/camera-draft.ts';
import { routeOf } from '../../src/web/shell/routes.ts';
import { Drawing } from '../../src/web/store/drawing.ts';
import { pieces, Strip, stripWords } from '../../src/web/store/strip.ts';
import { duration } from '../../src/web/words/numbers.ts';
import { budgetWords, type Decided, whyThisRung } from '../../src/web/words/why.ts';

const step = (rung: string, confidence: number) => ({ rung, waitMs: 0, runMs: 5, confidence });
const ONE = [step('lite0@96', 0.94)];
const TWO = [step('lite0@96', 0.62), step('lite2@300', 0.94)];

describe('why this rung', () => {
  test.each<[Decided, string]>([
    [
      { path: TWO, stop: 'accepted', confidence: 0.94 },
      'Began at lite0@96, climbed to lite2@300 as 62 % was too unsure; accepted at 94 %.',
    ],
    [
      { path: TWO, stop: 'top', confidence: 0.7 },
      'Began at lite0@96, climbed to lite2@300 as 62 % was too unsure; that is the last rung, so 70 % stands.',
    ],
    [
      { path: TWO, stop: 'budget', confidence: 0.7 },
      'Began at lite0@96, climbed to lite2@300 as 62 % was too unsure; no time for more, so 70 % stands.',
    ],
    [{ path: ONE, stop: 'accepted', confidence: 0.94 }, 'lite0@96 was asked first and was sure enough at 94 %.'],
    [{ path: ONE, stop: 'fixed', confidence: 0.94 }, 'lite0@96 alone decides here, without a climb; 94 % sure.'],
    [
      { path: [], stop: 'unchanged', confidence: 0.9, reusedAgeMs: 1200 },
      'The scene is unchanged, so nothing was run; the answer from 1.2 s ago holds.',
    ],
    [{ path: [], stop: 'still', confidence: null }, 'Nothing moves, so nothing was run.'],
    [{ path: [], stop: 'budget', confidence: null }, 'There was no time left to look at this frame.'],
  ])('%j', (label, sentence) => expect(whyThisRung(label)).toBe(sentence));
});

test('time over the budget is said in words', () => {
  expect(budgetWords(38, 100)).toEqual({ ratio: 0.38, isOver: false, text: '38 ms of 100 ms' });
  expect(budgetWords(112, 100)).toEqual({ ratio: 1, isOver: true, text: '112 ms of 100 ms, 12 ms over' });
  expect(budgetWords(38, null)).toEqual({ ratio: null, isOver: false, text: '38 ms, no limit' });
});

test.each([
  [8_400, '8 s'],
  [130_000, '2 min 10 s'],
  [3 * 3_600_000 + 300_000, '3 h 05 min'],
])('%i ms is %s', (ms, text) => expect(duration(ms)).toBe(text));

describe('the strip of the last minutes', () => {
  test('joins what holds, leaves a gap where nobody knows, and says its shares', () => {
    const strip = new Strip();
    for (let s = 0; s <= 30; s++) strip.add(s < 15 ? 'car' : 'empty', s * 1000);
    strip.add('empty', 60_000);
    expect(strip.stretches.map(({ label, fromMs, toMs }) => [label, fromMs, toMs])).toEqual([
      ['car', 0, 15_000],
      ['empty', 15_000, 30_000],
      ['empty', 60_000, 60_000],
    ]);
    expect(stripWords(pieces(strip.stretches, 60_000))).toBe('Last 5 minutes: car 50 %, empty 50 %.');
  });

  test('forgets what is older than it shows, and stays bounded', () => {
    const strip = new Strip();
    for (let s = 0; s < 2_000; s++) strip.add(`${s}`, s * 1000);
    expect(strip.stretches.length).toBeLessThanOrEqual(150);
  });
});

test('many changes are one draw of each key', () => {
  const waiting: (() => void)[] = [];
  const drawing = new Drawing({ nowMs: () => 0, later: (callback) => waiting.push(callback) }, 300);
  let draws = 0;
  const end = drawing.on('gate', () => draws++);
  for (let k = 0; k < 100; k++) drawing.changed('gate');
  expect(waiting.length).toBe(1);
  waiting.shift()?.();
  expect(draws).toBe(1);
  end();
  drawing.changed('gate');
  waiting.shift()?.();
  expect(draws).toBe(1);
});

test('addresses name pages', () => {
  expect(routeOf('')).toEqual({ page: 'guard', isWall: false });
  expect(routeOf('#/camera/gate')).toEqual({ page: 'camera', id: 'gate' });
  expect(routeOf('#/camera/../x')).toEqual({ page: 'unknown', path: 'camera/../x' });
});

test('a camera that cannot be is refused before it is sent', () => {
  const draft = { id: 'gate', source: 'rtsp://192.0.2.7/a', username: '', password: '', fps: '5', budgetMs: '' };
  expect(draftProblem(draft)).toBeNull();
  expect(draftProblem({ ...draft, id: 'Gate 1' })?.message).toContain('“Gate 1”');
  expect(draftProblem({ ...draft, fps: '0' })?.message).toContain('“0”');
});
