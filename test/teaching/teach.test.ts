import { beforeAll, describe, expect, test } from 'vitest';
import { backgroundOf, headsText, taughtQuestion, toHead } from '../../src/heads/artifact.ts';
import { applyHead } from '../../src/heads/head.ts';
import { RASTER_SIZE, ZeroEmbedder } from '../../src/heads/zero.ts';
import { answersOf } from '../../src/premodel/answers.ts';
import { operatingPoint, trainedPolicy } from '../../src/premodel/judge.ts';
import type { TeachInput } from '../../src/teaching/input.ts';
import { playClimb } from '../../src/teaching/play.ts';
import type { Teaching } from '../../src/teaching/report.ts';
import { teach } from '../../src/teaching/teach.ts';
import { UNLABELLED, ZERO } from '../../src/words.ts';
import { emptyScene, inRuns, madeUpCamera, relabelled } from '../support/taught.ts';

const CLARITY = { low: 2, middle: 4, top: 8 };
const quietly = (input: TeachInput) => teach(input, () => {});

/** What each rung's head says of another input's samples, and the climb over them. */
function answer({ heads }: Teaching, input: TeachInput) {
  const question = taughtQuestion(heads, 'default');
  const classes = question.classes.length + 1;
  const embedder = new ZeroEmbedder(backgroundOf(heads));
  const read = (id: string, sample: number, into: Float32Array) => {
    const head = toHead(question.heads[id] as Parameters<typeof toHead>[0]);
    const at = input.rungs.findIndex((rung) => rung.id === id);
    const d = input.rungs[at]?.dimensions ?? 0;
    const embedding =
      id === ZERO
        ? embedder.embed(input.rasters.subarray(sample * RASTER_SIZE, (sample + 1) * RASTER_SIZE))
        : (input.embeddings[at] as Float32Array).subarray(sample * d, (sample + 1) * d);
    applyHead(head, embedding, into);
  };
  const count = input.keys.length;
  const alone = (id: string) => {
    const logits = new Float32Array(count * classes);
    for (let i = 0; i < count; i++) read(id, i, logits.subarray(i * classes, (i + 1) * classes));
    return answersOf(logits, count, classes);
  };
  return { climb: playClimb(question.premodel, classes, count, read), alone, other: classes - 1 };
}

function shareRight(answers: ArrayLike<number>, truth: ArrayLike<number>): number {
  return Array.from(answers).filter((own, i) => own === truth[i]).length / truth.length;
}

const labels = inRuns(3, 12, 6);
let input: TeachInput;
let taught: Teaching;
beforeAll(() => {
  input = madeUpCamera({ labels, clarity: CLARITY });
  taught = quietly(input);
});

/** The same camera at another time: the same classes, other noise. */
function atAnotherTime(count: number): TeachInput {
  const both = madeUpCamera({ labels: [...labels, ...inRuns(3, count / 6, 6)], clarity: CLARITY });
  const from = labels.length;
  return {
    ...both,
    keys: both.keys.slice(from),
    embeddings: both.embeddings.map((own) => own.slice(from * 24)),
    rasters: both.rasters.slice(from * RASTER_SIZE),
    questions: both.questions.map((question) => ({ ...question, truth: question.truth.slice(from) })),
  };
}

describe('teach', () => {
  test('is right on moments that it has not seen, and mostly by the cheapest rungs', () => {
    const other = atAnotherTime(72);
    const truth = other.questions[0]?.truth ?? [];
    const { climb } = answer(taught, other);
    expect(shareRight(climb.answers, truth)).toBeGreaterThan(0.95);
    const [question] = taught.report.questions;
    expect(question?.rungs).toEqual([ZERO, 'low', 'middle', 'top']);
    expect(question?.expected.speedup).toBeGreaterThan(3);
    expect(taught.warnings).toEqual([]);
    expect(taught.heads.rungs).toEqual(question?.rungs);
  });

  test('the same input gives the same text, whatever was taught in between', () => {
    const first = headsText(taught.heads);
    quietly(madeUpCamera({ labels, clarity: CLARITY, seed: 5 }));
    expect(headsText(quietly(input).heads)).toBe(first);
  });

  test('an answer at the very threshold is accepted, one just below is not', () => {
    const { premodel } = taughtQuestion(taught.heads, 'default');
    const policy = trainedPolicy(premodel, 'cascade', 'balanced');
    const threshold = policy.rungs[0]?.threshold ?? 0;
    const likely = (wanted: number) => {
      // The one rung's log-odds at which the judge says just that.
      const logOdds = Math.log(wanted / (1 - wanted)) / 1.4;
      return (id: string, _: number, into: Float32Array) =>
        into.set(id === ZERO ? [logOdds, 0, -80, -80] : [0, 9, -80, -80]);
    };
    const played = (wanted: number) => playClimb(premodel, 4, 1, likely(wanted)).answers[0];
    expect(played(threshold + 1e-6)).toBe(0);
    expect(played(threshold - 1e-6)).toBe(1);
  });

  test('accepts nothing of which it is not sure, even where every rung is right on everything', () => {
    const easy = quietly(madeUpCamera({ labels, clarity: { low: 30, middle: 30, top: 30 } }));
    const { premodel } = taughtQuestion(easy.heads, 'default');
    for (const name of ['fast', 'balanced', 'accurate']) {
      const { accept, rungs } = operatingPoint(premodel, 'cascade', name);
      expect(rungs.at(-1)).toBe('top');
      for (const threshold of accept) expect(threshold).toBeGreaterThan(0.5);
      expect(operatingPoint(premodel, 'hybrid', name).entry.every((threshold) => threshold === 0)).toBe(true);
    }
  });

  test('black, noise and another scene are `other`, this scene at another time is not', () => {
    const other = atAnotherTime(72);
    const { climb, other: unknown } = answer(taught, other);
    expect(climb.answers).not.toContain(unknown);
    const strange = atAnotherTime(24);
    const scenes = [emptyScene(7), new Uint8Array(RASTER_SIZE), emptyScene(8)];
    for (let i = 0; i < 24; i++) strange.rasters.set(scenes[i % 3] as Uint8Array, i * RASTER_SIZE);
    for (const own of strange.embeddings) for (let at = 0; at < own.length; at++) own[at] = at % 24 === 0 ? 9 : 0;
    expect(new Set(answer(taught, strange).climb.answers)).toEqual(new Set([unknown]));
  });

  test.each([
    [5, 2],
    [2, 3],
  ])('%i examples of each of %i classes are enough', (each, classes) => {
    const all = madeUpCamera({ labels: inRuns(classes, classes * 8, 5), clarity: CLARITY });
    const truth = Array.from(all.questions[0]?.truth ?? []);
    const counts = new Map<number, number>();
    const few = truth.map((label, i) => {
      if (i % 5 !== 0 || (counts.get(label) ?? 0) >= each) return UNLABELLED;
      counts.set(label, (counts.get(label) ?? 0) + 1);
      return label;
    });
    const own = quietly(relabelled(all, few));
    expect(own.report.questions[0]?.samples).toBe(each * classes);
    expect(shareRight(answer(own, all).climb.answers, truth)).toBeGreaterThan(0.9);
  });

  test('leaves rung zero out where it is not wanted, and where it would take as long as a network', () => {
    const rungsOf = (change: Partial<TeachInput>) => quietly({ ...input, ...change }).heads.rungs;
    expect(rungsOf({ useZero: false })).toEqual(['low', 'middle', 'top']);
    expect(rungsOf({ zeroMs: 0.6 })).toEqual(['low', 'middle', 'top']);
  });

  test('a target that was asked for stays as it is, and is told to be finer than the labels; the usual one is a frame at least', () => {
    const aimedAt = (value: number) => {
      const { heads, warnings } = quietly({ ...input, useZero: false, target: { ...input.target, value } });
      return [taughtQuestion(heads, 'default').premodel.fitted.target.value, warnings.join('\n')];
    };
    for (const value of [0, 0.005]) {
      const told = `a loss of at most ${value} is less than one of ${labels.length} labelled frames`;
      expect(aimedAt(value)).toEqual([value, expect.stringContaining(told)]);
    }
    expect(aimedAt(0.05)).toEqual([0.05, '']);
    expect(aimedAt(0.002)).toEqual([1 / labels.length, '']);
    const usual = { ...input.target, lossPerCondition: 0.006 };
    const { premodel } = taughtQuestion(quietly({ ...input, useZero: false, target: usual }).heads, 'default');
    expect(premodel.fitted.target.lossPerCondition).toBeCloseTo(1 / labels.length, 9);
  });

  test('several questions have heads and a premodel of their own, and share rungs', () => {
    const [first] = input.questions;
    const even = Int32Array.from(labels, (label) => (label === 1 ? 1 : 0));
    const second = { id: 'one', text: null, classes: [{ name: 'no' }, { name: 'yes' }], truth: even };
    const { heads } = quietly({ ...input, questions: [...(first === undefined ? [] : [first]), second] });
    expect(heads.questions.map(({ id }) => id)).toEqual(['default', 'one']);
    expect(heads.questions.map(({ classes }) => classes.length)).toEqual([3, 2]);
    const used = new Set(heads.questions.flatMap(({ premodel }) => premodel.rungs.map(({ id }) => id)));
    expect(heads.rungs.toSorted()).toEqual([...used].sort());
    expect(quietly(input).heads.questions[0]).toEqual(heads.questions[0]);
  });

  test('says so where labels have nothing to do with what is seen', () => {
    const always = madeUpCamera({ labels: inRuns(1, 12, 8), clarity: CLARITY });
    const questions = always.questions.map((question) => ({
      ...question,
      classes: [{ name: 'open' }, { name: 'closed' }],
      truth: Int32Array.from(inRuns(2, 24, 4)),
    }));
    const { warnings } = quietly({ ...always, questions });
    expect(warnings.join('\n')).toMatch(
      /cannot tell from saying always .* what is asked cannot be seen in these frames/,
    );
  });

  test('says so where a class was seen at one time only', () => {
    const once = [...inRuns(2, 8, 6), ...Array(12).fill(2)];
    const { warnings } = quietly(madeUpCamera({ labels: once, clarity: CLARITY }));
    expect(warnings.join('\n')).toMatch(/all examples of "things-2" are of one moment/);
  });

  test('counts the moments that there were, not the pieces that they are cut into', () => {
    const { report } = quietly(madeUpCamera({ labels: inRuns(2, 2, 5), clarity: CLARITY }));
    expect(report.questions[0]).toMatchObject({ samples: 10, moments: 2, cutMoments: 2 });
  });

  test('shows frames without a label that it is least sure of, and labels that look like slips, far apart', () => {
    const slip = 33;
    const truth = labels.map((label, i) => (i === slip ? (label + 1) % 3 : i % 4 === 0 ? UNLABELLED : label));
    const { unsure, doubted } = quietly(relabelled(input, truth)).report.questions[0] ?? { unsure: [], doubted: [] };
    expect(doubted).toContain(slip);
    expect(unsure.length).toBeGreaterThan(0);
    expect(unsure.filter((row) => truth[row] !== UNLABELLED)).toEqual([]);
    expect(unsure.length).toBeLessThanOrEqual(12);
    for (const [at, row] of unsure.entries()) {
      for (const other of unsure.slice(0, at)) expect(Math.abs(row - other)).toBeGreaterThanOrEqual(10);
    }
  });

  test('nothing to ask, or a question asked twice, is told', () => {
    expect(() => quietly({ ...input, questions: [] })).toThrow(expect.objectContaining({ code: 'teach-no-questions' }));
    const twice = [...input.questions, ...input.questions];
    expect(() => quietly({ ...input, questions: twice })).toThrow(/question "default" is asked twice/);
  });
});
