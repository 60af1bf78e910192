import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/clips.ts';
import { beginWeir, expectDone, expectRefusal } from '../support/commands.ts';
import { weir } from '../support/daemon.ts';
import { type EvaluationFile, evaluationFile } from '../support/evaluations.ts';
import { nearestColour, STUDY_RUNGS, writeStudyLadder, writeStudyPictures } from '../support/study.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const path = (name: string) => join(folder.path, name);

beforeAll(async () => {
  folder = await temporaryFolder();
  await writeStudyLadder(path('ladder'));
  await writeStudyPictures(path('day'), { perClass: 30 });
  await writeStudyPictures(path('night'), { perClass: 10, seed: 3, spread: 95, classes: 4 });
  const train = ['train', '--ladder', path('ladder'), '--cache', path('cache'), '--out', path('premodel.json')];
  expectDone(await weir([...train, '--dataset', path('day')]));
});
afterAll(() => folder.remove());

const evaluate = (...args: string[]) =>
  weir(['evaluate', '--ladder', path('ladder'), '--state-dir', path('state'), ...args]);
const trained = () => ['--premodel', path('premodel.json')];
const written = async (name: string): Promise<EvaluationFile> =>
  evaluationFile.parse(JSON.parse(await readFile(path(name), 'utf8')));

describe('weir evaluate', () => {
  let file: EvaluationFile;
  let ended: Awaited<ReturnType<typeof weir>>;
  beforeAll(async () => {
    const sets = ['--dataset', `day=${path('day')}`, '--dataset', `night=${path('night')}`];
    ended = await evaluate(...trained(), ...sets, '--json', path('all.json'), '--report', path('report'));
    file = await written('all.json');
  });

  test('writes weir.evaluation/1, with a condition per data set and all together', () => {
    expectDone(ended);
    expect(file.ladder).toMatchObject({ name: 'tiny', reference: 'top' });
    expect(file.premodel?.rungs.toSorted()).toEqual(['low', 'mid', 'top']);
    expect(file.dataset).toEqual({ images: 190, skipped: 0, classes: 5 });
    expect(Object.entries(file.conditions).map(([name, { images }]) => [name, images])).toEqual([
      ['day', 150],
      ['night', 40],
      ['all', 190],
    ]);
  });

  test('runs every mode at the three named points, and every rung alone', () => {
    for (const { rungs, policies } of Object.values(file.conditions)) {
      expect(rungs.map(({ id, macsMillions }) => [id, macsMillions])).toEqual([
        ['low', 1],
        ['mid', 2],
        ['top', 3],
      ]);
      expect(policies.map(({ mode, operatingPoint }) => `${mode} ${operatingPoint}`)).toEqual(
        ['select', 'cascade', 'hybrid'].flatMap((mode) =>
          ['accurate', 'balanced', 'fast'].map((point) => `${mode} ${point}`),
        ),
      );
    }
  });

  test('its figures fit together', () => {
    for (const { rungs, oracle, policies } of Object.values(file.conditions)) {
      const top = rungs.at(-1) as (typeof rungs)[number];
      for (const { top1, top5, medianMs, p95Ms } of rungs) {
        expect(top5).toBeGreaterThanOrEqual(top1);
        expect(p95Ms).toBeGreaterThanOrEqual(medianMs);
        expect(oracle.top1).toBeGreaterThanOrEqual(top1);
      }
      expect(oracle.meanMs).toBeLessThanOrEqual(Math.max(...rungs.map(({ meanMs }) => meanMs)));
      for (const policy of policies) {
        const shares = Object.values(policy.shareByRung).reduce((sum, share) => sum + share, 0);
        expect(shares).toBeCloseTo(1, 9);
        expect(policy.accuracyGainVsTop).toBeCloseTo(policy.top1 - top.top1, 9);
        expect(policy.speedupVsTop).toBeCloseTo(top.meanMs / policy.meanMs, 9);
        expect(policy.meanTotalMs).toBeGreaterThan(policy.meanMs);
        expect(policy.meanTotalMs).toBeGreaterThan(policy.decisionOverheadMs);
        const { top1: accuracy, accuracyGainVsTop: gain } = policy.ci;
        expect(accuracy[0]).toBeLessThanOrEqual(policy.top1);
        expect(accuracy[1]).toBeGreaterThanOrEqual(policy.top1);
        expect(gain[0]).toBeLessThanOrEqual(policy.accuracyGainVsTop);
        expect(gain[1]).toBeGreaterThanOrEqual(policy.accuracyGainVsTop);
        if (policy.mode === 'select') expect(policy.meanRungsRun).toBe(1);
        const entries = [policy.entryPrecision, policy.entryRecall, policy.entryF1];
        for (const entry of entries) expect(entry === null).toBe(policy.mode === 'cascade');
      }
    }
  });

  test('all is the mean of the conditions, weighed by their images', () => {
    const { day, night, all } = file.conditions as Record<string, EvaluationFile['conditions'][string]>;
    for (const [k, { top1 }] of (all?.rungs ?? []).entries()) {
      const sum = 150 * (day?.rungs[k]?.top1 ?? 0) + 40 * (night?.rungs[k]?.top1 ?? 0);
      expect(top1).toBeCloseTo(sum / 190, 9);
    }
  });

  test('prints tables on stdout and progress on stderr', () => {
    const { stdout, stderr } = ended;
    for (const name of ['day', 'night', 'all'])
      expect(stdout).toMatch(new RegExp(`^${name}: \\d+ images; reference top`, 'm'));
    expect(stdout).toMatch(/^top \* +\d+\.\d/m);
    expect(stdout).toMatch(/^hybrid balanced +\d+\.\d/m);
    expect(stdout).not.toContain('running everything');
    expect(stderr).toContain('running everything on every image …');
    expect(stderr).not.toContain('hybrid balanced');
  });

  test('writes a page with --report', async () => {
    expect((await stat(path('report/index.html'))).size).toBeGreaterThan(0);
  });
});

test('an unnamed data set is all; modes, operating point, limit and rungs are those asked for', async () => {
  const asked = ['--modes', 'hybrid,cascade', '--operating-point', '0', '--limit', '33', '--rungs', 'top'];
  expectDone(await evaluate(...trained(), '--dataset', path('day'), ...asked, '--json', path('some.json')));
  const { conditions, dataset } = await written('some.json');
  expect(dataset).toEqual({ images: 33, skipped: 0, classes: 5 });
  expect(Object.keys(conditions)).toEqual(['all']);
  expect(conditions.all?.policies.map(({ mode, operatingPoint }) => [mode, operatingPoint])).toEqual([
    ['hybrid', expect.any(String)],
    ['cascade', expect.any(String)],
  ]);
});

test('without a premodel it measures the rungs and the plain cascade, and says so', async () => {
  const ended = await evaluate('--dataset', path('night'), '--rungs', 'low', '--json', path('plain.json'));
  expectDone(ended);
  expect(ended.stderr).toMatch(/the ladder tiny has no premodel: .* plain cascade/);
  const { premodel, conditions } = await written('plain.json');
  expect(premodel).toBe(null);
  expect(conditions.all?.rungs.map(({ id }) => id)).toEqual(['low', 'top']);
  expect(conditions.all?.policies.map(({ mode, operatingPoint }) => [mode, operatingPoint])).toEqual([
    ['cascade', 'default'],
  ]);
});

test('a plain cascade of named rungs uses all of them, whatever they look at, and no other', async () => {
  const [low, mid, top] = STUDY_RUNGS as [(typeof STUDY_RUNGS)[0], (typeof STUDY_RUNGS)[0], (typeof STUDY_RUNGS)[0]];
  await writeStudyLadder(path('views'), [low, { ...mid, id: 'mid-mirror', entry: { view: 'mirror' } }, top]);
  const args = ['--ladder', path('views'), '--dataset', path('night'), '--state-dir', path('state')];
  expectDone(await weir(['evaluate', ...args, '--rungs', 'low,mid-mirror', '--json', path('views.json')]));
  const { conditions } = await written('views.json');
  expect(Object.keys(conditions.all?.policies[0]?.shareByRung ?? {}).sort()).toEqual(['low', 'mid-mirror']);
});

test('unreadable images are counted, and a rung whose values are not finite is left out', async () => {
  const [low, , top] = STUDY_RUNGS as [(typeof STUDY_RUNGS)[0], unknown, (typeof STUDY_RUNGS)[0]];
  const broken = nearestColour(0, { bias: Array(5).fill(Number.NaN) });
  await writeStudyLadder(path('broken'), [low, { id: 'broken', model: broken, side: 20 }, top]);
  await writeStudyPictures(path('torn'), { perClass: 8 });
  for (const name of ['x.jpg', 'y.jpg']) await writeFile(path(`torn/k2/${name}`), '');
  const data = ['--ladder', path('broken'), '--dataset', path('torn')];
  expectDone(await weir(['train', ...data, '--rungs', 'low,top', '--cache', path('cache'), '--out', path('two.json')]));
  const ended = await weir([
    'evaluate',
    ...data,
    '--premodel',
    path('two.json'),
    '--state-dir',
    path('state'),
    '--json',
    path('torn.json'),
  ]);
  expectDone(ended);
  expect(ended.stderr).toMatch(/left out .*x\.jpg.*\n.*left out .*y\.jpg/);
  expect(ended.stderr).toMatch(/left out rung broken: .* not finite/);
  expect(ended.stdout).toMatch(/40 images of 5 classes, 2 could not be read/);
  const { dataset, conditions } = await written('torn.json');
  expect(dataset).toEqual({ images: 40, skipped: 2, classes: 5 });
  expect(conditions.all?.rungs.map(({ id }) => id)).toEqual(['low', 'top']);
});

test('interrupted, it says so, and writes nothing', async () => {
  await writeStudyPictures(path('many'), { perClass: 200 });
  const args = ['--ladder', path('ladder'), '--state-dir', path('state'), ...trained(), '--dataset', path('many')];
  const running = beginWeir(['evaluate', ...args, '--json', path('never.json')]);
  await running.until(/running everything/);
  process.kill(running.pid, 'SIGINT');
  const { code, stdout, stderr } = await running.ended;
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/weir: stopped before everything was measured\n$/);
  await expect(stat(path('never.json'))).rejects.toThrow();
});

describe('weir evaluate refuses', () => {
  test('a premodel of another ladder', async () => {
    await writeStudyLadder(path('other'), STUDY_RUNGS.slice(1));
    const ended = await weir(['evaluate', '--ladder', path('other'), ...trained(), '--dataset', path('day')]);
    expectRefusal(ended, 2, /premodel\.json was fitted for another ladder: tiny [0-9a-f]{12}…, this one is tiny/);
  });

  test.each([
    ['nothing to look at', [], 2, /there are no images to work with/],
    ['unknown modes', ['--modes', 'select,fast'], 2, /"fast" is none of select, cascade, hybrid/],
    ['no modes', ['--modes', ','], 2, /must be a list/],
    [
      'an unknown operating point',
      ['--dataset', 'x', '--operating-point', '999'],
      2,
      /no operating point "999" for mode select/,
    ],
    ['an unknown rung', ['--dataset', 'x', '--rungs', 'tpo'], 2, /has no rung "tpo"/],
    ['a limit of nothing', ['--dataset', 'x', '--limit', '0'], 2, /must be a whole number above 0/],
    [
      'a result that cannot be written',
      ['--dataset', 'x', '--json', '/dev/null/x.json'],
      1,
      /cannot write \/dev\/null\/x\.json/,
    ],
    ['a page that cannot be written', ['--dataset', 'x', '--report', '/dev/null/r'], 1, /cannot write \/dev\/null\/r/],
  ])('%s', async (_name, args, code, message) => {
    expectRefusal(await evaluate(...trained(), ...args), code, message);
  });

  test.each([
    ['an operating point', ['--operating-point', 'fast'], /operating point fast: the ladder tiny has no premodel/],
    ['mode select', ['--modes', 'select'], /mode select: the ladder tiny has no premodel/],
  ])('%s without a premodel', async (_name, args, message) => {
    expectRefusal(await evaluate('--dataset', path('day'), ...args), 2, message);
  });

  test.each([
    ['that is not there', 'none.json', /there is no premodel file/],
    ['that is none', 'ladder/labels.json', /premodel file .*labels\.json/],
  ])('a premodel %s', async (_name, name, message) => {
    expectRefusal(await evaluate('--premodel', path(name), '--dataset', path('day')), 2, message);
  });
});
