import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseMode } from '../../src/cascade/policy.ts';
import { type PlanSettings, planEngine, type Use } from '../../src/commands/engine.ts';
import { WeirError } from '../../src/errors.ts';
import { ladderPath, readLadder } from '../../src/infer/ladder.ts';
import { readPremodel } from '../../src/premodel/artifact.ts';
import { operatingPoint } from '../../src/premodel/judge.ts';
import { POINT_NAMES } from '../../src/premodel/targets.ts';
import { temporaryFolder } from '../support/clips.ts';
import { ROOT, weir } from '../support/daemon.ts';
import { type EvaluationFile, evaluationFile } from '../support/evaluations.ts';
import { DATA, describeWith, WEIR_DATA } from '../support/parts.ts';
import { writeStudyLadder } from '../support/study.ts';

const use = (mode: string, point: string | null = 'balanced'): Use => ({
  mode: parseMode(mode),
  operatingPoint: point,
});
const planned = (uses: readonly Use[], changes: Partial<PlanSettings> = {}) =>
  planEngine({ ladder: 'imagenet-1k', premodel: null, rungs: null, uses, ...changes });
const shipped = async () => {
  const path = ladderPath('imagenet-1k');
  const ladder = await readLadder(path);
  return { ladder, premodel: await readPremodel(join(path, '..', 'premodel.json'), ladder) };
};

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

describe('planEngine', () => {
  test('loads the rungs of the operating points in use, and no others', async () => {
    const { premodel } = await shipped();
    const idsOf = async (uses: readonly Use[]) => (await planned(uses)).rungs.map(({ id }) => id).sort();
    const pointsOf = (...names: string[]) =>
      [...new Set(names.flatMap((name) => operatingPoint(premodel, 'hybrid', name).rungs))].sort();
    expect(await idsOf([use('hybrid', 'fast')])).toEqual(pointsOf('fast'));
    expect(await idsOf([use('hybrid', 'fast'), use('hybrid', 'accurate')])).toEqual(pointsOf('fast', 'accurate'));
    expect(await idsOf([use('hybrid', null)])).toEqual(premodel.rungs.map(({ id }) => id).sort());
    expect(await idsOf([use('fixed:lite0@96-int8')])).toEqual(['lite0@96-int8']);
  });

  test('tells an operating point that is not there before anything is loaded', async () => {
    const problem = await planned([use('hybrid', 'fastest')]).catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(WeirError);
    expect(problem).toMatchObject({ code: 'operating-point-unknown' });
    expect((problem as WeirError).remedy).toMatch(/fast, balanced, accurate, or a number/);
  });

  test('a premodel and rungs together are refused: one of them would be passed over', async () => {
    const both = planned([use('hybrid')], { rungs: ['lite0@96-int8'], premodel: 'premodel.json' });
    await expect(both).rejects.toMatchObject({
      code: 'premodel-and-rungs',
      remedy: 'leave out the premodel, or the rungs',
    });
  });

  test('named rungs make a plain cascade, and it says so', async () => {
    const rungs = ['lite0@96-int8', 'lite2@300-int8'];
    const plan = await planned([use('hybrid')], { rungs });
    expect(plan.premodel).toBe(null);
    expect(plan.subset).toEqual(rungs);
    expect(plan.notices.join()).toMatch(/rungs are named: frames are decided by a plain cascade.*weir train/);
    expect((await planned([use('cascade')], { rungs })).notices).toEqual([]);
  });

  test('refuses the premodel of another ladder', async () => {
    await mkdir(join(folder.path, 'other'));
    const other = await writeStudyLadder(join(folder.path, 'other'));
    await writeFile(
      join(folder.path, 'other/premodel.json'),
      await readFile(join(ROOT, 'models/imagenet-1k/premodel.json')),
    );
    await expect(planned([use('hybrid')], { ladder: other })).rejects.toMatchObject({ code: 'premodel-other-ladder' });
  });
});

describe('the shipped premodel', () => {
  test('is one of the shipped ladder, with all names in every mode', async () => {
    const { premodel } = await shipped();
    expect(premodel.fitted.truth).toBe('labels');
    for (const points of Object.values(premodel.modes)) {
      expect(points.flatMap(({ name }) => name ?? []).sort()).toEqual([...POINT_NAMES].sort());
      // A front: whoever takes longer is right more often.
      const costs = points.map(({ expected }) => expected.costRatio);
      const accuracies = points.map(({ expected }) => expected.accuracy);
      expect(costs).toEqual([...costs].sort((a, b) => a - b));
      expect(accuracies).toEqual([...accuracies].sort((a, b) => a - b));
    }
  });
});

describeWith([DATA], 'the shipped premodel on images that it was not fitted on', () => {
  test('is about as often right as the reference, in much less time', async () => {
    const data = join(WEIR_DATA, 'imagenet');
    const file = join(folder.path, 'evaluation.json');
    const { code, stderr } = await weir(
      [
        ...['evaluate', '--dataset', `clean=${data}/clean/test`, '--dataset', `field=${data}/field/test`],
        ...['--limit', '240', '--modes', 'hybrid', '--operating-point', 'balanced', '--rungs', 'lite2@300-int8'],
        ...['--json', file],
      ],
      { timeoutMs: 240_000 },
    );
    expect(stderr).not.toMatch(/→/);
    expect(code).toBe(0);
    const { conditions }: EvaluationFile = evaluationFile.parse(JSON.parse(await readFile(file, 'utf8')));
    const policy = conditions.all?.policies[0];
    expect(conditions.all?.images).toBe(240);
    expect(policy?.speedupVsTop).toBeGreaterThan(1.6);
    expect(policy?.accuracyGainVsTop).toBeGreaterThan(-0.04);
  }, 300_000);
});
