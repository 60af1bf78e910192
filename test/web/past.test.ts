import { expect, test } from 'vitest';
import { ageOf } from '../../src/web/age.ts';
import { alertsOf, newAlerts } from '../../src/web/guard/alert-lines.ts';
import { surprises } from '../../src/web/silences.ts';
import { CameraModel } from '../../src/web/store/camera.ts';
import { News, Occurrences } from '../../src/web/store/occurrences.ts';
import { pastOf } from '../../src/web/store/past.ts';
import { Strip } from '../../src/web/store/strip.ts';
import type { CameraMessage, EventMessage, LabelMessage } from '../../src/web/wire.ts';

function label(seq: number, arrivedAtMs: number, stable: string | null, more: object = {}): LabelMessage {
  return {
    type: 'label',
    seq,
    camera: 'gate',
    question: 'default',
    view: {},
    arrivedAtMs,
    label: stable,
    stable: stable === null ? null : { label: stable, sinceMs: arrivedAtMs - 1_000 },
    ...more,
  } as unknown as LabelMessage;
}
const state = (seq: number, atMs: number, name: string, reason = '') =>
  ({ type: 'camera', epoch: 'e', seq, camera: 'gate', state: name, reason, atMs }) as unknown as CameraMessage;
const event = (seq: number, atMs: number, phase: 'begin' | 'end', name: string, more: object = {}) =>
  ({
    ...{ type: 'event', epoch: 'e', seq, camera: 'gate', question: 'default', label: name, phase, atMs, ...more },
  }) as unknown as EventMessage;
const told = (stretches: Strip['stretches']) => stretches.map(({ label, fromMs, toMs }) => [label, fromMs, toMs]);

test('what changed becomes what held, until the next change, the end of a camera’s frames, or now', () => {
  const newestFirst = [
    label(9, 60_000, 'van'),
    state(8, 55_000, 'live'),
    state(7, 50_000, 'stalled'),
    label(6, 40_000, 'car', { view: { track: 4 } }),
    label(4, 30_000, 'car'),
    label(3, 20_000, null),
    label(1, 10_000, 'empty'),
  ];
  expect(pastOf(newestFirst, 90_000).map(({ stretches }) => told(stretches))).toEqual([
    [
      ['empty', 10_000, 20_000],
      ['car', 30_000, 50_000],
      ['van', 60_000, 90_000],
    ],
  ]);
});

test('where Weir was away, a label held until it was last heard of', () => {
  const messages = [label(1, 10_000, 'car'), state(2, 30_000, 'live'), state(400, 60_000, 'connecting')];
  expect(surprises(messages).map(({ seq }) => seq)).toEqual([400]);
  const [past] = pastOf([...messages, label(402, 62_000, 'car')], 70_000, new Map([[400, 35_000]]));
  expect(told(past?.stretches ?? [])).toEqual([
    ['car', 10_000, 35_000],
    ['car', 62_000, 70_000],
  ]);
});

test('an opening surprises only where the camera was live, or nobody knows what it was', () => {
  const names = ['connecting', 'live', 'stalled', 'connecting', 'failed', 'connecting', 'live', 'connecting'];
  const messages = names.map((name, at) => state(at + 1, at, name));
  expect(surprises(messages).map(({ seq }) => seq)).toEqual([1, 8]);
});

test('what happened before stands below what was heard, once; of states only changes', () => {
  const occurrences = new Occurrences();
  occurrences.add(event(9, 9_000, 'begin', 'van'));
  occurrences.fill([
    event(9, 9_000, 'begin', 'van'),
    state(8, 8_000, 'live'),
    state(7, 7_000, 'stalled', 'no frame for 10 s'),
    state(6, 6_000, 'live'),
    event(5, 5_000, 'begin', 'car', { track: 3 }),
  ]);
  expect(occurrences.lines.map(({ text }) => text)).toEqual([
    'van began',
    'live',
    'stalled: no frame for 10 s',
    'car came',
  ]);
});

test('a source that is tried again and again fails once', () => {
  const news = new News();
  const told = ['connecting', 'failed', 'connecting', 'failed', 'connecting', 'live', 'connecting', 'live'];
  expect(told.filter((name, at) => news.take(state(at, at, name)))).toEqual(['failed', 'live']);
});

test('of an answer that makes way for another only the other is a line', () => {
  const occurrences = new Occurrences();
  const messages = [event(1, 1_000, 'begin', 'car'), event(2, 3_000, 'end', 'car'), event(3, 3_000, 'begin', 'van')];
  for (const message of messages) occurrences.add(message);
  expect(occurrences.lines.map(({ text }) => text)).toEqual(['van began', 'car began']);
});

test('what is remembered goes before what was heard, and never over it', () => {
  const strip = new Strip();
  strip.add('car', 50_000);
  strip.add('car', 52_000);
  strip.fill([
    { label: 'empty', fromMs: 10_000, toMs: 30_000 },
    { label: 'van', fromMs: 30_000, toMs: 51_000 },
    { label: 'car', fromMs: 51_000, toMs: 52_000 },
  ]);
  expect(told(strip.stretches)).toEqual([
    ['empty', 10_000, 30_000],
    ['van', 30_000, 50_000],
    ['car', 50_000, 52_000],
  ]);
});

test('without a history a strip begins when the answer began to hold; with one, with what it knows, whichever comes first', () => {
  const alone = new CameraModel('gate');
  alone.label(label(1, 5_000, 'car'));
  expect(told(alone.answers.get('default')?.strip.stretches ?? [])).toEqual([['car', 4_000, 5_000]]);

  const pasts = pastOf([label(1, 1_000, 'empty')], 4_500);
  const early = new CameraModel('gate');
  for (const { question, stretches } of pasts) early.past(question, stretches);
  early.label(label(2, 5_000, 'car'));
  const late = new CameraModel('gate');
  late.label(label(2, 5_000, 'car'));
  for (const { question, stretches } of pasts) late.past(question, stretches);
  expect(told(early.answers.get('default')?.strip.stretches ?? [])[0]).toEqual(['empty', 1_000, 5_000]);
  expect(told(late.answers.get('default')?.strip.stretches ?? [])[0]).toEqual(['empty', 1_000, 4_000]);
});

test('a picture is as old as the daemon’s own clock says, whatever this machine’s', () => {
  const headers = (sent: string, from: string) => new Headers({ Date: sent, 'Last-Modified': from });
  expect(ageOf(headers('Sun, 01 Mar 2026 06:00:10 GMT', 'Sun, 01 Mar 2026 06:00:02 GMT'))).toBe(8_000);
  expect(ageOf(headers('Sun, 01 Mar 2026 06:00:10 GMT', 'later'))).toBe(0);
  expect(ageOf(headers('Sun, 01 Mar 2026 06:00:10 GMT', 'Sun, 01 Mar 2026 06:00:11 GMT'))).toBe(0);
});

test('alerts are listed newest first, and only those that came since the last look are read out', () => {
  const alert = (id: string, atMs: number) => ({ id, atMs, camera: 'gate', text: `${id}.`, schema: 'weir.alert/1' });
  const found = alertsOf({ recent: [alert('a', 1), { alert: alert('c', 3) }, alert('b', 2), null, { id: 'broken' }] });
  expect(found.map(({ id }) => id)).toEqual(['c', 'b', 'a']);
  expect(newAlerts(null, found)).toEqual([]);
  expect(newAlerts(found.slice(1), found).map(({ id }) => id)).toEqual(['c']);
  expect(alertsOf({ status: 404 })).toEqual([]);
});
