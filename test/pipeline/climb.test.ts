import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/cascade/random.ts';
import type { AnswerReader } from '../../src/cascade/reader.ts';
import type { ModeName } from '../../src/cascade/step.ts';
import type { RunRequest, RunResult } from '../../src/infer/pool.ts';
import { Climber, type ClimbResult } from '../../src/pipeline/climb.ts';
import { type AskedQuestion, placeRungs } from '../../src/pipeline/question.ts';
import { WHOLE_FRAME } from '../../src/types.ts';

const HELD = { ids: ['a', 'b', 'c'], p95Ms: [10, 20, 40], zeroMs: 0.2 };
const COSTS_MS = [10, 20, 40];
const SIZES = [2, 3, 4];

/** What the rungs see of a frame: an embedding by rung, from which questions read their answers. */
type Seen = readonly (readonly number[])[];

interface Asked {
  readonly id: string;
  readonly rungs: readonly string[];
  readonly mode?: ModeName;
  readonly threshold?: number;
  readonly entry?: number;
  readonly classes?: number;
  /** A feature that its judge reads. */
  readonly feature?: string;
}

/** Class k of a question about rung r is as likely as a fixed mixture of the embedding's values says. */
function reader(asked: Asked): AnswerReader {
  return {
    wantsEmbedding: true,
    read: (rung, { embedding }, into) => {
      for (let k = 0; k < into.length; k++) {
        into[k] = Array.from(embedding ?? []).reduce(
          (sum, value, i) => sum + value * Math.sin(k * 3 + i + rung + asked.id.length),
          0,
        );
      }
    },
  };
}

function question(asked: Asked): AskedQuestion {
  const { id, rungs, mode = 'cascade', threshold = 0.8, entry = 0, classes = 3, feature } = asked;
  const policy = {
    mode,
    rungs: rungs.map((rung) => ({ id: rung, threshold, temperature: 1, mergeWeight: 1 })),
    judge: () => ({
      features: feature === undefined ? [] : [feature],
      entry: (features: Float64Array) => (feature === undefined ? entry : Math.round(features[0] ?? 0)),
      right: ({ confidence }: { confidence: number }) => confidence,
    }),
    operatingPoint: 'balanced',
  };
  const names = Array.from({ length: classes }, (_, k) => ({ id: `${id}${k}`, name: `${id}${k}` }));
  return { id, text: null, classes: names, policy, ...placeRungs(policy, HELD), reader: () => reader(asked) };
}

/** A climber over made-up inference and time. */
class Bench {
  nowMs = 0;
  looks = 0;
  readonly requests: RunRequest[] = [];
  seen: Seen = [
    [1, 2],
    [1, 2, 3],
    [1, 2, 3, 4],
  ];
  zero: number[] = [1, 1];
  /** In place of an answer. */
  instead: (rung: number) => RunResult | null = () => null;
  /** Time that each reading of an answer takes. */
  readMs = 0;
  readonly climber: Climber;

  constructor(questions: readonly AskedQuestion[], limit: { readonly ms: number | null } = { ms: null }) {
    const timed = questions.map(({ reader, ...question }) => {
      return { ...question, reader: reader === null ? null : () => this.#timed(reader()) };
    });
    this.climber = new Climber({
      inference: { classes: 3, embeddingSizes: SIZES, run: (request) => this.#run(request) },
      questions: timed,
      limit,
      clock: { monotonicMs: () => this.nowMs, unixMs: () => this.nowMs },
      topK: 5,
      raster: () => (frame) => {
        this.looks++;
        return frame;
      },
      features: (names) => () => Float64Array.from(names, (name) => Number(name)),
      zero: () => ({
        embed: () => {
          this.nowMs += 0.1;
          return Float32Array.from(this.zero);
        },
      }),
    });
  }

  #timed(reader: AnswerReader): AnswerReader {
    return {
      ...reader,
      read: (rung, outputs, into) => {
        this.nowMs += this.readMs;
        reader.read(rung, outputs, into);
      },
    };
  }

  async #run(request: RunRequest): Promise<RunResult> {
    this.requests.push(request);
    const instead = this.instead(request.rung);
    if (instead !== null) return instead;
    const runMs = COSTS_MS[request.rung] ?? 0;
    this.nowMs += runMs;
    request.embedding?.set(this.seen[request.rung] ?? []);
    return { kind: 'done', waitMs: 0, prepareMs: 0, runMs, serviceMs: runMs };
  }

  climb(limitMs: number | null = null): Promise<ClimbResult> {
    const frame = { width: 2, height: 2, pixels: new Uint8Array(12), arrivedMs: this.nowMs };
    return this.climber.climb(frame, WHOLE_FRAME, limitMs);
  }
}

const rungsOf = (result: ClimbResult['answers'][number] | undefined) =>
  result?.kind === 'answered' ? result.path.map(({ rung }) => rung) : result?.kind;

test('has its turn by the frame’s deadline, and begins no later than a limit that ends sooner allows', async () => {
  const bench = new Bench([question({ id: 'q', rungs: ['a'] })], { ms: 30 });
  const frame = { width: 1, height: 1, pixels: new Uint8Array(3), arrivedMs: 0 };
  await bench.climber.climb(frame, WHOLE_FRAME, 100);
  expect(bench.requests).toMatchObject([{ deadlineMs: 100, latestStartMs: 20 }]);
});

describe('Climber with several questions', () => {
  test('a rung that several want runs once, and each reads its own answer', async () => {
    const bench = new Bench(['gate', 'drive'].map((id) => question({ id, rungs: ['b'] })));
    const { answers, ran } = await bench.climb();
    expect(bench.requests.map(({ rung }) => rung)).toEqual([1]);
    expect(ran.map(({ rung }) => rung)).toEqual(['b']);
    expect(answers.map(rungsOf)).toEqual([['b'], ['b']]);
    const [gate, drive] = answers.map((answer) => (answer.kind === 'answered' ? answer.top : []));
    expect(gate?.[0]?.classId).toMatch(/^gate/);
    expect(drive?.[0]?.classId).toMatch(/^drive/);
  });

  test('each question decides as if it were alone, whatever the others want', async () => {
    const random = seededRandom(3);
    const modes: ModeName[] = ['cascade', 'hybrid', 'select'];
    const asked: Asked[] = [
      { id: 'x', rungs: ['zero', 'a', 'c'], threshold: 0.7 },
      { id: 'yy', rungs: ['a', 'b', 'c'], threshold: 0.9, mode: 'hybrid', entry: 1 },
      { id: 'zzz', rungs: ['c'], mode: 'fixed' },
      { id: 'vvvv', rungs: ['zero', 'b'], mode: modes[2] as ModeName, feature: '1' },
    ];
    const all = new Bench(asked.map(question));
    const alone = asked.map((one) => new Bench([question(one)]));
    const counts = { shared: 0, alone: 0 };
    for (let n = 0; n < 100; n++) {
      const seen = SIZES.map((size) => Array.from({ length: size }, () => (random() - 0.5) * 4));
      const zero = [random() * 3, -random() * 3];
      for (const bench of [all, ...alone]) Object.assign(bench, { seen, zero });
      const before = all.requests.length;
      const together = await all.climb();
      const apart = await Promise.all(alone.map((bench) => bench.climb()));
      const told = (result: ClimbResult) =>
        result.answers.map((answer) =>
          answer.kind === 'answered' ? { ...answer, spentMs: 0, path: rungsOf(answer) } : answer,
        );
      expect(told(together)).toEqual(apart.flatMap(told));
      const wanted = new Set(apart.flatMap(({ ran }) => ran.map(({ rung }) => rung)));
      wanted.delete('zero');
      expect(all.requests.length - before).toBe(wanted.size); // each rung at most once
      counts.shared += wanted.size;
      counts.alone += apart.flatMap(({ ran }) => ran).filter(({ rung }) => rung !== 'zero').length;
    }
    expect(counts.shared).toBeLessThan(counts.alone);
  });

  test('rung zero stands in the path without a wait, and no slot is asked', async () => {
    const bench = new Bench([question({ id: 'gate', rungs: ['zero', 'c'], threshold: 0.4 })]);
    const { answers, ran } = await bench.climb();
    expect(bench.requests).toEqual([]);
    expect(ran).toEqual([
      { rung: 'zero', waitMs: 0, prepareMs: 0, runMs: expect.closeTo(0.1), serviceMs: expect.closeTo(0.1) },
    ]);
    expect(answers[0]).toMatchObject({ kind: 'answered', stop: 'accepted', path: [{ rung: 'zero', waitMs: 0 }] });
  });

  test('the time of rung zero is that of its embedding and its heads, and counts once', async () => {
    const bench = new Bench(['gate', 'drive'].map((id) => question({ id, rungs: ['zero'] })));
    bench.readMs = 0.05;
    const { answers, ran, decideMs } = await bench.climb();
    expect(ran).toMatchObject([{ prepareMs: 0, runMs: expect.closeTo(0.2), serviceMs: expect.closeTo(0.2) }]);
    expect(answers[1]).toMatchObject({ path: [{ rung: 'zero', runMs: expect.closeTo(0.2) }] });
    expect(decideMs).toBe(0);
    const network = new Bench([question({ id: 'gate', rungs: ['a'] })]);
    network.readMs = 0.05;
    const { ran: runs, decideMs: readingMs } = await network.climb();
    expect([runs[0]?.runMs, readingMs]).toEqual([10, expect.closeTo(0.05)]);
  });

  test('the small raster is made once for all, and only where somebody looks', async () => {
    const looking = new Bench([
      question({ id: 'x', rungs: ['zero', 'a'], feature: '0' }),
      question({ id: 'y', rungs: ['zero', 'b'], feature: '1' }),
    ]);
    await looking.climb();
    expect(looking.looks).toBe(1);
    const blind = new Bench([question({ id: 'x', rungs: ['a'] })]);
    await blind.climb();
    expect(blind.looks).toBe(0);
  });

  test('a question of which no rung is in time is dropped, another is answered', async () => {
    const bench = new Bench([question({ id: 'x', rungs: ['c'] }), question({ id: 'y', rungs: ['zero', 'b', 'c'] })]);
    const { answers } = await bench.climb(30);
    expect(answers.map(rungsOf)).toEqual(['dropped', ['zero', 'b']]);
    expect(answers[1]).toMatchObject({ stop: 'budget' });
  });

  test('what others run first counts as spent', async () => {
    const bench = new Bench([
      question({ id: 'x', rungs: ['a'], mode: 'fixed' }),
      question({ id: 'y', rungs: ['b', 'c'], mode: 'hybrid', entry: 1 }),
    ]);
    const { answers } = await bench.climb(45);
    expect(answers.map(rungsOf)).toEqual([['a'], ['b']]);
  });

  test('a rung that fails fails those that wanted it', async () => {
    const bench = new Bench([question({ id: 'x', rungs: ['b'] }), question({ id: 'y', rungs: ['zero', 'a'] })]);
    bench.instead = (rung) => (rung === 1 ? { kind: 'failed', waitMs: 0, reason: 'crashed' } : null);
    const { answers } = await bench.climb();
    expect(answers[0]).toEqual({ kind: 'failed', reason: 'crashed' });
    expect(rungsOf(answers[1])).toEqual(['zero', 'a']);
  });

  test('a rung that no slot holds fails those that want it, and no other runs in its place', async () => {
    const bench = new Bench([question({ id: 'x', rungs: ['gone'] }), question({ id: 'y', rungs: ['b'] })]);
    const { answers } = await bench.climb();
    expect(answers[0]).toEqual({ kind: 'failed', reason: 'rung gone is not loaded' });
    expect(rungsOf(answers[1])).toEqual(['b']);
    expect(bench.requests.map(({ rung }) => rung)).toEqual([1]);
  });

  test('a rung that came too late is done without', async () => {
    const bench = new Bench([question({ id: 'x', rungs: ['a', 'c'], threshold: 2 })]);
    bench.instead = (rung) => {
      if (rung !== 2) return null;
      bench.nowMs += 95;
      return { kind: 'late', waitMs: 95 };
    };
    const { answers } = await bench.climb(100);
    expect(answers[0]).toMatchObject({ stop: 'budget', path: [{ rung: 'a' }], spentMs: 105 });
  });

  test('embeddings are asked for where a question reads them, as long as the rung gives them', async () => {
    const plain: AskedQuestion = { ...question({ id: 'x', rungs: ['b'] }), reader: null };
    const bench = new Bench([plain]);
    await bench.climb();
    expect(bench.requests[0]?.embedding).toBe(null);
    const reading = new Bench([plain, question({ id: 'y', rungs: ['b'] })]);
    await reading.climb();
    expect(reading.requests[0]?.embedding?.length).toBe(3);
  });
});
