import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { untrainedPolicy } from '../../src/cascade/policy.ts';
import { emptyTrials, type Trials } from '../../src/cascade/scoring.ts';
import { WeirError } from '../../src/errors.ts';
import { type Contestant, type ContestResult, summarise } from '../../src/evaluation/summary.ts';
import { writeEvaluationReport } from '../../src/report/evaluation.ts';
import { mistakesOf } from '../../src/report/mistakes.ts';
import type { Ladder, Rung } from '../../src/types.ts';
import { drawings, escaped, expectSelfContained, expectWellFormed, PREMODEL } from './support.ts';

const DEVICE = { name: 'a machine, 2 cores', clock: { state: 'floating', source: 'linux' } } as const;

const HOSTILE = 'n1/<img src=x onerror=alert(1)>&"\'.jpg';
const IDS = ['small<1>', 'middle', 'large'];
const IMAGES = 40;

const rung = (id: string): Rung => ({
  id,
  model: id,
  path: '',
  sha256: '',
  input: { width: 8, height: 8, fit: 'stretch' },
  view: 'whole',
  precision: 'int8',
  macsMillions: 10,
  layout: 'nhwc',
  dtype: 'uint8',
  mean: [0, 0, 0],
  std: [1, 1, 1],
  output: 'logits',
  defaults: { temperature: 1, threshold: 0.7, mergeWeight: 1 },
});

const ladder: Ladder = {
  name: 'made & up',
  labels: ['cat', 'dog <b>', 'bird'].map((name) => ({ id: name, name })),
  rungs: IDS.map(rung),
  reference: 'large',
  fingerprint: 'f'.repeat(64),
};

function trials(rungs: readonly string[], ms: number, isRight: (image: number) => boolean): Trials {
  const made = emptyTrials(IMAGES, rungs);
  for (let i = 0; i < IMAGES; i++) {
    const right = isRight(i);
    made.right[i] = made.rightInFive[i] = right ? 1 : 0;
    made.answer[i] = right ? i % 3 : (i + 1) % 3;
    made.predicted[i] = (i % 10) / 10;
    made.runMs[i] = made.totalMs[i] = ms + (i % 3);
    made.rungsRun[i] = 1;
    made.ended[i] = i % rungs.length;
  }
  return made;
}

function contest(truthful = true): ContestResult {
  const singles = IDS.map(
    (id): Contestant => ({ kind: 'rung', id, policy: untrainedPolicy({ kind: 'fixed', rung: id }, [rung(id)]) }),
  );
  const cascade = untrainedPolicy({ kind: 'cascade' }, ladder.rungs);
  const policies = (['hybrid', 'cascade', 'select'] as const).map(
    (mode): Contestant => ({ kind: 'policy', mode, operatingPoint: 'balanced', policy: cascade }),
  );
  return {
    contestants: [...singles, ...policies],
    trials: [
      ...IDS.map((id, k) => trials([id], 2 + 8 * k, (i) => i % (k + 3) !== 0)),
      ...policies.map((_, k) => trials(IDS, 5 + k, (i) => i % 4 !== 1)),
    ],
    rows: Array.from({ length: IMAGES }, (_, i) => i),
    samples: Array.from({ length: IMAGES }, (_, i) => ({
      key: String(i),
      name: `/somewhere/${i % 2 === 0 ? 'n0/fine.jpg' : HOSTILE}`,
      condition: i % 2 === 0 ? 'clean' : 'field',
      truth: truthful ? i % 3 : null,
      group: String(i),
      load: async () => {
        if (i === 1) throw new WeirError('image-unreadable', 'gone', { remedy: 'none' });
        return { width: 320, height: 200, pixels: new Uint8Array(320 * 200 * 3).fill(i) };
      },
    })),
    skipped: 2,
  };
}

describe('page of an evaluation', () => {
  let dir: string;
  let page: string;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'weir-report-'));
    const result = contest();
    await writeEvaluationReport(join(dir, 'new/folder'), summarise(result, ladder, null, DEVICE), result, null, ladder);
    page = await readFile(join(dir, 'new/folder/index.html'), 'utf8');
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  test('is one whole file', async () => {
    expect(await readdir(join(dir, 'new/folder'))).toEqual(['index.html']);
    expectWellFormed(page);
  });

  test('runs nothing and fetches nothing', () => expectSelfContained(page));

  test('escapes names of files, rungs and classes', () => {
    expect(page).toContain(escaped(HOSTILE));
    expect(page).toContain('dog &#60;b&#62;');
    expect(page).not.toContain('<img src=x');
    expect(page).not.toContain('small<1>');
  });

  test('names every rung, every policy and the oracle', () => {
    for (const id of IDS) expect(page).toContain(`<th scope="row">${escaped(id)}`);
    for (const mode of ['hybrid', 'cascade', 'select']) expect(page).toContain(`<th scope="row">${mode} balanced</th>`);
    expect(page).toContain('<th scope="row">oracle</th>');
  });

  test('says first what came out, how surely, and what limits its worth', () => {
    const summary = /<div class="summary">[\s\S]*?<\/div>/.exec(page)?.[0] ?? '';
    expect(summary).toMatch(/<strong>hybrid balanced<\/strong> is right on <strong>75\.0 %<\/strong>.*95 % interval/);
    expect(summary).toMatch(/times less time/);
    expect(summary).toContain('2 could not be read');
    expect(page).toContain('clocks were not pinned');
  });

  test('draws time against accuracy per condition, shares and certainty, each with words for it', () => {
    expect(drawings(page)).toHaveLength(5);
    for (const svg of drawings(page)) expect(svg).toMatch(/^<svg [^>]*aria-label="[^"]{20,}"/);
  });

  test('shows mistakes as small JPEG pictures, and those that are gone without', () => {
    const pictures = [...page.matchAll(/src="data:image\/jpeg;base64,([^"]+)"/g)].map(([, data]) => data ?? '');
    expect(pictures.length).toBeGreaterThan(3);
    for (const data of pictures) expect(Buffer.from(data, 'base64').subarray(0, 3).toString('hex')).toBe('ffd8ff');
    expect(page).toContain('no picture');
    expect(page).not.toContain('/somewhere');
  });

  test('with a premodel, draws what was expected of it and lists its features', async () => {
    const result = contest();
    await writeEvaluationReport(dir, summarise(result, ladder, PREMODEL, DEVICE), result, PREMODEL, ladder);
    const other = await readFile(join(dir, 'index.html'), 'utf8');
    expectWellFormed(other);
    const dashes = (text: string) => (drawings(text)[0]?.match(/stroke-dasharray/g) ?? []).length;
    expect(dashes(other) - dashes(page)).toBe(3);
    expect(other).toContain('<dt>image features</dt><dd>sharpness</dd>');
  });

  test('says what “right” means without labels', async () => {
    const result = contest(false);
    await writeEvaluationReport(dir, summarise(result, ladder, null, DEVICE), result, null, ladder);
    expect(await readFile(join(dir, 'index.html'), 'utf8')).toContain('These images have no labels');
  });
});

test('mistakes come most certain first, those of unknown certainty last', () => {
  const policy = trials(IDS, 1, () => false);
  policy.predicted.set([0.2, Number.NaN, 0.9, 0.5]);
  const reference = trials(['large'], 1, (i) => i !== 3);
  expect(mistakesOf(policy, reference, [0, 1, 2, 3])).toEqual([
    { row: 2, predicted: 0.9 },
    { row: 0, predicted: 0.2 },
    { row: 1, predicted: null },
  ]);
});
