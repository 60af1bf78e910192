import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seededRandom } from '../src/cascade/random.ts';
import { readFolders } from '../src/dataset/folder.ts';
import { measureOutcomes } from '../src/dataset/outcomes.ts';
import type { Sample } from '../src/dataset/sample.ts';
import { Contest } from '../src/evaluation/contest.ts';
import { FEATURES } from '../src/features/catalogue.ts';
import { Resizer } from '../src/image/resize.ts';
import { toWorkingSize, workingSizeFor } from '../src/image/working-size.ts';
import { readLadder } from '../src/infer/ladder.ts';
import { InferencePool } from '../src/infer/pool.ts';
import { pickColumns } from '../src/premodel/answers.ts';
import { type OperatingPoint, type Premodel, premodelText, readPremodel } from '../src/premodel/artifact.ts';
import { evaluateHistories } from '../src/premodel/histories.ts';
import { trainedPolicy } from '../src/premodel/judge.ts';
import { logistic } from '../src/premodel/logistic.ts';
import { type FitTable, type FittedMode, runClimb } from '../src/premodel/point-search.ts';
import { askTree } from '../src/premodel/tree.ts';
import { SYSTEM_CLOCK } from '../src/service/clock.ts';
import type { Ladder } from '../src/types.ts';
import { ffmpeg, temporaryFolder } from './support/clips.ts';
import { expectDone } from './support/commands.ts';
import { Daemon, weir } from './support/daemon.ts';
import { nearestColour, STUDY_CLASSES, writeStudyLadder } from './support/study.ts';

// The same two hundred pictures, as files and as frames of a lossless clip, decided by what training replays, by what evaluation
// really runs, and by a daemon. The thresholds are probabilities of some of the pictures themselves: they are hit exactly.

const SIDE = 32;
const PICTURES = 200;
const SESSION = { executionProviders: ['cpu'], allowFallback: false, threadsPerSlot: 1 };
const MODES: readonly FittedMode[] = ['select', 'cascade', 'hybrid'];

interface Decision {
  readonly began: string;
  readonly ended: string;
  readonly answer: string;
}

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let ladder: Ladder;
let premodel: Premodel;
let samples: readonly Sample[];
let table: FitTable;
let answers: (mode: FittedMode) => Decision[];
const path = (name: string) => join(folder.path, name);

beforeAll(async () => {
  folder = await temporaryFolder();
  const rungs = [
    { id: 'low', model: nearestColour(75), side: 8 },
    { id: 'mid', model: nearestColour(45), side: 16 },
    { id: 'top', model: nearestColour(0), side: SIDE },
  ];
  ladder = await readLadder(await writeStudyLadder(path('ladder'), rungs));
  const frames = await writePictures();
  const clip = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${SIDE}x${SIDE}`, '-r', '10', '-i', 'pipe:0'];
  await ffmpeg([...clip, '-c:v', 'png', '-pix_fmt', 'rgb24', path('clip.mkv')], async (write) => {
    for (const frame of frames) await write(frame);
  });
  expectDone(
    await weir([
      ...['train', '--dataset', path('pictures'), '--ladder', path('ladder'), '--rungs', 'low,mid,top'],
      ...['--cache', path('cache'), '--out', path('fitted.json')],
    ]),
  );
  samples = [...(await readFolders([{ name: '', path: path('pictures') }], ladder.labels))].sort((a, b) =>
    fileName(a) < fileName(b) ? -1 : 1,
  );
  expect(samples.length).toBe(PICTURES);
  const fitted = await readPremodel(path('fitted.json'), ladder);
  await replay(fitted);
  premodel = withExactThresholds(fitted);
  await writeFile(path('premodel.json'), premodelText(premodel));
}, 120_000);
afterAll(() => folder?.remove());

const fileName = ({ name }: Sample) => name.split('/').at(-1) ?? '';

/** Pictures whose names sort as they were made; also gives their pixels. */
async function writePictures(): Promise<Buffer[]> {
  const random = seededRandom(5);
  const frames: Buffer[] = [];
  for (let n = 0; n < PICTURES; n++) {
    const { id, colour } = STUDY_CLASSES[n % STUDY_CLASSES.length] as (typeof STUDY_CLASSES)[number];
    const mean = colour.map((value) => value + (random() - random()) * 75);
    const rough = random() * 60;
    const pixels = Buffer.from(
      Array.from({ length: SIDE * SIDE * 3 }, (_, i) =>
        Math.max(0, Math.min(255, Math.round((mean[i % 3] ?? 0) + (random() - 0.5) * rough))),
      ),
    );
    await mkdir(path(`pictures/${id}`), { recursive: true });
    await sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 3 } })
      .png()
      .toFile(path(`pictures/${id}/${String(n).padStart(4, '0')}.png`));
    frames.push(pixels);
  }
  return frames;
}

/** What training knows of the pictures, with the models that a premodel ships. */
async function replay({ rungs, features: names }: Premodel): Promise<void> {
  const used = rungs.map(({ id }) => ladder.rungs.find((rung) => rung.id === id) as Ladder['rungs'][number]);
  const never = () => Promise.reject(new Error('the table of outcomes is not whole'));
  const pool = { rungs: used, classes: ladder.labels.length, slots: 1, run: never };
  const circumstances = JSON.parse(premodelText(await readPremodel(path('fitted.json'), ladder))).fitted.circumstances;
  const options = { samples, pool, working: workingSizeFor(ladder.rungs), cache: path('cache'), circumstances };
  const outcomes = await measureOutcomes({ ...options, onProgress: () => {} });
  const truth = Int32Array.from(samples, (sample) => sample.truth ?? 0);
  const all = evaluateHistories(outcomes.logits, rungs, truth, pool.classes, rungs.length);
  const columns = names.map((name) => FEATURES.findIndex((feature) => feature.name === name));
  const images = pickColumns(outcomes.features, FEATURES.length, columns);
  const ofPicture = (i: number) => images.subarray(i * columns.length, (i + 1) * columns.length);
  const likely = new Map(
    all.all.map((history) => {
      const model = rungs[31 - Math.clz32(history)]?.deferral as Premodel['rungs'][number]['deferral'];
      const outputs = all.outputs(history);
      const width = outputs.length / PICTURES;
      return [
        history,
        Float64Array.from(samples, (_, i) =>
          logistic(model, [...outputs.subarray(i * width, (i + 1) * width), ...ofPicture(i)]),
        ),
      ];
    }),
  );
  table = {
    count: PICTURES,
    costs: rungs.map(() => 1),
    overhead: 0,
    right: (history) => all.right(history),
    deferral: (history) => likely.get(history) as Float64Array,
    entry: rungs
      .slice(0, -1)
      .map(({ entry }) => Float64Array.from(samples, (_, i) => askTree(entry ?? { probability: 0 }, ofPicture(i)))),
  };
  const ids = rungs.map(({ id }) => id);
  answers = (mode) => {
    const { rungs: own, entry, accept } = pointOf(mode);
    const climb = { mode, rungs: own.map((id) => ids.indexOf(id)), entry, accept };
    const { began, ended, right } = runClimb(table, climb);
    return samples.map((sample, i) => ({
      began: own[began[i] ?? 0] ?? '',
      ended: own[ended[i] ?? 0] ?? '',
      // The table keeps whether an answer is right, not which it is.
      answer: right[i] === 1 ? (ladder.labels[sample.truth ?? 0]?.id ?? '') : 'wrong',
    }));
  };
}

const pointOf = (mode: FittedMode) => premodel.modes[mode].find(({ name }) => name === 'balanced') as OperatingPoint;

/** A `balanced` point over all rungs whose thresholds are what single pictures reach, so that some meet them exactly. */
function withExactThresholds(fitted: Premodel): Premodel {
  const middle = (values: Float64Array) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
  const ids = fitted.rungs.map(({ id }) => id);
  expect(ids.length).toBe(3);
  const accept = [middle(table.deferral(0b001)), middle(table.deferral(0b011))];
  const entry = table.entry.map(middle);
  const change = (points: readonly OperatingPoint[]): OperatingPoint[] =>
    points.map((point) => (point.name === 'balanced' ? { ...point, rungs: ids, entry, accept } : point));
  const { select, cascade, hybrid } = fitted.modes;
  return { ...fitted, modes: { select: change(select), cascade: change(cascade), hybrid: change(hybrid) } };
}

test.each(MODES)('training, evaluation and the daemon decide alike: %s', async (mode) => {
  const replayed = answers(mode);
  const hit = (values: ArrayLike<number>, threshold: number | undefined) =>
    Array.from(values).filter((value) => value === threshold).length;
  const { entry, accept } = pointOf(mode);
  expect(hit(table.deferral(0b001), accept[0])).toBeGreaterThan(0);
  expect(hit(table.entry[0] as Float64Array, entry[0])).toBeGreaterThan(0);
  if (mode !== 'select') expect(new Set(replayed.map(({ ended }) => ended)).size).toBe(3);

  const evaluated = await evaluated200(mode);
  const seen = await watched(mode);
  expect(seen.length).toBe(PICTURES);
  expect(evaluated).toEqual(seen);
  const judged = evaluated.map((decision, i) => ({
    ...decision,
    answer: decision.answer === ladder.labels[samples[i]?.truth ?? 0]?.id ? decision.answer : 'wrong',
  }));
  expect(judged).toEqual(replayed);
});

/** As `weir evaluate` runs them. */
async function evaluated200(mode: FittedMode): Promise<Decision[]> {
  const pool = await InferencePool.start({
    rungs: ladder.rungs,
    classes: ladder.labels.length,
    slots: 1,
    settings: SESSION,
    clock: SYSTEM_CLOCK,
  });
  try {
    const policy = trainedPolicy(premodel, mode, 'balanced');
    const contest = new Contest(
      ladder,
      pool,
      [{ kind: 'policy', mode, operatingPoint: 'balanced', policy }],
      samples,
      SYSTEM_CLOCK,
    );
    const resizer = new Resizer();
    const working = workingSizeFor(ladder.rungs);
    for (const [index, sample] of samples.entries()) {
      await contest.meet(index, sample, async () => toWorkingSize(await sample.load(), working, resizer));
    }
    const [trials] = contest.result().trials;
    return samples.map((_, i) => ({
      began: trials?.rungs[trials.began[i] ?? 0] ?? '',
      ended: trials?.rungs[trials.ended[i] ?? 0] ?? '',
      answer: ladder.labels[trials?.answer[i] ?? -1]?.id ?? '',
    }));
  } finally {
    await pool.stop();
  }
}

/** As a daemon tells them that asks every frame. */
async function watched(mode: FittedMode): Promise<Decision[]> {
  const asked = [{ id: 'clip', source: path('clip.mkv'), reuse: { enabled: false } }];
  await writeFile(path('weir.yaml'), JSON.stringify({ cameras: asked }));
  const daemon = new Daemon([
    ...['--config', path('weir.yaml'), '--pace', 'fast', '--fps', 'all', '--budget', 'none', '--mode', mode],
    ...['--ladder', path('ladder'), '--premodel', path('premodel.json'), '--operating-point', 'balanced'],
  ]);
  await daemon.subscribe();
  expect(await daemon.exit()).toBe(0);
  return daemon.labels.map(({ path: ran, classId }) => ({
    began: ran[0]?.rung ?? '',
    ended: ran.at(-1)?.rung ?? '',
    answer: String(classId),
  }));
}
