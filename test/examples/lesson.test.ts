import { expect, test } from 'vitest';
import type { Example } from '../../src/examples/example.ts';
import { Jobs } from '../../src/examples/job.ts';
import { lessonOf } from '../../src/examples/lesson.ts';
import { example } from './support.ts';

/** Examples a minute apart, the last just now. */
const NOW = 1_000 * 60_000;
const kept = (labels: readonly (Record<string, string> | null)[]): Example[] =>
  labels.map((said, at) =>
    example({ id: `e${at}`, takenAtMs: NOW - (labels.length - 1 - at) * 60_000, labels: said ?? {} }),
  );
const repeat = (count: number, labels: Record<string, string> | null) => Array.from({ length: count }, () => labels);
const DOORS = kept([
  ...repeat(5, { door: 'open', light: 'on' }),
  ...repeat(6, { door: 'closed' }),
  ...repeat(3, null),
  ...repeat(2, { door: '~', light: 'on' }),
]);

test('what was said is by class, what nobody said may be taught, and what is unclear not', () => {
  const { examples, questions } = lessonOf('gate', [...DOORS].reverse(), { questions: ['door'] }, NOW);
  expect(examples.map(({ id }) => id)).toEqual(DOORS.map(({ id }) => id)); // in the order of time
  expect(questions).toHaveLength(1);
  expect(questions[0]).toMatchObject({ id: 'door', classes: [{ name: 'closed' }, { name: 'open' }] });
  expect([...(questions[0]?.truth ?? [])]).toEqual([1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, -1, -1, -1, -2, -2]);
});

test('a question with too few labels does not hold up the others, unless it was asked for', () => {
  const { questions, notices } = lessonOf('gate', DOORS, {}, NOW);
  expect(questions.map(({ id }) => id)).toEqual(['door']);
  expect(notices).toEqual([expect.stringMatching(/"light" has one class.*the others are taught/)]);
  expect(() => lessonOf('gate', DOORS, { questions: ['door', 'light'] }, NOW)).toThrow(/"light" has one class/);
});

test.each([
  ['no label', kept(repeat(3, null)), {}, 'teach-no-labels', /none of the 3 examples of camera gate has a label/],
  ['only what is unclear', kept(repeat(3, { door: '~' })), {}, 'teach-no-labels', /has a label/],
  [
    'no label in that time',
    DOORS,
    { minutes: 0.5 },
    'teach-one-class',
    /question "light" has one class of the last 0.5 minutes: "on" has 1/,
  ],
  ['one class', DOORS, { questions: ['light'] }, 'teach-one-class', /question "light" has one class: "on" has 7/],
  [
    'too few of a class',
    kept([...repeat(9, { door: 'open' }), ...repeat(4, { door: 'closed' })]),
    {},
    'teach-few-labels',
    /too few labels of "closed" \(e9, e10, e11 and 1 more\): "closed" has 4, "open" has 9/,
  ],
  [
    'a slip of the pen',
    kept([...repeat(9, { door: 'open' }), ...repeat(6, { door: 'empty' }), { door: 'Emtpy' }]),
    {},
    'teach-few-labels',
    /too few labels of "Emtpy" \(e15; did you mean "empty"\?\)/,
  ],
  ['a question of which nothing was said', DOORS, { questions: ['gate'] }, 'question-unknown', /"gate"/],
] as const)('with %s nothing is begun, and it says what there is', (_what, examples, wish, code, words) => {
  expect(() => lessonOf('gate', examples, wish, NOW)).toThrow(
    expect.objectContaining({ code, message: expect.stringMatching(words), exitCode: 2 }),
  );
});

test('one job runs at a time, and what became of it is remembered by camera', async () => {
  const jobs = new Jobs<number>(() => 0);
  let end: (result: number) => void = () => {};
  const state = jobs.begin('gate', (progress) => {
    progress('looking', 1, 3);
    return new Promise((resolve) => {
      end = resolve;
    });
  });
  expect(state).toMatchObject({ state: 'running', stage: 'looking', done: 1, total: 3 });
  expect(() => jobs.begin('drive', async () => 1)).toThrow(expect.objectContaining({ code: 'teach-running' }));
  expect(jobs.state('drive')).toEqual({ state: 'none' });
  end(7);
  await new Promise(setImmediate);
  expect(jobs.state('gate')).toMatchObject({ state: 'done', result: 7 });
  jobs.begin('gate', () => Promise.reject(new Error('odd')));
  await new Promise(setImmediate);
  expect(jobs.state('gate')).toMatchObject({ state: 'failed', error: { code: 'unexpected', message: 'odd' } });
  expect(jobs.begin('drive', async () => 1)).toMatchObject({ state: 'running' });
});

test('a job ends when it is told to, and nothing is begun afterwards', async () => {
  const jobs = new Jobs<number>(() => 0);
  jobs.begin(
    'gate',
    (_progress, stop) => new Promise((_, reject) => stop.addEventListener('abort', () => reject(stop.reason))),
  );
  await jobs.stop();
  expect(jobs.state('gate')).toMatchObject({ state: 'failed', error: { code: 'teach-stopped' } });
  expect(() => jobs.begin('gate', async () => 1)).toThrow(/stopping/);
});
