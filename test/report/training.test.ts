import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FitReport } from '../../src/premodel/fit-report.ts';
import { writeTrainingReport } from '../../src/report/training.ts';
import { drawings, escaped, expectSelfContained, expectWellFormed, PREMODEL } from './support.ts';

const IDS = PREMODEL.rungs.map(({ id }) => id);
const HOSTILE = 'a/"><script>alert(1)</script>.jpg';

const bins = [0.2, 0.6, 0.9].map((predicted) => ({ predicted, observed: predicted - 0.05, count: 10 }));

const report: FitReport = {
  premodel: PREMODEL,
  warnings: ['too few <samples>'],
  choice: { candidates: 9, algorithm1: [{ rung: 'large', gain: 0.7 }], gainOverAlgorithm1: 0.0123 },
  features: [
    { name: 'sharpness', importance: 0.6, chosen: true },
    { name: 'entropy', importance: 0.4, chosen: false },
    { name: 'contrast', importance: 0, chosen: false },
  ],
  calibration: IDS.map((rung, k) => ({
    rung,
    deferral: bins,
    deferralError: 0.05,
    entry: k === 0 ? bins : null,
    entryError: k === 0 ? 0.05 : null,
  })),
  rivals: [
    { name: '5 nearest neighbours', logLoss: null, accuracy: 0.6, auc: 0.55, predictMs: 0.4 },
    { name: 'decision trees (in use)', logLoss: 0.56, accuracy: 0.7, auc: 0.6, predictMs: 0.0002 },
  ],
};

describe('page of a training', () => {
  let dir: string;
  let page: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'weir-report-'));
    await writeTrainingReport(dir, report, [{ name: HOSTILE, reason: 'not a picture' }]);
    page = await readFile(join(dir, 'index.html'), 'utf8');
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  test('is well-formed, runs nothing and fetches nothing', () => {
    expectWellFormed(page);
    expectSelfContained(page);
  });

  test('escapes names from outside', () => {
    expect(page).toContain(escaped(HOSTILE));
    expect(page).toContain('too few &#60;samples&#62;');
  });

  test('names every rung and every named point with its interval', () => {
    for (const id of IDS) expect(page).toContain(`<th scope="row">${escaped(id)}</th>`);
    for (const mode of ['hybrid', 'cascade', 'select'])
      for (const name of ['accurate', 'balanced', 'fast'])
        expect(page).toContain(`<th scope="row">${mode} ${name}</th>`);
    expect(page).toContain('95 % interval −2.0 to +2.0');
  });

  test('draws the fronts, the importance, and a calibration curve per rung', () => {
    expect(drawings(page)).toHaveLength(4 + 1 + IDS.length);
    expect(page).toContain('✓ sharpness');
    expect(page).toContain('says nearly the same: contrast');
  });

  test('tells how the rungs were chosen and where the numbers come from', () => {
    expect(page).toContain('+1.23 points');
    expect(page).toContain('some processor, 1 thread');
    expect(page).toContain('clean 1,200, field 34');
    expect(page).toContain('decision trees (in use)');
  });

  test('tells that given rungs were not chosen', async () => {
    await writeTrainingReport(dir, { ...report, choice: null }, []);
    const other = await readFile(join(dir, 'index.html'), 'utf8');
    expect(other).toContain('no search was made');
    expect(other).toContain('All images could be read');
  });
});
