import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { ConsoleSink, formatEvent, formatLabel } from '../../src/sinks/console.ts';

const atMs = new Date(2026, 0, 2, 14, 3, 7, 120).getTime();
const label = {
  camera: 'gate',
  question: 'default',
  view: {},
  emittedAtMs: atMs,
  label: 'espresso',
  confidence: 0.934,
  path: [{ rung: 'low' }, { rung: 'high' }],
  stop: 'accepted',
  spentMs: 12.34,
};

test.each<[string, object, RegExp]>([
  ['the usual question', {}, /^14:03:07\.120 {2}gate {10}espresso {20}0\.93 {2}low > high \(accepted\) +12\.3 ms$/],
  ['another question', { question: 'lock' }, /gate\/lock {5}espresso/],
  ['an object', { view: { track: 7 } }, /gate #7 {7}espresso/],
  ['an answer that is stable', { stable: { label: 'espresso' } }, /12\.3 ms$/],
  ['another answer than the stable one', { stable: { label: 'cup' } }, /espresso .* 12\.3 ms {2}stable: cup$/],
  ['nothing to say', { label: null, confidence: null, path: [], stop: 'still' }, /gate {10}– +– {2}\(still\)/],
  ['an answer that is told again', { path: [], stop: 'unchanged', reusedAgeMs: 1240 }, / as 1\.2 s ago \(unchanged\) /],
])('a label of %s is printed', (_name, changes, expected) => {
  expect(formatLabel({ ...label, ...changes })).toMatch(expected);
});

test('events are printed with what came or left', () => {
  const event = { camera: 'gate', question: 'default', label: 'vehicle', track: 7, atMs };
  expect(formatEvent({ ...event, phase: 'begin' })).toMatch(/^14:03:07\.120 {2}gate #7 {7}vehicle {21}came$/);
  expect(formatEvent({ ...event, phase: 'end' })).toMatch(/vehicle +left$/);
});

test('events of the whole view are printed as what began or ended', () => {
  const event = { camera: 'gate', question: 'lock', label: 'open', atMs };
  expect(formatEvent({ ...event, phase: 'begin' })).toMatch(/gate\/lock {5}open +began$/);
  expect(formatEvent({ ...event, phase: 'end' })).toMatch(/open +ended$/);
});

test('of changes, events of the whole view are not printed: the changed labels say the same', () => {
  const printed: string[] = [];
  const out = new Writable({ write: (chunk, _encoding, done) => done(void printed.push(String(chunk))) });
  const sink = new ConsoleSink(out, 'change');
  const event = {
    type: 'event',
    epoch: 'e',
    seq: 1,
    camera: 'gate',
    question: 'q',
    label: 'open',
    phase: 'begin',
  } as const;
  const sight = { stream: 1, ptsSeconds: 0, atMs };
  sink.publish({ ...event, ...sight });
  sink.publish({ ...event, ...sight, track: 3 });
  expect(printed).toEqual([expect.stringMatching(/gate\/q #3 .*came\n$/)]);
});
