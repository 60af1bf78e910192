import { describe, expect, test } from 'vitest';
import { parseWhen } from '../../src/alerts/parse-when.ts';
import { isWithin, wallClock } from '../../src/alerts/time-of-day.ts';
import { WhenError } from '../../src/alerts/when.ts';

describe('what a rule waits for', () => {
  test('is read in full', () => {
    expect(parseWhen('vehicle > 0.8 for 3s on gate/cars between 22:00 and 06:00 on weekdays fri-sun')).toEqual({
      head: { kind: 'label', label: 'vehicle', above: 0.8, orEqual: false },
      places: [{ camera: 'gate', question: 'cars' }],
      forSeconds: 3,
      between: { from: 1320, to: 360 },
      weekdays: [5, 6, 7],
    });
  });

  test.each([
    ['no vehicle for 10m', { kind: 'absence', label: 'vehicle' }],
    ['"tabby cat" begins on any camera', { kind: 'event', label: 'tabby cat', phase: 'begin' }],
    ['camera gate is failed or stalled for 30s', { kind: 'state', states: ['failed', 'stalled'], isNot: false }],
    ['any camera is not live', { kind: 'state', states: ['live'], isNot: true }],
  ])('%s', (text, head) => {
    expect(parseWhen(text).head).toEqual(head);
  });

  test.each([
    ['', 1, /a label is expected/],
    ['vehicle > 2', 11, /confidence/],
    ['vehicle fro 3s', 9, /did you mean "for"/],
    ['no vehicle', 11, /for how long/],
    ['vehicle between 25:00 and 06:00', 17, /time of day/],
    ['camera gate is broken', 16, /no state of a camera/],
    ['vehicle for 3s for 4s', 16, /said twice/],
    ['"vehicle', 1, /not closed/],
  ])('%j fails at character %i', (text, position, message) => {
    let error: unknown;
    try {
      parseWhen(text);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(WhenError);
    expect((error as WhenError).position).toBe(position);
    expect((error as WhenError).message).toMatch(message);
  });
});

describe('hours of a rule', () => {
  const inHours = (zone: string, from: number, to: number, at: string, weekdays: number[] | null = null) =>
    isWithin({ between: { from, to }, weekdays }, wallClock(zone)(Date.parse(at)));
  test.each([
    ['Europe/Vienna', 1320, 360, '2026-03-28T20:59:59Z', false],
    ['Europe/Vienna', 1320, 360, '2026-03-28T21:00:00Z', true],
    ['Europe/Vienna', 1320, 360, '2026-03-29T03:59:59Z', true], // 05:59:59 of summer time
    ['Europe/Vienna', 1320, 360, '2026-03-29T04:00:00Z', false],
    ['Europe/Vienna', 120, 180, '2026-03-29T01:00:00Z', false], // 02:00 is left out: it is 03:00
    ['Europe/Vienna', 120, 180, '2026-10-25T00:30:00Z', true], // 02:30, and an hour later again
    ['Europe/Vienna', 120, 180, '2026-10-25T01:30:00Z', true],
    ['America/New_York', 120, 180, '2026-03-08T07:00:00Z', false],
    ['America/New_York', 60, 120, '2026-11-01T06:30:00Z', true], // 01:30 for the second time
    ['Australia/Lord_Howe', 120, 150, '2026-10-03T15:30:00Z', false], // half an hour is left out
  ])('%s %i–%i at %s: %s', (zone, from, to, at, expected) => {
    expect(inHours(zone, from, to, at)).toBe(expected);
  });

  test('a night belongs to the day on which it begins', () => {
    expect(inHours('Europe/Vienna', 1320, 360, '2026-11-28T03:00:00Z', [5])).toBe(true); // Saturday, 04:00
    expect(inHours('Europe/Vienna', 1320, 360, '2026-11-27T03:00:00Z', [5])).toBe(false);
  });
});
