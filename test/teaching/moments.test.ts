import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/cascade/random.ts';
import { splitByTime } from '../../src/teaching/moments.ts';
import type { Timed } from '../../src/teaching/runs.ts';
import { UNUSED } from '../../src/words.ts';
import { inRuns } from '../support/taught.ts';

function timed(count: number, secondsApart: number): Timed {
  return {
    sources: Array.from({ length: count }, () => 'gate'),
    seconds: Float64Array.from({ length: count }, (_, i) => i * secondsApart),
    keys: Array.from({ length: count }, (_, i) => `key-${i}`),
  };
}

function split(samples: Timed, truth: readonly number[]) {
  return splitByTime(samples, Int32Array.from(truth), new Uint8Array(truth.length).fill(1));
}

describe('splitByTime', () => {
  test.each([1, 2, 3, 4, 5])(
    'no run of a label stands on both sides of a split where there are enough of them (%i)',
    (seed) => {
      const random = seededRandom(seed);
      const truth: number[] = [];
      while (truth.length < 600) {
        const k = Math.floor(random() * 4) - 1;
        for (let left = 1 + Math.floor(random() * 12); left > 0; left--) truth.push(k < 0 ? UNUSED : k);
      }
      const { folds, moments } = split(timed(truth.length, 0.2), truth);
      for (let i = 1; i < truth.length; i++) {
        if ((truth[i] ?? -1) < 0 || truth[i] !== truth[i - 1]) continue;
        expect(moments[i]).toBe(moments[i - 1]);
        expect(folds[i]).toBe(folds[i - 1]);
      }
    },
  );

  test('what teaches is of another fold, and not near what is judged', () => {
    const truth = [...inRuns(2, 4, 40)]; // two runs of each: they must be cut
    const samples = timed(truth.length, 0.2);
    const { teaching, judged, foldCount } = split(samples, truth);
    const margin = (0.2 * (truth.length - 1)) / 40;
    for (let fold = 0; fold < foldCount; fold++) {
      for (const row of teaching[fold] ?? []) {
        for (const other of judged[fold] ?? []) expect(Math.abs(row - other) * 0.2).toBeGreaterThan(margin);
      }
    }
  });

  test('each fold judges and each teaches every class, even of one run', () => {
    const truth = [...Array(30).fill(0), ...Array(10).fill(1), ...Array(40).fill(2)];
    const { teaching, judged, events } = split(timed(truth.length, 0.2), truth);
    const classesOf = (rows: readonly number[]) => [...new Set(rows.map((row) => truth[row]))].sort();
    for (const rows of judged) expect(classesOf(rows)).toEqual([0, 1, 2]);
    for (const rows of teaching) expect(classesOf(rows)).toEqual([0, 1, 2]);
    expect(events).toEqual([1, 1, 1]);
  });

  test('frames with one picture stay together, whatever their times', () => {
    const truth = inRuns(2, 20, 3);
    const samples = timed(truth.length, 0.2);
    const keys = samples.keys.map((key, i) => (i === 0 || i === 30 ? 'same' : key));
    const { folds, moments } = split({ ...samples, keys }, truth);
    expect(truth[0]).toBe(truth[30]);
    expect(moments[0]).toBe(moments[30]);
    expect(folds[0]).toBe(folds[30]);
  });

  test('a pause, another source or a frame that is said to be unclear ends a moment, not one that nobody labelled', () => {
    const samples = timed(20, 0.2);
    const own = (change: Partial<Timed>, truth = Array(20).fill(0)) =>
      split({ ...samples, ...change }, [...truth, ...[]]).events[0];
    expect(own({})).toBe(1);
    expect(own({ seconds: samples.seconds.map((time, i) => time + (i < 10 ? 0 : 60)) })).toBe(2);
    expect(own({ sources: samples.sources.map((_, i) => (i < 10 ? 'gate' : 'yard')) })).toBe(2);
    expect(own({}, Array(20).fill(0).with(10, -2))).toBe(2);
    expect(own({}, Array(20).fill(0).with(10, -1))).toBe(1);
  });

  test.each([
    ['10 s apart', () => 10],
    ['ever more rarely', (i: number) => 5 + i],
    ['in bursts', (i: number) => (i % 4 === 0 ? 2 : 60)],
  ])('frames that a daemon keeps %s are of one moment as long as the label is the same', (_, apart) => {
    const truth = [...Array(30).fill(0), ...Array(30).fill(1)];
    let now = 1.7e9;
    const seconds = Float64Array.from(truth, (_, i) => (now += apart(i)));
    const { moments, momentCount, events, folds } = split({ ...timed(60, 0), seconds }, truth);
    expect(events).toEqual([1, 1]);
    expect([...moments]).toEqual(truth);
    expect(momentCount).toBe(2);
    const torn = truth.filter((label, i) => i > 0 && label === truth[i - 1] && folds[i] !== folds[i - 1]).length;
    expect(torn).toBeLessThan(truth.length / 4);
  });

  test('labels on every other frame are of one moment too', () => {
    const truth = inRuns(2, 20, 8).map((label, i) => (i % 2 === 0 ? label : -1));
    expect(split(timed(truth.length, 2), truth).events).toEqual([10, 10]);
  });

  test('pieces of a run that is cut are of one moment, and are told to be', () => {
    const whole = split(timed(60, 0.2), inRuns(2, 12, 5));
    expect([whole.momentCount, whole.cutCount]).toEqual([12, 0]);
    const cut = split(timed(10, 60), [...Array(5).fill(0), ...Array(5).fill(1)]);
    expect([cut.momentCount, cut.cutCount, cut.foldCount]).toEqual([2, 2, 5]);
  });

  test('without times the order stands for time', () => {
    const truth = inRuns(2, 2, 10);
    const samples = { ...timed(20, 1), seconds: new Float64Array(20).fill(Number.NaN) };
    const { moments, events } = split(samples, truth);
    expect(events).toEqual([1, 1]);
    for (let i = 1; i < 10; i++) expect(moments[i] ?? 0).toBeGreaterThanOrEqual(moments[i - 1] ?? 0);
  });

  test('labels that are not used do not end a moment', () => {
    const truth = Int32Array.from(inRuns(2, 4, 40));
    const kept = Uint8Array.from(truth, (_, i) => (i % 4 === 0 ? 1 : 0));
    const { rows, events } = splitByTime(timed(truth.length, 0.2), truth, kept);
    expect(rows).toHaveLength(40);
    expect(events).toEqual([2, 2]);
  });

  test('four examples are split too', () => {
    const { foldCount, teaching } = split(timed(4, 60), [0, 1, 0, 1]);
    expect(foldCount).toBe(4);
    for (const rows of teaching) expect(new Set(rows.map((row) => row % 2))).toEqual(new Set([0, 1]));
  });
});
