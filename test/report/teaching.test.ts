import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Examples } from '../../src/dataset/examples.ts';
import type { Heads } from '../../src/heads/artifact.ts';
import { writeTeachingReport } from '../../src/report/teaching.ts';
import type { QuestionReport } from '../../src/teaching/question-report.ts';
import type { Teaching } from '../../src/teaching/report.ts';
import { drawings, escaped, expectSelfContained, expectWellFormed } from './support.ts';

const HOSTILE = '"><script>alert(1)</script>';

const question: QuestionReport = {
  id: 'gate',
  text: `Is it ${HOSTILE}?`,
  classes: [
    { name: 'open', examples: 40, byTeacher: 3 },
    { name: HOSTILE, examples: 20, byTeacher: 0 },
  ],
  candidates: [
    { id: 'zero', costMs: 0.1, accuracy: 0.9, logLoss: 0.3, isUsed: true },
    { id: 'low', costMs: 1, accuracy: 0.95, logLoss: 0.2, isUsed: false },
    { id: 'top', costMs: 10, accuracy: 1, logLoss: 0.01, isUsed: true },
  ],
  reference: 'top',
  rungs: ['zero', 'top'],
  expected: {
    accuracy: 0.99,
    accuracyGainVsTop: -0.01,
    interval: [-0.02, 0],
    speedup: 5,
    shareByRung: { zero: 0.8, top: 0.2 },
  },
  confusion: [
    [39, 0, 1],
    [0, 20, 0],
  ],
  reliability: [0.6, 0.9].map((predicted) => ({ predicted, observed: predicted - 0.05, count: 30 })),
  unsure: [1, 0],
  doubted: [0],
  samples: 60,
  moments: 7,
  cutMoments: 2,
};

const teaching = {
  heads: {
    camera: 'gate',
    ladder: { name: 'tiny', fingerprint: 'f'.repeat(64) },
    fitted: { samples: 63, sources: { day: 63 }, data: 'd'.repeat(64), seed: 1, circumstances: 'here', warnings: [] },
  } as unknown as Heads,
  report: {
    questions: [question, { ...question, id: 'other', text: null, unsure: [], doubted: [] }],
    rungs: ['zero', 'top'],
  },
  warnings: ['only <7> moments'],
} as unknown as Teaching;

const load = async () => ({ width: 30, height: 30, pixels: new Uint8Array(2700) });
const examples = {
  samples: [
    { name: 'day at 1.00 s', load },
    { name: `day at 2.00 s ${HOSTILE}`, load },
  ],
  seconds: Float64Array.of(1, 2),
  picture: { width: 640, height: 320 },
  notices: ['a copy is left out'],
} as unknown as Examples;

describe('page of what was taught', () => {
  let dir: string;
  let page: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'weir-report-'));
    await writeTeachingReport(dir, teaching, examples, []);
    page = await readFile(join(dir, 'index.html'), 'utf8');
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  test('is well-formed, runs nothing and fetches nothing', () => {
    expectWellFormed(page);
    expectSelfContained(page);
  });

  test('says what to expect, what each candidate does, and what was not as it should be', () => {
    expect(page).toContain(
      'Expect <strong>99.0 %</strong> of frames right (−1.00 points against <code>top</code> alone',
    );
    expect(page).toContain('in <strong>5.0 times less time</strong>');
    expect(page).toContain(escaped('only <7> moments'));
    expect(page).toContain('a copy is left out');
    for (const words of [
      '60 frames labelled by people, of 7 moments, 2 of them cut in time',
      '✓ zero',
      'top (reference)',
    ])
      expect(page).toContain(words);
    expect(drawings(page).length).toBe(6);
    expect(page).toContain('Calibration error (mean distance from the diagonal): all together 5.0 %');
    expect(drawings(page)[0]).toMatch(/all together[\s\S]*2\.0 ms/);
  });

  test('shows what frames of each class are taken for, “other” among it', () => {
    expect(page).toMatch(/shows<\/th><th scope="col">open<\/th><th scope="col">[^<]*<\/th><th scope="col">other<\/th>/);
    expect(page).toContain('<strong>65.0 %</strong><br><small>39</small>');
  });

  test('shows the frames to label next, in order and as the camera sees them', () => {
    expect(page).toContain('Label these 2 frames next');
    expect(page).toContain('Look at these labels again');
    expect(page).toContain('There is no frame left without a label');
    expect(page.indexOf('day at 2.00 s')).toBeLessThan(page.indexOf('day at 1.00 s'));
    const [, first = ''] = /src="data:image\/jpeg;base64,([^"]+)"/.exec(page) ?? [];
    const jpeg = Buffer.from(first, 'base64');
    const size = jpeg.indexOf(Buffer.from([0xff, 0xc0])) + 5; // start of frame: height, then width
    expect([jpeg.readUInt16BE(size + 2), jpeg.readUInt16BE(size)]).toEqual([160, 80]);
  });
});
