import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/cascade/random.ts';
import { otherLogOdds } from '../../src/heads/head.ts';
import { fitCandidate } from '../../src/teaching/cross.ts';
import { materialOf } from '../../src/teaching/head-fit.ts';
import { lessonsOf } from '../../src/teaching/lessons.ts';
import { splitByTime } from '../../src/teaching/moments.ts';
import { otherLimits } from '../../src/teaching/other-limit.ts';
import { inRuns, normal } from '../support/taught.ts';

const D = 24;
const labels = inRuns(2, 20, 10);
const truth = Int32Array.from(labels);
const ALIEN = 40;

/** Frames of two classes, of which some show another scene altogether. */
function camera(aliens: readonly number[]) {
  const random = seededRandom(1);
  const raw = Float32Array.from({ length: labels.length * D }, (_, at) => {
    const row = Math.floor(at / D);
    const isLit = aliens.includes(row) ? at % 3 === 0 : at % 3 !== 0;
    return isLit ? 2 + (labels[row] ?? 0) * ((at % 2) + 0.3) + 0.1 * normal(random) : 0;
  });
  const samples = {
    sources: labels.map(() => 'gate'),
    seconds: Float64Array.from(labels, (_, i) => i / 5),
    keys: labels.map((_, i) => `${i}`),
  };
  const split = splitByTime(samples, truth, new Uint8Array(truth.length).fill(1));
  const lessons = lessonsOf(split, truth);
  return { split, lessons, material: materialOf(raw, D, 'root', split.rows) };
}

function limitsOf(aliens: readonly number[]) {
  const { material, lessons, split } = camera(aliens);
  return { split, ...otherLimits(material, lessons, split.judged, truth, 2) };
}

describe('the limit of `other`', () => {
  test('is not moved by labelled frames that show something else, up to a tenth of a class', () => {
    const { limit } = limitsOf([]).final;
    expect(limitsOf([ALIEN]).final.limit).toBeCloseTo(limit, 2);
    const tenth = [...Array(10).keys()].flatMap((run) => [run * 20, run * 20 + 10]);
    expect(limitsOf(tenth).final.limit).toBeCloseTo(limit, 1);
  });

  test('leaves what is unrelated `other` however many labels lie far out', () => {
    const third = labels.flatMap((_, i) => (i % 3 === 0 ? [i] : []));
    const { final, folds } = limitsOf(third);
    for (const own of [final, ...folds]) expect(otherLogOdds(0.9, own)).toBeGreaterThan(1);
  });

  test('of a fold is not widened by the frames that it judges', () => {
    const { split } = limitsOf([]);
    const judging = split.folds[ALIEN] ?? 0;
    const { folds } = limitsOf(split.judged[judging] ?? []);
    const own = folds[judging]?.limit ?? 0;
    for (const { limit } of folds.toSpliced(judging, 1)) expect(limit).toBeGreaterThan(own + 0.02);
  });

  test('lets a frame that is labelled but shows something else be `other` in judging', () => {
    const { material, lessons, split } = camera([ALIEN]);
    const { outOfFold } = fitCandidate(material, lessons, split, truth, 2);
    const answers = split.rows.map((_, at) => {
      const own = [...outOfFold.subarray(at * 3, at * 3 + 3)];
      return own.indexOf(Math.max(...own));
    });
    expect(answers.filter((answer) => answer === 2)).toHaveLength(1);
    expect(answers[split.rows.indexOf(ALIEN)]).toBe(2);
  });
});
