import { describe, expect, test } from 'vitest';
import { type VideoClip, videoRows } from '../../bench/video-rows.ts';
import { videoVerdict } from '../../bench/video-verdict.ts';

const times = (...ms: number[]) => Float64Array.of(...ms);

/** Four frames, the last not scored; Weir differs from the top rung on the third. */
const clip = (name: string, weirMs: number): VideoClip => ({
  clip: name,
  variants: ['weir', 'without:reuse', 'rung:top'],
  top: 'rung:top',
  moments: [0, 0, 1, 2],
  runMs: [times(weirMs, weirMs, weirMs, weirMs), times(2, 2, 2, 2), times(10, 10, 10, 10)],
  totalMs: [times(2, 2, 2, 2), times(4, 4, 4, 4), times(12, 12, 12, 12)],
  questions: [
    {
      id: 'default',
      truth: [['a'], ['a'], ['b'], null],
      answers: [
        ['a', 'a', 'a', 'a'],
        ['a', 'a', 'b', 'b'],
        ['a', 'a', 'b', 'b'],
      ],
      ended: ['zero', 'unchanged', 'unchanged', 'top'],
      majority: 'a',
    },
  ],
  generic: {
    own: ['cat', 'cat', 'cat', 'dog'],
    top: ['cat', 'dog', 'dog', 'dog'],
    runMs: { own: times(5, 0, 0, 5), top: times(10, 10, 10, 10) },
    totalMs: { own: times(6, 1, 1, 6), top: times(14, 14, 14, 14) },
  },
});

const of = (rows: ReturnType<typeof videoRows>, name: string, variant = 'weir') =>
  Object.fromEntries(
    rows.filter((row) => row.case === name && row.variant === variant).map(({ figure, value }) => [figure, value]),
  );

describe('the rows of the benchmark of streams', () => {
  test('of a clip: what is right and what agrees among what is scored, times of every frame, and where frames ended', () => {
    expect(of(videoRows([clip('x.mp4', 1)]), 'x.mp4')).toMatchObject({
      accuracy: 2 / 3,
      accuracyTop: 1,
      agreementWithTop: 2 / 3,
      speedupVsTop: 10,
      speedupVsTopTotal: 6,
      'share:unchanged': 0.5,
      'share:zero': 0.25,
      'share:top': 0.25,
    });
  });

  test('of Weir without a part: the same figures, and its time beside that of Weir', () => {
    const rows = videoRows([clip('x.mp4', 1)]);
    expect(of(rows, 'x.mp4', 'without:reuse')).toMatchObject({ accuracy: 1, agreementWithTop: 1, speedupVsTop: 5 });
    const own = rows.find(({ variant, figure }) => variant === 'without:reuse' && figure === 'meanMs');
    expect(own).toMatchObject({ against: 'weir', ratio: 2 });
  });

  test('of generic labels: agreement with the top rung, and of that with its own frame before', () => {
    const rows = videoRows([clip('x.mp4', 1)]);
    expect(of(rows, 'x.mp4', 'generic')).toMatchObject({
      agreementWithTop: 0.5,
      speedupVsTop: 4,
      speedupVsTopTotal: 4,
    });
    expect(of(rows, 'x.mp4', 'generic:top')).toEqual({ agreementWithPrevious: 2 / 3 });
  });

  test('the verdict says of each gate whether it is reached, and which clip is worse', () => {
    const lines = videoVerdict(videoRows([clip('x.mp4', 1), clip('y.mp4', 3)]));
    const line = (part: string) => lines.find((text) => text.includes(part)) ?? '';
    expect(line('less time of models; at least')).toMatch(/not reached +5\.0 times/);
    expect(line('from the decoded frame')).toMatch(/^ +reached +6\.0 times/);
    expect(line('agrees with the top rung on')).toMatch(/not reached +agrees with the top rung on 66\.7 %/);
    expect(line('no clip loses')).toMatch(/^ +reached/);
    const worse = {
      ...clip('z.mp4', 1),
      questions: clip('z.mp4', 1).questions.map((question) => ({
        ...question,
        answers: [
          ['b', 'a', 'a', 'a'],
          ['a', 'a', 'b', 'b'],
          ['a', 'a', 'b', 'b'],
        ],
      })),
    };
    expect(videoVerdict(videoRows([worse])).find((text) => text.includes('no clip loses'))).toMatch(
      /not reached.*z\.mp4/,
    );
  });
});
