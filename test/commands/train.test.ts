import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/clips.ts';
import { beginWeir, expectDone } from '../support/commands.ts';
import { weir } from '../support/daemon.ts';
import { waitFor } from '../support/processes.ts';
import { nearestColour, STUDY_RUNGS, writeStudyLadder, writeStudyPictures } from '../support/study.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const path = (name: string) => join(folder.path, name);
const IMAGES = 200;

beforeAll(async () => {
  folder = await temporaryFolder();
  await writeStudyLadder(path('ladder'));
  await writeStudyPictures(path('photos'), { perClass: IMAGES / 5 });
});
afterAll(() => folder.remove());

const train = (out: string, ...args: string[]) => [
  ...['train', '--ladder', path('ladder'), '--cache', path('cache'), '--out', path(out)],
  ...args,
];
const photos = () => ['--dataset', path('photos')];
const premodel = async (name: string) => JSON.parse(await readFile(path(name), 'utf8'));

describe('weir train', () => {
  test('writes a premodel that classify, run and evaluate decide by', async () => {
    const trained = await weir(train('premodel.json', ...photos()));
    expectDone(trained);
    expect(trained.stdout).toMatch(/premodel\.json: .*top\nfitted on 200 images \(0 could not be read\)/);
    for (const name of ['accurate', 'balanced', 'fast'])
      expect(trained.stdout).toMatch(new RegExp(`^ {2}${name} .*points`, 'm'));
    expect(trained.stdout).not.toContain('answers of every rung');
    expect(trained.stderr).toContain('answers of every rung');
    const { ladder, fitted, rungs } = await premodel('premodel.json');
    expect(ladder.name).toBe('tiny');
    expect(fitted).toMatchObject({ truth: 'labels', samples: { all: IMAGES }, seed: 1 });
    expect(rungs.map(({ id }: { id: string }) => id).sort()).toEqual(['low', 'mid', 'top']);

    const by = ['--ladder', path('ladder'), '--premodel', path('premodel.json')];
    const classified = await weir(['classify', ...by, '--json', '--budget', 'none', path('photos/k1/0.png')]);
    expectDone(classified);
    expect(JSON.parse(classified.stdout)).toMatchObject({ label: expect.any(String), path: expect.any(Array) });
    const ran = await weir([
      'run',
      ...by,
      '--source',
      'fixtures/demo.mp4',
      '--fps',
      '1',
      '--pace',
      'fast',
      '--print',
      '--port',
      '0',
    ]);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(/demo +\S/);
    expect(ran.stderr).not.toContain('no premodel');
    expectDone(await weir(['evaluate', ...by, ...photos(), '--limit', '20', '--state-dir', path('state')]));
  });

  test('chooses among all rungs with --candidates, for a program to read with --json', async () => {
    const { stdout, code } = await weir(train('chosen.json', ...photos(), '--candidates', '--json'));
    expect(code).toBe(0);
    const { out, fingerprint, skipped, premodel: told } = JSON.parse(stdout);
    expect({ out, skipped }).toEqual({ out: path('chosen.json'), skipped: 0 });
    expect(fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(told).toEqual(await premodel('chosen.json'));
    expect(told.rungs.length).toBeGreaterThan(0);
  });

  test('takes the rungs, the target and the seed that it is told', async () => {
    expect(
      (
        await weir(
          train(
            'two.json',
            ...photos(),
            '--limit',
            '100',
            '--rungs',
            'low,top',
            '--target-cost-ratio',
            '0.5',
            '--seed',
            '7',
          ),
        )
      ).code,
    ).toBe(0);
    const { rungs, fitted } = await premodel('two.json');
    expect(rungs.map(({ id }: { id: string }) => id)).toEqual(['low', 'top']);
    expect(fitted).toMatchObject({ seed: 7, target: { kind: 'cost-ratio', value: 0.5, confidence: null } });
    expect(
      (
        await weir(
          train(
            'one.json',
            ...photos(),
            '--limit',
            '100',
            '--rungs',
            'mid',
            '--target-accuracy-loss',
            '0.1',
            '--confidence',
            '0.9',
          ),
        )
      ).code,
    ).toBe(0);
    expect((await premodel('one.json')).fitted.target).toEqual({
      kind: 'accuracy-loss',
      value: 0.1,
      confidence: 0.9,
      lossPerCondition: 0.1,
    });
  });

  test('counts images by condition, and spreads --limit over all', async () => {
    await writeStudyPictures(path('night'), { perClass: 20, seed: 5 });
    const both = ['--dataset', `day=${path('photos')}`, '--dataset', `night=${path('night')}`];
    expect((await weir(train('both.json', ...both, '--limit', '150'))).code).toBe(0);
    expect((await premodel('both.json')).fitted.samples).toEqual({ day: 100, night: 50 });
  });

  test('gives the same bytes for the same seed and cache, however near the times of precision twins are', async () => {
    const twin = (precision: string) => ({
      id: `mid-${precision}`,
      model: nearestColour(45),
      side: 256,
      entry: { model: 'mid', precision, macsMillions: 2 },
    });
    const [low, , top] = STUDY_RUNGS as [(typeof STUDY_RUNGS)[0], unknown, (typeof STUDY_RUNGS)[0]];
    await writeStudyLadder(path('twins'), [
      low,
      twin('int8'),
      twin('fp16'),
      twin('fp32'),
      { ...top, entry: { macsMillions: 3 } },
    ]);
    const texts: string[] = [];
    for (const name of ['first.json', 'second.json', 'third.json']) {
      const args = [
        'train',
        '--ladder',
        path('twins'),
        '--cache',
        path('cache-twins'),
        ...photos(),
        '--limit',
        '60',
        '--candidates',
      ];
      expect((await weir([...args, '--out', path(name)])).code).toBe(0);
      texts.push(await readFile(path(name), 'utf8'));
    }
    expect(texts[1]).toBe(texts[0]);
    expect(texts[2]).toBe(texts[0]);
    const columns = (await readdir(path('cache-twins'))).filter((name) => name.startsWith('mid-'));
    expect(columns.length).toBe(1);
    const all = ['--ladder', path('twins'), '--cache', path('cache-twins'), ...photos(), '--limit', '60'];
    expect((await weir(['train', ...all, '--candidates', 'all', '--out', path('all.json')])).code).toBe(0);
    expect((await readdir(path('cache-twins'))).filter((name) => name.startsWith('mid-')).length).toBe(3);
  });

  test('writes a page about the fit with --report', async () => {
    expect((await weir(train('reported.json', ...photos(), '--report', path('report')))).code).toBe(0);
    expect((await stat(path('report/index.html'))).size).toBeGreaterThan(0);
  });
});

describe('a weir train that ends early', () => {
  const args = () => [
    'train',
    '--ladder',
    path('slow'),
    '--cache',
    path('cache-slow'),
    ...photos(),
    '--out',
    path('slow.json'),
  ];
  const HEADER = 512;
  const RECORD = 32 + 8 + 4 * 5;
  const records = async (): Promise<number> => {
    const names = await readdir(path('cache-slow')).catch(() => []);
    const column = names.find((name) => name.startsWith('slow-'));
    return column === undefined ? 0 : Math.floor(((await stat(path(`cache-slow/${column}`))).size - HEADER) / RECORD);
  };

  test('goes on where it was, after a kill and after Ctrl-C', async () => {
    const [low, mid] = STUDY_RUNGS as [(typeof STUDY_RUNGS)[0], (typeof STUDY_RUNGS)[0]];
    await writeStudyLadder(path('slow'), [low, mid, { id: 'slow', model: nearestColour(0), side: 900 }]);

    const killed = beginWeir(args());
    await waitFor(async () => (await records()) >= 15, 'some records');
    process.kill(killed.pid, 'SIGKILL');
    expect((await killed.ended).code).toBe(null);
    const afterKill = await records();

    const interrupted = beginWeir(args());
    await waitFor(async () => (await records()) >= afterKill + 15, 'more records');
    process.kill(interrupted.pid, 'SIGINT');
    const { code, stdout, stderr } = await interrupted.ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /weir: stopped; what was measured is kept in .*cache-slow, and the same command goes on from there\n$/,
    );
    const afterInterrupt = await records();
    expect(afterInterrupt).toBeLessThan(IMAGES);
    await expect(stat(path('slow.json'))).rejects.toThrow();
    const names = await readdir(path('cache-slow'));
    const before = await Promise.all(names.map((name) => readFile(path(`cache-slow/${name}`))));

    expectDone(await beginWeir(args()).ended);
    expect(await records()).toBe(IMAGES); // none ran twice
    for (const [n, name] of names.entries()) {
      const { length } = before[n] as Buffer;
      expect((await readFile(path(`cache-slow/${name}`))).subarray(0, length)).toEqual(before[n]);
    }
    expect((await premodel('slow.json')).fitted.samples).toEqual({ all: IMAGES });
  });
});
