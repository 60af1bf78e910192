import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/clips.ts';
import { type Ended, expectDone, expectRefusal } from '../support/commands.ts';
import { ROOT, weir } from '../support/daemon.ts';
import type { TinyRung } from '../support/ladders.ts';
import type { TinyModel } from '../support/onnx.ts';
import { nearestColour, STUDY_RUNGS, writeStudyLadder, writeStudyPictures } from '../support/study.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const path = (name: string) => join(folder.path, name);

beforeAll(async () => {
  folder = await temporaryFolder();
  await writeStudyLadder(path('ladder'));
  await writeStudyPictures(path('photos'), { perClass: 12 });
  await writeStudyPictures(path('clear'), { perClass: 10, spread: 5 });
  await writeStudyPictures(path('few'), { perClass: 5 });
  await writeStudyPictures(path('single'), { perClass: 1 });
  await writeStudyPictures(path('one'), { perClass: 2, classes: 1 });
  await mkdir(path('empty'));
  for (const name of ['leaf grene', 'k9', 'zeppelin']) {
    await mkdir(path(`unknown/${name}`), { recursive: true });
    await writeFile(path(`unknown/${name}/a.jpg`), '');
  }
});
afterAll(() => folder.remove());

const train = (...args: string[]): Promise<Ended> =>
  weir(['train', '--ladder', path('ladder'), '--cache', path('cache'), '--out', path('out.json'), ...args]);
const set = (name: string) => ['--dataset', path(name)];
const asIs = (args: string[]) => args.map((arg) => arg.replace('@', `${folder.path}/`));

describe('weir train refuses', () => {
  test.each([
    ['nothing to learn from', [], 2, /no images to work with\n {2}→ give --dataset/],
    [
      'images and footage at once',
      ['--dataset', '@photos', '--footage', 'a.mp4'],
      2,
      /--dataset and --footage cannot be mixed/,
    ],
    ['a folder that is not there', ['--dataset', '@nowhere'], 2, /there is no folder .*nowhere/],
    ['an empty folder', ['--dataset', '@empty'], 2, /empty holds no images in folders by class/],
    ['images of one class', ['--dataset', '@one'], 2, /all images are of one class/],
    ['two data sets of one name', ['--dataset', 'a=@photos', '--dataset', 'a=@clear'], 2, /need names of their own/],
    [
      'several data sets, one without a name',
      ['--dataset', 'a=@photos', '--dataset', '@clear'],
      2,
      /need names of their own/,
    ],
    ['a data set called all', ['--dataset', 'all=@photos'], 2, /"all" is the name of all/],
    [
      'two sources of one name',
      ['--footage', 'a=@ladder/low.onnx', '--footage', 'a=@ladder/mid.onnx'],
      2,
      /need names of their own/,
    ],
    ['a source whose name is none', ['--footage', 'Front Door=x.mp4'], 2, /Front Door: its id must be of a-z/],
    [
      'two targets',
      ['--dataset', '@photos', '--target-accuracy-loss', '0.1', '--target-cost-ratio', '0.5'],
      2,
      /exclude each other/,
    ],
    ['a ratio above 1', ['--target-accuracy-loss', '5'], 2, /'5' is invalid. must be from 0 to below 1/],
    ['a ratio that is none', ['--target-cost-ratio', 'half'], 2, /'half' is invalid/],
    ['a confidence that is none', ['--confidence', '95'], 2, /'95' is invalid/],
    ['a confidence of nothing', ['--confidence', '0'], 2, /'0' is invalid. must be above 0.5 and below 1/],
    ['a confidence of chance', ['--confidence', '0.5'], 2, /'0.5' is invalid. must be above 0.5/],
    [
      'a confidence with a target of time',
      ['--dataset', '@photos', '--target-cost-ratio', '0.5', '--confidence', '0.9'],
      2,
      /--confidence and --target-cost-ratio exclude each other/,
    ],
    [
      'a loss by condition with a target of time',
      ['--dataset', '@photos', '--target-cost-ratio', '0.5', '--target-loss-per-condition', '0.01'],
      2,
      /--target-loss-per-condition and --target-cost-ratio exclude each other/,
    ],
    ['a seed that is none', ['--seed', '1.5'], 2, /'1.5' is invalid. must be a whole number/],
    [
      'a rung that is not there',
      ['--dataset', '@photos', '--rungs', 'low,tpo'],
      2,
      /has no rung "tpo" \(did you mean "top"\?\)/,
    ],
    [
      'too few images to be split',
      ['--dataset', '@single'],
      2,
      /5 samples, .* too few to be split into 10 parts\n {2}→ give/,
    ],
    [
      'a result that cannot be written',
      ['--dataset', '@photos', '--out', '/dev/null/x.json'],
      1,
      /cannot write \/dev\/null\/x\.json/,
    ],
    ['a folder as the result', ['--dataset', '@photos', '--out', '@empty'], 1, /cannot write .*empty: it is a folder/],
    [
      'a cache that cannot be written',
      ['--dataset', '@photos', '--cache', '/dev/null/x'],
      1,
      /cannot keep outcomes in \/dev\/null\/x/,
    ],
  ])('%s', async (_name, args, code, message) => {
    expectRefusal(await train(...asIs(args)), code, message);
  });

  test('classes that the ladder does not know, with the nearest labels', async () => {
    const ended = await train(...set('unknown'));
    expectRefusal(ended, 2, /no label for 3 of its folders:\n/);
    expect(ended.stderr).toContain('leaf grene (did you mean "leaf green"?)');
    expect(ended.stderr).toContain('k9 (did you mean "k0"?)');
    expect(ended.stderr).toMatch(/^ {2}zeppelin$/m);
  });

  test('an --out that is missing', async () => {
    expectRefusal(await weir(['train', ...set('photos')]), 2, /required option '--out <F>' not specified/);
  });
});

describe('rungs that cannot be learnt from', () => {
  const exact = nearestColour(0);
  /** Always answers with the class after the right one. */
  const turned: TinyModel = {
    ...exact,
    weights: [...exact.weights.slice(-1), ...exact.weights.slice(0, -1)],
    bias: [...(exact.bias ?? []).slice(-1), ...(exact.bias ?? []).slice(0, -1)],
  };
  const broken: TinyModel = { ...exact, bias: [0, 0, Number.NaN, 0, 0] };
  const [low, mid, top] = STUDY_RUNGS as [TinyRung, TinyRung, TinyRung];
  const trainOn = async (rungs: readonly TinyRung[], ...args: string[]) => {
    await writeStudyLadder(path('special'), rungs);
    return await train('--ladder', path('special'), ...args);
  };

  test.each([
    ['right', exact, /every one of 2 rungs is right on every sample.*\n {2}→ use the cheapest rung/],
    ['wrong', turned, /every one of 2 rungs is wrong on every sample.*\n {2}→ check that the labels/],
  ])('all are always %s', async (_name, model, message) => {
    const rungs = [
      { id: 'small', model, side: 16 },
      { id: 'large', model, side: 64 },
    ];
    expectRefusal(await trainOn(rungs, ...set('clear')), 1, message);
  });

  test('one gives values that are not finite: it is left out, and told', async () => {
    const ended = await trainOn([low, { ...mid, model: broken }, top], ...set('photos'));
    expectDone(ended);
    expect(ended.stderr).toMatch(/left out, as they give values that are not finite: mid/);
    const { rungs } = JSON.parse(await readFile(path('out.json'), 'utf8'));
    expect(rungs.map(({ id }: { id: string }) => id)).toEqual(['low', 'top']);
  });

  test('the reference, or all that are asked for, give values that are not finite', async () => {
    const reference = await trainOn([low, mid, { ...top, model: broken }], ...set('photos'));
    expectRefusal(reference, 1, /rung top gives values that are not finite\n {2}→ .*the reference must work/);
    const asked = await trainOn([low, { ...mid, model: broken }, top], ...set('photos'), '--rungs', 'mid');
    expectRefusal(asked, 1, /mid gives values that are not finite\n {2}→ export the model again/);
  });

  test('a model that is not the one that the ladder names', async () => {
    await writeStudyLadder(path('special'));
    await writeFile(path('special/mid.onnx'), 'something else');
    expectRefusal(
      await train('--ladder', path('special'), ...set('photos')),
      2,
      /mid\.onnx is not the model that the ladder names/,
    );
  });
});

describe('weir train goes on', () => {
  test('with very few images: what they cannot teach is as without a premodel', async () => {
    const ended = await train(...set('few'));
    expectDone(ended);
    expect(ended.stderr).toMatch(/25 samples are too few to learn where to enter .* until there are 40/);
    expectDone(
      await weir([
        ...['classify', '--ladder', path('ladder'), '--premodel', path('out.json')],
        ...['--budget', 'none', path('photos/k0/1.png')],
      ]),
    );
  });

  test('with few images, and says how many are needed', async () => {
    await writeStudyPictures(path('some'), { perClass: 12 });
    // The cheap one is as good, and wrong on other pictures: there is a difference to be judged.
    const rungs = [
      { id: 'cheap', model: nearestColour(20), side: 16 },
      { id: 'dear', model: nearestColour(-45), side: 400 },
    ];
    await writeStudyLadder(path('steep'), rungs);
    const ended = await train('--ladder', path('steep'), ...set('some'), '--target-accuracy-loss', '0.02');
    expectDone(ended);
    expect(ended.stderr).toMatch(
      /with 60 samples the loss is known to ±.* to tell 2\.00 points from none about \d+ are needed/,
    );
  });

  test('without what is no picture, which is told and counted', async () => {
    await writeStudyPictures(path('torn'), { perClass: 10 });
    await writeFile(path('torn/k1/text.jpg'), 'not a picture');
    await writeFile(path('torn/k1/nothing.jpg'), '');
    await writeFile(path('torn/k2/nothing.png'), '');
    const ended = await train(...set('torn'));
    expectDone(ended);
    expect(ended.stdout).toContain('fitted on 50 images (3 could not be read)');
    expect(ended.stderr.match(/left out .*(text|nothing)\.\w+: .*cannot be decoded/g)?.length).toBe(3);
  });

  test('but not where nothing is a picture', async () => {
    for (const name of ['k0', 'k1']) {
      await mkdir(path(`text/${name}`), { recursive: true });
      for (const file of 'abcdef') await writeFile(path(`text/${name}/${file}.jpg`), name + file);
    }
    expectRefusal(await train(...set('text')), 1, /none of 12 images can be read; the first is .*text\/k0\/a\.jpg/);
  });

  test('in place of a premodel beside the ladder that belongs to another one', async () => {
    await writeStudyLadder(path('renewed'), STUDY_RUNGS.slice(0, 2));
    const args = ['--ladder', path('renewed'), '--out', path('renewed/premodel.json'), ...set('photos')];
    expectDone(await train(...args));
    await writeStudyLadder(path('renewed'), STUDY_RUNGS);
    expectRefusal(
      await weir(['evaluate', '--ladder', path('renewed'), ...set('photos')]),
      2,
      /fitted for another ladder/,
    );
    expectDone(await train(...args));
    expectDone(await weir(['classify', '--ladder', path('renewed'), '--budget', 'none', path('photos/k0/1.png')]));
  });
});

test('where the disk is full, weir train says so and keeps what it has', async () => {
  const args = [
    'dist/src/main.js',
    'train',
    '--ladder',
    path('ladder'),
    '--cache',
    path('full'),
    '--out',
    path('full.json'),
    ...set('photos'),
  ];
  const shell = ['-c', 'ulimit -f 10; exec "$0" "$@"', process.execPath, ...args];
  const ended = await promisify(execFile)('/bin/sh', shell, { cwd: ROOT }).then(
    () => ({ code: 0, stdout: '', stderr: '' }),
    ({ code, stdout, stderr }: Ended) => ({ code, stdout, stderr }),
  );
  expectRefusal(ended, 1, /cannot keep outcomes in .*column: .*\n {2}→ check free space/);
  const names = await readdir(path('full'));
  const before = await Promise.all(names.map((name) => readFile(path(`full/${name}`))));
  expect(before.some(({ length }) => length > 4096)).toBe(true);
  expectDone(await train('--cache', path('full'), ...set('photos')));
  for (const [n, name] of names.entries()) {
    const { length } = before[n] as Buffer;
    expect((await readFile(path(`full/${name}`))).subarray(0, length)).toEqual(before[n]);
  }
  await expect(stat(path('full.json'))).rejects.toThrow();
});
