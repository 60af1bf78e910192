import { expect, test } from 'vitest';
import { unevenRungs } from '../../src/simulate/spread.ts';
import { fitTruth } from '../../src/simulate/truth-fit.ts';
import { play } from './plays.ts';
import { traceOf } from './traces.ts';

const ASKED = new Map([['default', ['red', 'green']]]);
const truthful = (...truths: Record<string, string[]>[]) =>
  traceOf({ frames: truths.map((truth, at) => ({ seconds: at / 5, truth })) });

test('labels that no answer has are named once, and frames of which nothing else is true are not scored', () => {
  const fit = fitTruth(truthful({ default: ['car'] }, { default: ['car', 'red'] }, { default: ['bus'] }, {}), ASKED);
  expect(fit.unknown).toEqual(['bus', 'car']);
  expect(fit.trace.frames.map(({ truth }) => truth)).toEqual([{}, { default: ['car', 'red'] }, {}, {}]);
});

test('a truth that names no question is that of the only one that is asked', () => {
  const of = (...questions: string[]) =>
    fitTruth(truthful({ default: ['red'] }), new Map(questions.map((id) => [id, ['red']])));
  expect(of('gate').trace.frames[0]?.truth).toEqual({ gate: ['red'] });
  expect(of('gate', 'yard')).toMatchObject({ unasked: ['default'] });
});

test('a question that is not asked is named, and its answers are no wrong labels', () => {
  const fit = fitTruth(truthful({ gate: ['open'], default: ['red'] }), ASKED);
  expect(fit).toMatchObject({ unknown: [], unasked: ['gate'] });
  expect(fit.trace.frames[0]?.truth).toEqual({ default: ['red'] });
});

test('where the truth has no label that could be said there is no accuracy, in place of none at all being right', async () => {
  const frames = traceOf().frames.map(({ seconds }) => ({ seconds, truth: { default: ['car'] } }));
  const { trace } = fitTruth(traceOf({ frames }), ASKED);
  expect((await play({ trace, cameras: 1 })).accuracy).toBeNull();
});

test('a rung is uneven where its slow runs take more than three times as long as usual ones', () => {
  const even = { id: 'even', serviceMs: [...Array(90).fill(10), ...Array(10).fill(29)] };
  const uneven = { id: 'uneven', serviceMs: [...Array(90).fill(10), ...Array(10).fill(31)] };
  const once = { id: 'once', serviceMs: [...Array(99).fill(10), 900] };
  expect(unevenRungs([even, uneven, once])).toEqual([{ id: 'uneven', p50Ms: 10, p95Ms: 31 }]);
});
