import { describe, expect, test } from 'vitest';
import { FEATURES } from '../../src/features/catalogue.ts';
import { premodelText } from '../../src/premodel/artifact.ts';
import { fitPremodel } from '../../src/premodel/fit.ts';
import { fitWithReport } from '../../src/premodel/fit-report.ts';
import { syntheticInput } from '../support/premodels.ts';

const input = syntheticInput();
const quiet = () => {};
const report = fitWithReport(input, quiet);

describe('fitWithReport', () => {
  test('tells of the very premodel that is fitted without it', () => {
    expect(premodelText(report.premodel)).toBe(premodelText(fitPremodel(input, quiet).premodel));
  });

  test('lists every image feature, by falling importance, the chosen ones marked', () => {
    expect(report.features.map(({ name }) => name).sort()).toEqual(FEATURES.map(({ name }) => name).sort());
    const importance = report.features.map((feature) => feature.importance);
    expect(importance).toEqual([...importance].sort((a, b) => b - a));
    const chosen = report.features.filter((feature) => feature.chosen).map(({ name }) => name);
    expect(chosen).toEqual(report.premodel.features);
  });

  test('tells the calibration of each rung over all climbs that end with it, of entry of all but the last', () => {
    expect(report.calibration.map(({ rung }) => rung)).toEqual(['r0', 'r1', 'r3']);
    const counts = report.calibration.map(({ deferral }) => deferral.reduce((sum, { count }) => sum + count, 0));
    expect(counts).toEqual([300, 600, 1200]);
    expect(report.calibration.map(({ entry }) => entry === null)).toEqual([false, false, true]);
    expect(report.calibration.at(-1)?.entryError).toBeNull();
    for (const { deferralError } of report.calibration) expect(deferralError).toBeLessThan(0.06);
  });

  test('compares rivals at the task of the trees', () => {
    expect(report.rivals).toHaveLength(4);
    for (const { auc } of report.rivals) expect(auc).toBeGreaterThan(0.75);
  });

  test('tells how the subset was chosen, with the ids of rungs', () => {
    expect(report.choice).toBeNull();
    const { choice } = fitWithReport({ ...input, subset: null }, quiet);
    expect(choice?.candidates).toBe(4);
    expect(choice?.algorithm1[0]?.rung).toBe('r0');
    for (const { rung } of choice?.algorithm1 ?? []) expect(input.rungs.map(({ id }) => id)).toContain(rung);
  });

  test('is plain data', () => {
    expect(structuredClone(report)).toEqual(report);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  test('can be made where no image feature says anything', () => {
    const features = new Float64Array(input.features.length).fill(1);
    expect(fitWithReport({ ...input, features, subset: ['r0', 'r3'] }, quiet).premodel.features).toEqual([]);
  });
});
