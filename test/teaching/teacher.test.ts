import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/cascade/random.ts';
import { taughtQuestion } from '../../src/heads/artifact.ts';
import { applyHead } from '../../src/heads/head.ts';
import { fitCandidate } from '../../src/teaching/cross.ts';
import { materialOf } from '../../src/teaching/head-fit.ts';
import type { TeachInput } from '../../src/teaching/input.ts';
import { type Lessons, lessonsOf, rowsOfAny } from '../../src/teaching/lessons.ts';
import { splitByTime } from '../../src/teaching/moments.ts';
import { teach } from '../../src/teaching/teach.ts';
import { taughtLessons } from '../../src/teaching/teacher.ts';
import { UNLABELLED } from '../../src/words.ts';
import { inRuns, madeUpCamera, normal, relabelled } from '../support/taught.ts';

const D = 24;
const LABELLED = 40;
const labels = inRuns(2, 40, 8);

/**
 * A camera whose low rung sees something that goes with the class while people label, and against it ever after (a shadow,
 * say), which the top rung does not see.
 */
function drifting(): TeachInput {
  const input = madeUpCamera({ labels, clarity: { low: 3, top: 9 } });
  const random = seededRandom(4);
  const [low, top] = input.embeddings as [Float32Array, Float32Array];
  for (const [i, label] of labels.entries()) {
    const shadow = i < LABELLED ? label : 1 - label;
    for (let j = 0; j < 6; j++) low[i * D + j] = 2 + 3 * shadow + 0.3 * normal(random);
  }
  const truth = labels.map((label, i) => (i < LABELLED ? label : UNLABELLED));
  return relabelled({ ...input, embeddings: [low, top], useZero: false }, truth);
}

/** How often the low rung's head is right on what nobody labelled, taught by people alone, or by the top rung's besides. */
function accuracyOfLow({ questions: [question], embeddings, ...input }: TeachInput, isTaught: boolean): number {
  const truth = question?.truth ?? new Int32Array(0);
  const split = splitByTime(
    input,
    truth,
    Uint8Array.from(truth, (label) => (label < 0 ? 0 : 1)),
  );
  const hand = lessonsOf(split, truth);
  const material = (at: number, lessons: Lessons) =>
    materialOf(embeddings[at] as Float32Array, D, 'root', rowsOfAny(lessons));
  const top = material(1, hand);
  const teacher = fitCandidate(top, hand, split, truth, 2);
  const unlabelled = [...truth.keys()].slice(LABELLED);
  const taught = taughtLessons(hand, split, teacher, top, unlabelled, truth);
  const lessons = isTaught ? (taught?.lessons ?? hand) : hand;
  const { head } = fitCandidate(material(0, lessons), lessons, split, truth, 2);
  const logits = new Float32Array(3);
  const own = embeddings[0] as Float32Array;
  const right = unlabelled.filter((i) => {
    applyHead(head, own.subarray(i * D, (i + 1) * D), logits);
    return ((logits[1] ?? 0) > (logits[0] ?? 0) ? 1 : 0) === labels[i];
  });
  return right.length / unlabelled.length;
}

describe('the reference’s head as a teacher', () => {
  test('lets a cheaper rung unlearn what went with the class only while people labelled', () => {
    const input = drifting();
    const alone = accuracyOfLow(input, false);
    const taught = accuracyOfLow(input, true);
    expect(alone).toBeLessThan(0.6);
    expect(taught).toBeGreaterThan(0.8);
  });

  test.each([
    ['at 5 frames per second', 0.2],
    ['kept by a daemon', 10],
  ])('labels nothing for a fold’s pupils that may show what the fold judges: %s', (_, apart) => {
    const { questions, embeddings, ...input } = {
      ...drifting(),
      seconds: Float64Array.from(labels, (_, i) => i * apart),
    };
    // People labelled some frames of the first runs; two of the others are copies of a judged picture.
    const truth = Int32Array.from(labels, (label, i) => (i < 160 && i % 4 === 0 ? label : UNLABELLED));
    const keys = input.keys.map((key, i) => (i === 250 || i === 310 ? (input.keys[80] ?? '') : key));
    const split = splitByTime(
      { ...input, keys },
      truth,
      Uint8Array.from(truth, (label) => (label < 0 ? 0 : 1)),
    );
    const hand = lessonsOf(split, truth);
    const material = materialOf(embeddings[1] as Float32Array, D, 'root', split.rows);
    const teacher = fitCandidate(material, hand, split, truth, 2);
    const unlabelled = [...truth.keys()].filter((i) => truth[i] === UNLABELLED);
    const taught = taughtLessons(hand, split, teacher, material, unlabelled, truth);
    expect(questions).toHaveLength(1);
    for (const [fold, { rows }] of (taught?.lessons.folds ?? []).entries()) {
      const pupils = rows.filter((row) => truth[row] === UNLABELLED);
      expect(pupils.length).toBeGreaterThan(0);
      const judgedKeys = split.judged[fold]?.map((row) => keys[row]);
      for (const row of pupils) {
        expect(judgedKeys).not.toContain(keys[row]);
        for (const judged of split.judged[fold] ?? []) {
          const isOfOneRun = Math.floor(row / 8) === Math.floor(judged / 8);
          expect(isOfOneRun || Math.abs(row - judged) * apart < 0.2 * 5).toBe(false);
        }
      }
    }
    expect(taught?.lessons.final.rows.length).toBe(hand.final.rows.length + (taught?.taught ?? 0));
    expect(taught?.taught).toBeGreaterThan(0);
  });

  test('teaches a fold’s pupils what the final teacher is not sure of, end to end', () => {
    const unclear = madeUpCamera({ labels, clarity: { low: 2, top: 3 }, seed: 5 });
    const truth = labels.map((label, i) => (i < 160 ? label : UNLABELLED));
    const input = relabelled({ ...unclear, teacher: true }, truth);
    const split = splitByTime(
      input,
      Int32Array.from(truth),
      Uint8Array.from(truth, (label) => (label < 0 ? 0 : 1)),
    );
    const hand = lessonsOf(split, Int32Array.from(truth));
    const top = materialOf(input.embeddings[1] as Float32Array, D, 'root', hand.final.rows);
    const teacher = fitCandidate(top, hand, split, Int32Array.from(truth), 2);
    const unlabelled = [...truth.keys()].filter((row) => (truth[row] ?? 0) < 0);
    const own = taughtLessons(hand, split, teacher, top, unlabelled, Int32Array.from(truth));
    const { final } = own?.lessons ?? hand;
    expect(rowsOfAny(own?.lessons ?? hand).length).toBeGreaterThan(final.rows.length);
    const { candidates = [] } = teach(input, () => {}).report.questions[0] ?? {};
    expect(candidates).toHaveLength(3);
    for (const { logLoss } of candidates) expect(logLoss).toBeLessThan(Math.log(2));
  });

  test('its labels are counted, but judge nothing', () => {
    const input = { ...drifting(), teacher: true };
    const { report, heads } = teach(input, () => {});
    const [question] = report.questions;
    expect(question?.samples).toBe(LABELLED);
    expect(question?.confusion.flat().reduce((sum, count) => sum + count, 0)).toBe(LABELLED);
    const byTeacher = question?.classes.reduce((sum, own) => sum + own.byTeacher, 0) ?? 0;
    expect(byTeacher).toBeGreaterThan((labels.length - LABELLED) / 2);
    expect(taughtQuestion(heads, 'default').taughtByTeacher).toBeCloseTo(byTeacher / (labels.length - LABELLED), 3);
  });

  test('that labels very many frames teaches with some of them, and that is said', () => {
    const many = inRuns(2, 150, 8);
    const truth = many.map((label, i) => (i < 64 ? label : UNLABELLED));
    const camera = { ...madeUpCamera({ labels: many, clarity: { top: 9 } }), useZero: false, teacher: true };
    const { warnings } = teach(relabelled(camera, truth), () => {});
    expect(warnings.join('\n')).toMatch(/top labelled 1\d\d\d frames that nobody had; 1000 of them/);
  });

  test('does not change its own head', () => {
    const input = drifting();
    const head = (teacher: boolean) =>
      taughtQuestion(teach({ ...input, teacher }, () => {}).heads, 'default').heads.top;
    expect(head(true)).toEqual(head(false));
  });

  test.each([
    [3, 0],
    [5, 1],
  ])('labels only where it was sure and right on enough moments (%i)', (moments, isTeaching) => {
    const input = drifting();
    const truth = labels.map((label, i) => (i < moments * 8 ? label : UNLABELLED));
    const { report } = teach(relabelled({ ...input, teacher: true }, truth), () => {});
    const labelled = report.questions[0]?.classes.reduce((sum, { byTeacher }) => sum + byTeacher, 0) ?? 0;
    expect(Math.sign(labelled)).toBe(isTeaching);
  });

  test('that is not reliable teaches nobody, and that is said', () => {
    const blind = madeUpCamera({ labels, clarity: { low: 0, top: 0 } });
    const truth = labels.map((label, i) => (i < LABELLED ? label : UNLABELLED));
    const { report, warnings } = teach(relabelled({ ...blind, useZero: false, teacher: true }, truth), () => {});
    expect(report.questions[0]?.classes.map(({ byTeacher }) => byTeacher)).toEqual([0, 0]);
    expect(warnings.join('\n')).toMatch(/not reliably sure of any frame without a label/);
  });
});
