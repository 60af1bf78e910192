import { beforeEach, describe, expect, test } from 'vitest';
import type { Evidence } from '../../src/cascade/evidence.ts';
import type { Memorable, Recollection } from '../../src/cascade/recollection.ts';
import { recalledOutputs } from '../../src/cascade/recollection.ts';
import type { RunRequest, RunResult } from '../../src/infer/pool.ts';
import type { Answered } from '../../src/pipeline/asking.ts';
import { Climber, type ClimbHow } from '../../src/pipeline/climb.ts';
import { QuestionMemory } from '../../src/pipeline/memory.ts';
import { type AskedQuestion, placeRungs } from '../../src/pipeline/question.ts';
import { WholeView } from '../../src/pipeline/view.ts';
import { type Frame, WHOLE_FRAME } from '../../src/types.ts';

const answer = (changes: Partial<Memorable> = {}): Memorable => ({
  classIndex: 1,
  right: 0.9,
  rung: 0.5,
  isAided: false,
  ...changes,
});

describe('QuestionMemory', () => {
  let memory: QuestionMemory;
  beforeEach(() => {
    memory = new QuestionMemory();
  });
  const values = (ptsSeconds: number, score: number) => [...(memory.recall(ptsSeconds, score)?.values ?? [])];

  test('remembers nothing at first', () => {
    expect(memory.recall(1, 0)).toBe(null);
  });

  test('tells difference, age, certainty, how long the class has been the same, and the rung', () => {
    memory.take(answer(), 10, Infinity);
    memory.take(answer({ right: 0.8, rung: 1 }), 12, 0.5);
    expect(values(13, 2)).toEqual([2, 1, 0.8, 3, 1]);
    expect(memory.recall(13, 2)?.lastClass).toBe(1);
  });

  test('a class that changes has not been the same before', () => {
    memory.take(answer(), 10, Infinity);
    memory.take(answer({ classIndex: 2 }), 12, 5);
    expect(values(13, 0)[3]).toBe(1);
    expect(memory.recall(13, 0)?.lastClass).toBe(2);
  });

  test('what memory helped to is not remembered: the older answer goes on ageing, and what the scene differed by adds up', () => {
    memory.take(answer(), 10, Infinity);
    memory.take(answer({ classIndex: 2, right: 0.99, isAided: true }), 11, 3);
    memory.take(answer({ isAided: true }), 12, 0.8);
    expect(values(13, 4)).toEqual([2 + 4, 3, 0.9, 3, 0.5]);
    expect(memory.recall(13, 4)?.lastClass).toBe(1);
  });

  test('differences and times count up to what is stated, and what is older is forgotten', () => {
    memory.take(answer(), 0, Infinity);
    expect(values(60, 1000)).toEqual([20, 60, 0.9, 60, 0.5]);
    expect(memory.recall(60.1, 0)).toBe(null);
    expect(memory.recall(10, 0)).toBe(null);
  });

  test.each([
    ['a frame that cannot be compared', 11, Infinity],
    ['a score that is none', 11, Number.NaN],
    ['time that goes back', 9.9, 0],
    ['time that stands still', 10, 0],
  ])('%s ends what is remembered', (_name, ptsSeconds, score) => {
    memory.take(answer(), 10, Infinity);
    expect(memory.recall(ptsSeconds, score)).toBe(null);
    expect(memory.recall(11, 0)).toBe(null);
  });
});

const THRESHOLD = 0.95;

/** A rung's answer is right as often as its confidence says, with what is remembered added to its log-odds. */
function judged(remembers: boolean): AskedQuestion {
  const outputs = new Float64Array(2);
  const right = (evidence: Evidence, _features: Float64Array, recollection: Recollection | null = null) => {
    recalledOutputs(evidence.top, recollection, outputs, 0);
    return 1 / (1 + Math.exp(-Math.log(evidence.confidence / evidence.doubt) - (outputs[0] ?? 0)));
  };
  const policy = {
    mode: 'cascade' as const,
    rungs: ['low', 'high'].map((id) => ({ id, threshold: THRESHOLD, temperature: 1, mergeWeight: 1 })),
    judge: () => ({ features: [], entry: () => 0, right }),
    operatingPoint: 'balanced',
    remembers,
  };
  const classes = ['empty', 'car'].map((name) => ({ id: name, name }));
  const held = { ids: ['low', 'high'], p95Ms: [1, 10], zeroMs: null };
  return { id: 'yard', text: null, classes, policy, ...placeRungs(policy, held), reader: null };
}

/** A view of a made-up scene: pixels are how much it differs from black. */
class Bench {
  /** Log-odds of `car`, by rung. */
  odds: [number, number] = [2, 6];
  seconds = 0;
  stream = 1;
  scores: number[] = [];
  kept = 0;
  resets = 0;
  score = 0;
  readonly view: WholeView;

  constructor(questions: readonly AskedQuestion[] = [judged(true)], remembers = true) {
    const nowMs = 0;
    const difference = {
      score: ({ ptsSeconds }: Frame, raster: () => Uint8Array) => {
        this.scores.push(raster().length, ptsSeconds);
        return this.kept === 0 ? Infinity : this.score;
      },
      keep: () => {
        this.kept++;
      },
      reset: () => {
        this.resets++;
        this.kept = 0;
      },
    };
    this.view = new WholeView({
      climb: {
        inference: { classes: 2, embeddingSizes: [0, 0], run: (request) => this.#run(request) },
        questions,
        clock: { monotonicMs: () => nowMs, unixMs: () => nowMs },
        topK: 1,
        raster: () => (frame) => frame,
        features: () => () => new Float64Array(0),
        zero: null,
      },
      budgetMs: null,
      kind: 'frame',
      region: [0, 0, 1, 1],
      guard: null,
      difference: remembers ? difference : null,
    });
  }

  async #run({ rung, logits }: RunRequest): Promise<RunResult> {
    logits.set([0, this.odds[rung] ?? 0]);
    return { kind: 'done', waitMs: 0, prepareMs: 0, runMs: 1, serviceMs: 1 };
  }

  /** Ids of the rungs that the next frame needs. */
  async path(afterSeconds = 0.2): Promise<string[]> {
    return (await this.answer(afterSeconds)).path.map(({ rung }) => rung);
  }

  async answer(afterSeconds = 0.2): Promise<Answered> {
    this.seconds += afterSeconds;
    const frame: Frame = {
      camera: 'c',
      stream: this.stream,
      ptsSeconds: this.seconds,
      arrivedAtMs: 0,
      arrivedMs: 0,
      width: 1,
      height: 1,
      pixels: new Uint8Array(3),
      release: () => {},
    };
    const { statements } = await this.view.look(frame);
    const result = statements[0]?.result;
    if (result?.kind !== 'answered') throw new Error('it was not answered');
    return result;
  }
}

describe('a view that remembers', () => {
  test('a low rung that says what a high one said a moment ago is believed sooner', async () => {
    const bench = new Bench();
    expect(await bench.path()).toEqual(['low', 'high']);
    expect(await bench.path()).toEqual(['low']);
  });

  test('but not where it says something else', async () => {
    const bench = new Bench();
    await bench.path();
    bench.odds = [-2, -6];
    expect(await bench.path()).toEqual(['low', 'high']);
  });

  test('nor of a scene that differs much', async () => {
    const bench = new Bench();
    await bench.path();
    bench.score = 20;
    expect(await bench.path()).toEqual(['low', 'high']);
  });

  test('an answer is told with what it is worth with what is remembered', async () => {
    const bench = new Bench();
    await bench.path();
    const { right, memorable } = await bench.answer();
    expect(right).toBeGreaterThan(THRESHOLD);
    expect(memorable?.right).toBeCloseTo(1 / (1 + Math.exp(-2)), 9);
    expect(memorable?.isAided).toBe(true);
  });

  test('errors do not feed themselves: within five seconds the frame alone has to be enough again', async () => {
    const bench = new Bench();
    await bench.path();
    bench.odds = [2, -9]; // the low rung errs from now on
    let frames = 0;
    while ((await bench.path()).length === 1) frames++;
    expect(frames).toBeGreaterThan(1);
    expect(frames * 0.2).toBeLessThan(5);
    expect((await bench.answer()).top[0]?.label).toBe('empty');
  });

  test('another stream or size remembers nothing', async () => {
    const bench = new Bench();
    await bench.path();
    bench.stream++;
    expect(await bench.path()).toEqual(['low', 'high']);
    expect(bench.resets).toBe(2);
  });

  test('where no question remembers, no frame is compared', async () => {
    const bench = new Bench([judged(false)]);
    await bench.path();
    expect(await bench.path()).toEqual(['low', 'high']);
    expect(bench.scores).toEqual([]);
  });

  test('without a difference to go by nothing is remembered', async () => {
    const bench = new Bench([judged(true)], false);
    await bench.path();
    expect(await bench.path()).toEqual(['low', 'high']);
  });
});

test('a question that is to be surer than usual does not lean on what is remembered', async () => {
  const climber = new Climber({
    inference: {
      classes: 2,
      embeddingSizes: [0, 0],
      run: async ({ rung, logits }) => {
        logits.set([0, rung === 0 ? 2 : 9]);
        return { kind: 'done', waitMs: 0, prepareMs: 0, runMs: 1, serviceMs: 1 };
      },
    },
    questions: [judged(true)],
    clock: { monotonicMs: () => 0, unixMs: () => 0 },
    topK: 1,
    raster: () => (frame) => frame,
    features: () => () => new Float64Array(0),
    zero: null,
  });
  const recollections = [{ values: Float64Array.of(0, 0.2, 0.9999, 1, 1), lastClass: 1 }];
  const picture = { width: 1, height: 1, pixels: new Uint8Array(3), arrivedMs: 0 };
  const rungs = async (how: ClimbHow) => {
    const { ran } = await climber.climb({ ...picture }, WHOLE_FRAME, null, how);
    return ran.map(({ rung }) => rung);
  };
  expect(await rungs({ recollections, strict: [false] })).toEqual(['low']);
  expect(await rungs({ recollections, strict: [true] })).toEqual(['low', 'high']);
});
