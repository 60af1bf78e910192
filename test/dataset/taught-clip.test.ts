import { describe, expect, test } from 'vitest';
import type { FrameStore } from '../../src/dataset/frame-store.ts';
import { clipExamples, type TaughtClip } from '../../src/dataset/taught-clip.ts';
import { parseTruth } from '../../src/dataset/truth.ts';

const CLASSES = { a: '', b: '' };
const question = (
  id: string,
  intervals: readonly (readonly [number, number, string])[],
  classes: object = CLASSES,
) => ({
  id,
  classes,
  intervals: intervals.map(([from, to, label]) => ({ from, to, label })),
});

/** Frames at whole seconds from 0 on; each has a key of its own, or that of `keys`. */
function clip(id: string, questions: object[], changes: Partial<TaughtClip> & { keys?: string[] } = {}): TaughtClip {
  const { keys = Array.from({ length: 6 }, (_, n) => `${id}${n}`), ...rest } = changes;
  const store = { keyOf: (n: number) => keys[n] ?? '', close: () => {} } as unknown as FrameStore;
  return {
    id,
    truthName: `${id}.json`,
    recording: { store, times: keys.map((_, n) => n), leadSeconds: 0, notices: [] },
    questions: parseTruth(JSON.stringify({ schema: 'weir.truth/1', questions }), `${id}.json`),
    picture: { width: 640, height: 360 },
    ...rest,
  };
}
const rows = ({ sources, seconds, questions }: ReturnType<typeof clipExamples>) =>
  sources.map((source, i) => [source, seconds[i], ...questions.map(({ truth }) => truth[i])]);

describe('frames of clips with truth', () => {
  const gate = clip('gate', [
    question('x', [
      [0, 2, 'a'],
      [2, 3, '~'],
      [3, 4, 'b'],
    ]),
  ]);

  test('bear their labels; of frames nobody speaks of, those are left out that no teacher may label', () => {
    expect(rows(clipExamples([gate], true))).toEqual([
      ['gate', 0, 0],
      ['gate', 1, 0],
      ['gate', 3, 1],
      ['gate', 4, -1],
      ['gate', 5, -1],
    ]);
    expect(rows(clipExamples([gate], false)).map(([, second]) => second)).toEqual([0, 1, 3]);
  });

  test('of several clips go together, question by question; what is unclear in one may be clear in another', () => {
    const yard = clip('yard', [
      question('y', [[0, 9, 'b']]),
      question('x', [
        [0, 1, 'b'],
        [1, 9, '~'],
      ]),
    ]);
    const all = rows(clipExamples([gate, yard], false));
    expect(all.length).toBe(9);
    expect(all.slice(3, 5)).toEqual([
      ['yard', 0, 1, 1],
      ['yard', 1, -2, 1],
    ]);
    expect(all[0]).toEqual(['gate', 0, 0, -1]);
  });

  test('without a label are thinned evenly where there are thousands, and that is told', () => {
    const keys = Array.from({ length: 5000 }, (_, n) => `k${n}`);
    const long = clip(
      'gate',
      [
        question('x', [
          [100, 110, 'a'],
          [4000, 4010, 'b'],
        ]),
      ],
      { keys },
    );
    const { seconds, questions, notices } = clipExamples([long], true);
    expect(notices).toEqual(['of 4980 frames without a label 2000 are used, evenly over all of them']);
    expect(clipExamples([gate], true).notices).toEqual([]);
    const said = [...(questions[0]?.truth ?? [])].filter((label) => label >= 0).length;
    expect([said, seconds.length]).toEqual([20, 2020]);
    const late = [...seconds].filter((second) => second >= 2500).length;
    expect(Math.abs(late - 1010)).toBeLessThan(5);
  });

  test('of different sizes, or of a question that has other classes there, are refused by name', () => {
    const small = clip('yard', [question('x', [])], { picture: { width: 320, height: 240 } });
    expect(() => clipExamples([gate, small], true)).toThrow('different sizes: gate 640x360, yard 320x240');
    const other = clip('yard', [question('x', [], { a: '', c: '' })]);
    expect(() => clipExamples([gate, other], true)).toThrow(
      'question x has the classes a, b in gate.json, and a, c in yard.json',
    );
  });
});
