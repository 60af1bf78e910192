import { describe, expect, test } from 'vitest';
import { momentsOf } from '../../bench/teach-judge.ts';
import type { ClipRecord } from '../../bench/teach-record.ts';
import { teachRows } from '../../bench/teach-rows.ts';
import { teachVerdict } from '../../bench/teach-verdict.ts';

/** Four frames, the last not scored; the top rung is wrong on the second, Weir on the third. */
const clip = (name: string, changes: Partial<ClipRecord> = {}): ClipRecord => ({
  clip: name,
  variants: ['weir', 'rung:low', 'rung:top'],
  top: 'rung:top',
  moments: [0, 0, 1, 2],
  runMs: [Float64Array.of(1, 1, 1, 5), Float64Array.of(2, 2, 2, 2), Float64Array.of(10, 10, 10, 10)],
  totalMs: [Float64Array.of(2, 2, 2, 4), Float64Array.of(4, 4, 4, 4), Float64Array.of(15, 15, 15, 15)],
  questions: [
    {
      id: 'default',
      truth: [['a'], ['a', 'b'], ['b'], null],
      answers: [
        ['a', 'b', 'a', 'a'],
        ['a', 'a', 'b', 'b'],
        ['a', 'other', 'b', 'b'],
      ],
      ended: ['zero', 'zero', 'low', 'top'],
      majority: 'a',
    },
  ],
  teachCpuSeconds: 3,
  taughtFrames: 40,
  leadSeconds: 1.5,
  headMs: { low: 0.01 },
  ...changes,
});

const figures = (rows: ReturnType<typeof teachRows>, name: string, variant = 'weir') =>
  Object.fromEntries(
    rows.filter((row) => row.case === name && row.variant === variant).map(({ figure, value }) => [figure, value]),
  );

describe('the rows of the benchmark of teaching', () => {
  test('of a clip: what is right among what is scored, any of several right labels; times of every frame', () => {
    const rows = teachRows([clip('x.mp4')]);
    expect(figures(rows, 'x.mp4')).toEqual({
      accuracy: 2 / 3,
      accuracyTop: 2 / 3,
      accuracyGainVsTop: 0,
      agreementWithTop: 1 / 3,
      speedupVsTop: 40 / 8,
      speedupVsTopTotal: 60 / 10,
      meanMs: 2,
      meanTotalMs: 2.5,
      'share:zero': 0.5,
      'share:low': 0.25,
      'share:top': 0.25,
      teachCpu: 3,
      leadSeconds: 1.5,
    });
    expect(figures(rows, 'x.mp4', 'rung:low')).toEqual({
      accuracy: 1,
      meanMs: 2,
      bestSingleSpeedupVsTop: 5,
      headMs: 0.01,
    });
    expect(figures(rows, 'x.mp4', 'majority')).toEqual({ accuracy: 2 / 3 });
    const accuracy = rows.find(({ figure }) => figure === 'accuracy');
    expect(accuracy?.n).toBe(3);
    expect(rows.find(({ figure }) => figure === 'speedupVsTop')?.n).toBe(4);
    expect(accuracy?.ci?.[0]).toBeLessThan(2 / 3);
  });

  test('pooled: clips weigh as much as they have scored frames', () => {
    const [first] = clip('y.mp4').questions;
    if (first === undefined) throw new Error('there is a question');
    const one = clip('y.mp4', {
      questions: [{ ...first, truth: [['b'], null, null, null] }],
      runMs: [Float64Array.of(2, 2, 2, 2), Float64Array.of(2, 2, 2, 2), Float64Array.of(10, 10, 10, 10)],
    });
    const rows = teachRows([clip('x.mp4'), one]);
    expect(figures(rows, 'all').accuracy).toBe(2 / 4);
    // Three quarters of 8 ms and one quarter of 8 ms, over four frames each.
    expect(figures(rows, 'all').speedupVsTop).toBeCloseTo(40 / (0.75 * 8 + 0.25 * 8), 9);
    const weighed = teachRows([clip('x.mp4'), { ...one, runMs: [Float64Array.of(4, 4, 4, 4), ...one.runMs.slice(1)] }]);
    expect(figures(weighed, 'all').speedupVsTop).toBeCloseTo(40 / (0.75 * 8 + 0.25 * 16), 9);
  });

  test('of several questions, each for itself and together', () => {
    const [first] = clip('x.mp4').questions;
    if (first === undefined) throw new Error('there is a question');
    const second = { ...first, id: 'drive', truth: [null, null, ['a'], ['b']] };
    const rows = teachRows([clip('x.mp4', { questions: [first, second] })]);
    expect(figures(rows, 'x.mp4#default').accuracy).toBe(2 / 3);
    expect(figures(rows, 'x.mp4#drive').accuracy).toBe(1 / 2);
    // Two frames are right, the third half, of two questions, and the last wrong.
    expect(figures(rows, 'x.mp4').accuracy).toBe((1 + 1 + (0 + 1) / 2 + 0) / 4);
    expect(rows.find(({ case: name, figure }) => name === 'x.mp4' && figure === 'accuracy')?.n).toBe(4);
  });
});

test('a clip weighs in all figures by its scored frames, however many questions are asked of them', () => {
  const [first] = clip('x.mp4').questions;
  if (first === undefined) throw new Error('there is a question');
  const wrong = { ...first, truth: [['z'], ['z'], ['z'], null], ended: ['top', 'top', 'top', 'top'] };
  const times = [Float64Array.of(4, 4, 4, 4), ...clip('y.mp4').runMs.slice(1)];
  const other = (questions: ClipRecord['questions']) =>
    figures(teachRows([clip('x.mp4'), clip('y.mp4', { questions, runMs: times })]), 'all');
  const once = other([wrong]);
  expect(once).toMatchObject({ accuracy: 1 / 3, 'share:top': (1 / 4 + 1) / 2, speedupVsTop: 80 / (8 + 16) });
  expect(other([wrong, { ...wrong, id: 'again' }])).toEqual(once);
});

test('moments are unbroken runs of what is true of all questions', () => {
  const first = [['a'], ['a'], null, null, ['a']];
  const second = [['x'], ['x'], ['x'], ['y'], ['x']];
  expect(momentsOf([first])).toEqual([0, 0, 1, 1, 2]);
  expect(momentsOf([first, second])).toEqual([0, 0, 1, 2, 3]);
});

test('the verdict says in a few lines what the rows of all clips come to', () => {
  const rows = teachRows([clip('x.mp4'), clip('y.mp4')]);
  const left = { case: 'z.mp4', variant: 'weir', figure: 'leftOut', value: 1, unit: '', n: 0 };
  const lines = teachVerdict([...rows, left]);
  expect(lines[0]).toBe('verdict over all clips (6 scored frames):');
  expect(lines[1]).toMatch(
    /Weir is right on 66\.7 %, the reference alone on 66\.7 % \(\+0\.00 points, 95 % interval \S+ to \S+\)/,
  );
  expect(lines[2]).toBe('  in 5.0 times less time of models, 6.0 times from the decoded frame to the label');
  expect(lines[3]).toMatch(/hindsight: low, 100\.0 % right, in 5\.0 times less time/);
  expect(lines[4]).toMatch(/left out: 1/);
  expect(teachVerdict([])).toEqual([]);
});
