import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/clips.ts';
import { expectDone, expectRefusal } from '../support/commands.ts';
import { ROOT, weir } from '../support/daemon.ts';
import { evaluationFile } from '../support/evaluations.ts';
import { tinyOnnx } from '../support/onnx.ts';
import { exported, nearestColour, writeStudyPictures } from '../support/study.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const path = (name: string) => join(folder.path, name);

interface GuideRung {
  readonly id: string;
  readonly file: string;
  readonly mean: [number, number, number];
  readonly std: [number, number, number];
  readonly output?: string;
  sha256: string;
}

const guide = () => readFile(join(ROOT, 'docs/own-models.md'), 'utf8');
/** The folder names that the guide gives the pictures of the study's classes: by id and by name. */
const FOLDERS = ['amber', 'green glass', 'blue', 'Ceramic', 'stone'];

/** Writes the ladder of docs/own-models.md, just as it stands there, with models that fit its words. */
async function writeGuideLadder(): Promise<void> {
  const blocks = [...(await guide()).matchAll(/```json\n(.*?)```/gs)].map(([, text = '']) => text);
  const ladder = JSON.parse(blocks[1] ?? '') as { rungs: GuideRung[] };
  await mkdir(path('cullet'), { recursive: true });
  await writeFile(path('cullet/labels.json'), blocks[0] ?? '');
  for (const rung of ladder.rungs) {
    const isLarge = rung.id === 'large';
    const changes = rung.output === 'probabilities' ? { softmax: true, output: 'scores' } : { output: 'fc' };
    const model = exported(nearestColour(isLarge ? 0 : 60), rung.mean, rung.std, changes);
    const bytes = tinyOnnx(isLarge ? { ...model, side: 384 } : model);
    await writeFile(path(`cullet/${rung.file}`), bytes);
    expect(rung.sha256).toBe(`SHA256 OF ${rung.file}`);
    rung.sha256 = createHash('sha256').update(bytes).digest('hex');
  }
  await writeFile(path('cullet/ladder.json'), JSON.stringify(ladder));
}

beforeAll(async () => {
  folder = await temporaryFolder();
  await writeGuideLadder();
  await writeStudyPictures(path('photos'), { perClass: 30, folders: FOLDERS });
  await writeStudyPictures(path('more-photos'), { perClass: 10, seed: 2, folders: FOLDERS });
});
afterAll(() => folder.remove());

const state = () => ['--state-dir', path('state')];
const LADDER = () => ['--ladder', path('cullet')];

/** Of a command in the guide, what stands behind `weir`, with its paths in the test's folder. */
async function fromGuide(command: string): Promise<string[]> {
  const line = new RegExp(`^ {4}weir (${command} --ladder .*)$`, 'm').exec(await guide())?.[1] ?? '';
  expect(line).not.toBe('');
  return line
    .split(' ')
    .map((word) =>
      word.replace(/^(cullet|photos|more-photos|evaluation\.json|report$|bottle\.png)/, `${folder.path}/$1`),
    );
}

describe('ordinary exported classifiers, as the guide describes them', () => {
  test('answer as they did where they were trained', async () => {
    await writeFile(path('bottle.png'), await readFile(path('photos/green glass/3.png')));
    expectDone(await weir(await fromGuide('classify')));
    const names = FOLDERS.map((name) => path(`photos/${name}/3.png`));
    for (const rung of ['small', 'large']) {
      const ended = await weir(['classify', ...LADDER(), '--mode', `fixed:${rung}`, '--json', ...names]);
      expectDone(ended);
      const answers = ended.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      const right = answers.filter(({ classId, label }, k) =>
        [classId, label].includes(FOLDERS[k]?.toLowerCase()),
      ).length;
      expect(right).toBeGreaterThanOrEqual(rung === 'large' ? 4 : 2);
      for (const { confidence, path: rungs } of answers) {
        expect(confidence).toBeGreaterThan(1 / FOLDERS.length);
        expect(rungs.map((step: { rung: string }) => step.rung)).toEqual([rung]);
      }
    }
  });

  test('can be trained, evaluated and decided by, with the guide’s commands', async () => {
    const trained = await weir([...(await fromGuide('train')), ...state()]);
    expectDone(trained);
    expect(trained.stdout).toMatch(/cullet\/premodel\.json: small → large\n/);
    const evaluated = await weir([
      ...(await fromGuide('evaluate')).filter((word) => !word.includes('report')),
      ...state(),
    ]);
    expectDone(evaluated);
    const file = evaluationFile.parse(JSON.parse(await readFile(path('evaluation.json'), 'utf8')));
    expect(file).toMatchObject({ ladder: { name: 'cullet', reference: 'large' }, dataset: { images: 50, classes: 5 } });
    const [small, large] = file.conditions.all?.rungs ?? [];
    expect(large?.top1).toBeGreaterThan(0.75);
    expect(small?.top1).toBeLessThan(large?.top1 ?? 0);
    const classified = await weir(['classify', ...LADDER(), '--budget', 'none', '--json', path('photos/stone/0.png')]);
    expectDone(classified); // by the premodel beside the ladder
    expect(JSON.parse(classified.stdout).path.length).toBeGreaterThan(0);
  });

  test('are refused where the ladder describes them wrongly', async () => {
    const ladder = JSON.parse(await readFile(path('cullet/ladder.json'), 'utf8'));
    await mkdir(path('wrong'));
    await writeFile(path('wrong/labels.json'), await readFile(path('cullet/labels.json')));
    const withSmall = async (changes: object) => {
      const rungs = ladder.rungs.map((rung: GuideRung) => ({
        ...rung,
        file: path(`cullet/${rung.file}`),
        ...(rung.id === 'small' ? changes : {}),
      }));
      await writeFile(path('wrong/ladder.json'), JSON.stringify({ ...ladder, rungs }));
      return await weir([
        'train',
        '--ladder',
        path('wrong'),
        '--dataset',
        path('photos'),
        '--out',
        path('no.json'),
        ...state(),
      ]);
    };
    expectRefusal(
      await withSmall({ dtype: 'uint8', layout: 'nhwc' }),
      2,
      /rung small .*: its input is float32, the ladder says uint8/,
    );
    expectRefusal(
      await withSmall({ layout: 'nhwc' }),
      2,
      /rung small .*: its input is \[.*\], the ladder says \[1, 64, 64, 3\]/,
    );
  });
});
