import { expect, test } from 'vitest';
import type { TruthFile } from '../../src/dataset/truth.ts';
import { truthMisfits } from '../../src/dataset/truth-fits.ts';

const truth = (clip: string | null, ...ends: number[]): TruthFile => ({
  clip,
  questions: [
    { id: 'x', text: null, classes: [], intervals: ends.map((to) => ({ from: to - 5, to, label: 'a', also: [] })) },
  ],
});
const of = (source: string, endSeconds: number | null = 30) => ({ source, truthName: 'yard.json', endSeconds });

test('a truth file of this very recording, or of none that it names, is nothing to speak of', () => {
  expect(truthMisfits(of('/videos/yard.mp4'), truth('yard.mp4', 10, 30.9))).toEqual([]);
  expect(truthMisfits(of('yard.mp4'), truth(null, 30))).toEqual([]);
  expect(truthMisfits(of('yard.mp4', null), truth('clips/yard.mp4', 90))).toEqual([]);
});

test('a truth file that names another clip, or goes on where the recording has ended, is told', () => {
  expect(truthMisfits(of('/videos/yard.mp4'), truth('gate.mp4', 10))).toEqual([
    'yard.json says that it is of the clip gate.mp4, and is used for yard.mp4: is it the right one?',
  ]);
  expect(truthMisfits(of('yard.mp4'), truth(null, 10, 31.5, 90))).toEqual([
    'yard.json: 2 intervals reach to 90 s and beyond the end of yard.mp4 (30.0 s); what lies there is passed over',
  ]);
});
