import { expect, test } from 'vitest';
import { formatEvent, formatLabel } from '../../src/sinks/console.ts';

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
  ['nothing to say', { label: null, confidence: null, path: [], stop: 'still' }, /gate {10}– +– {3}\(still\)/],
])('a label of %s is printed', (_name, changes, expected) => {
  expect(formatLabel({ ...label, ...changes })).toMatch(expected);
});

test('events are printed with what came or left', () => {
  const event = { camera: 'gate', question: 'default', label: 'vehicle', track: 7, atMs };
  expect(formatEvent({ ...event, phase: 'begin' })).toMatch(/^14:03:07\.120 {2}gate #7 {7}vehicle {21}came$/);
  expect(formatEvent({ ...event, phase: 'end' })).toMatch(/vehicle +left$/);
});
