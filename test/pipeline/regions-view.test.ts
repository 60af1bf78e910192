import { describe, expect, test } from 'vitest';
import { type RegionPart, RegionsView, shareUntil } from '../../src/pipeline/regions-view.ts';
import type { Looked, View } from '../../src/pipeline/view.ts';
import type { Frame } from '../../src/types.ts';

const NOTHING: Looked = { statements: [], ran: [], decideMs: 0, events: [], gone: [], leftOut: 0, troubles: [] };
const event = (track: number, phase: 'begin' | 'end' = 'begin') => ({
  question: 'q',
  label: 'car',
  phase,
  stream: 1,
  ptsSeconds: 1,
  atMs: 0,
  track,
});
const statement = (track?: number): Looked['statements'][number] => ({
  question: { id: 'q' } as Looked['statements'][number]['question'],
  view: { kind: 'motion', box: [0, 0, 1, 1], ...(track === undefined ? {} : { track }) },
  result: { kind: 'dropped' },
});

/** Regions that take so long, each telling of the next frame what it is told to. */
class Bench {
  nowMs = 1000;
  readonly limits: (number | null)[] = [];
  readonly gears: number[] = [];
  readonly looked: Partial<Looked>[] = [];
  readonly left: ReturnType<View['end']>[] = [];
  readonly view: RegionsView;

  constructor(shares: readonly number[], takesMs: readonly number[], budgetMs: number | null = 100) {
    const regions = shares.map((budgetShare, at): RegionPart => {
      const limit = { ms: null as number | null };
      const view: View = {
        questions: [{ id: `q${at}` } as View['questions'][number]],
        tracks: 0,
        look: async (_, gear = 0) => {
          this.limits.push(limit.ms);
          this.gears.push(gear);
          this.nowMs += takesMs[at] ?? 0;
          return { ...NOTHING, ...this.looked[at] };
        },
        end: () => this.left[at] ?? [],
      };
      return { view, budgetShare, limit, cut: (frame) => frame };
    });
    this.view = new RegionsView({ regions, budgetMs, clock: { monotonicMs: () => this.nowMs, unixMs: () => 0 } });
  }

  /** A frame that has waited for so long. */
  look(waitedMs = 0, gear?: number): Promise<Looked> {
    return this.view.look({ arrivedMs: this.nowMs - waitedMs, ptsSeconds: 1 } as Frame, gear);
  }
}

describe('the time of a frame', () => {
  test('is shared, and what one does not use goes to those after it', async () => {
    const bench = new Bench([0.5, 0.25, 0.25], [10, 30, 0]);
    await bench.look();
    // 50 for the first, which takes 10; half of the 90 that are left for the second, which takes 30; all the rest for the last.
    expect(bench.limits).toEqual([50, 55, 100]);
  });

  test('is what is left of it when the frame has waited: nobody’s share is used up by that alone', async () => {
    const bench = new Bench([0.5, 0.5], [10, 0]);
    await bench.look(60);
    expect(bench.limits).toEqual([80, 100]);
  });

  test('is used up for all where one took it', async () => {
    const bench = new Bench([0.4, 0.3, 0.3], [200, 0, 0]);
    await bench.look();
    expect(bench.limits).toEqual([40]); // the others' pixels are not even cut out
    const dropped = (await bench.look(100)).statements;
    expect(dropped.map(({ question, result }) => [question.id, result.kind])).toEqual([
      ['q0', 'dropped'],
      ['q1', 'dropped'],
      ['q2', 'dropped'],
    ]);
  });

  test('has no end without a budget', async () => {
    const bench = new Bench([0.5, 0.5], [500, 0], null);
    await bench.look();
    expect(bench.limits).toEqual([null, null]);
  });

  test('belongs to the last one whole, also where shares are less than all', async () => {
    const bench = new Bench([0.2, 0.2], [0, 0]);
    await bench.look();
    expect(bench.limits).toEqual([50, 100]);
  });

  test.each([
    [0, 1, 100],
    [40, 0.5, 70],
    [100, 0.5, 100],
    [130, 0.5, 100],
  ])('after %d ms, with a share of %d, is up at %d', (spentMs, ratio, untilMs) => {
    expect(shareUntil(spentMs, 100, ratio)).toBe(untilMs);
  });
});

describe('objects', () => {
  test('of two regions have numbers of their own, which they keep', async () => {
    const bench = new Bench([0.5, 0.5], [0, 0]);
    bench.looked.push({ statements: [statement(1)], events: [event(1)] }, { statements: [statement(1), statement()] });
    const tracksOf = ({ statements, events }: Looked) => [
      statements.map(({ view }) => view.track),
      events.map(({ track }) => track),
    ];
    expect(tracksOf(await bench.look())).toEqual([[1, 2, undefined], [1]]);
    bench.looked[0] = { statements: [statement(2), statement(1)] };
    expect(tracksOf(await bench.look())).toEqual([[3, 1, 2, undefined], []]);
    expect(bench.view.tracks).toBe(3);
  });

  test('that have left are told by their number, and those of which nothing was told are not', async () => {
    const bench = new Bench([0.5, 0.5], [0, 0]);
    bench.looked.push({}, { statements: [statement(7)] });
    await bench.look();
    bench.looked[1] = { events: [event(7, 'end')], gone: [7, 8] };
    const { events, gone } = await bench.look();
    expect([events.map(({ track }) => track), gone]).toEqual([[1], [1]]);
    bench.looked[1] = { statements: [statement(7)] }; // another one
    expect((await bench.look()).statements[0]?.view.track).toBe(2);
  });

  test('count on from those of the view before, and leave by their numbers when all is over', async () => {
    const bench = new Bench([0.5, 0.5], [0, 0]);
    bench.view.tracks = 40;
    bench.looked.push({ statements: [statement(3)] }, { statements: [statement(3)] });
    await bench.look();
    bench.left.push([event(3, 'end')], [event(3, 'end')]);
    expect(bench.view.end().map(({ track }) => track)).toEqual([41, 42]);
  });
});

test('all questions are asked, and what makes one region’s answers doubtful is told once', async () => {
  const bench = new Bench([0.5, 0.5], [0, 0]);
  expect(bench.view.questions.map(({ id }) => id)).toEqual(['q0', 'q1']);
  bench.looked.push({ troubles: ['moved'], leftOut: 1, decideMs: 2 }, { troubles: ['moved', 'heads'], decideMs: 3 });
  expect(await bench.look()).toMatchObject({ troubles: ['moved', 'heads'], leftOut: 1, decideMs: 5 });
});

test('all regions are looked at in the camera’s gear', async () => {
  const bench = new Bench([0.5, 0.5], [0, 0]);
  await bench.look(0, 2);
  expect(bench.gears).toEqual([2, 2]);
});

test('what is known of reused answers is told of all regions, in one list as long as it is the same', async () => {
  const bench = new Bench([0.5, 0.5], [0, 0]);
  const state = (question: string) => ({ question, threshold: 1, isProven: true, agreement: null, hasDrifted: false });
  const audit = { question: 'b', of: 'fresh', agrees: true } as const;
  const [one, two] = [[state('a')], [state('b')]];
  bench.looked.push({ reuses: one, compareMs: 1 }, { reuses: two, audits: [audit], compareMs: 2 });
  const first = await bench.look();
  expect(first).toMatchObject({ reuses: [state('a'), state('b')], audits: [audit], compareMs: 3 });
  expect((await bench.look()).reuses).toBe(first.reuses);
});
