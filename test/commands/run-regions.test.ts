import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ffmpeg, temporaryFolder } from '../support/clips.ts';
import { Daemon, ROOT, type WireLabel, weir } from '../support/daemon.ts';
import { waitFor } from '../support/processes.ts';
import { CROSSING_SECONDS, writeYard, YARD_RATE_HZ, YARD_SECONDS, yardTruth } from '../support/yard.ts';

const DEMO = join(ROOT, 'fixtures/demo.mp4');
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let running: Daemon | null = null;
const path = (name: string) => join(folder.path, name);

beforeAll(async () => {
  folder = await temporaryFolder();
  await writeYard(folder.path);
  // The yard beside a still, empty part.
  const filter = '[0:v]split[a][b];[a]drawbox=color=gray:t=fill[grey];[grey][b]hstack,format=rgb24';
  await ffmpeg(['-i', path('clip.mkv'), '-filter_complex', filter, '-c:v', 'png', path('wide.mkv')]);
}, 60_000);
afterEach(async () => {
  await running?.stop('SIGKILL');
  running = null;
});
afterAll(() => folder.remove());

async function configure(cameras: object[], more: object = {}): Promise<void> {
  const common = { inference: { slots: 1, warmupRuns: 20 }, log: { level: 'info' } };
  const recorded = cameras.map((camera) => ({ pace: 'fast', budgetMs: 'none', ...camera }));
  await writeFile(path('weir.yaml'), JSON.stringify({ ...common, ...more, cameras: recorded }));
}

async function start(): Promise<Daemon> {
  running = new Daemon(['--config', path('weir.yaml')], { XDG_STATE_HOME: path('state') });
  await running.subscribe();
  return running;
}

async function played(cameras: object[], more: object = {}): Promise<Daemon> {
  await configure(cameras, more);
  const daemon = await start();
  expect(await daemon.exit()).toBe(0);
  return daemon;
}

const events = ({ messages }: Daemon) => messages.filter(({ type }) => type === 'event');
function questions({ messages }: Daemon, camera: string) {
  const hello = messages.find(({ type }) => type === 'hello');
  const cameras = (hello?.cameras ?? []) as { id: string; questions: unknown[] }[];
  return cameras.find(({ id }) => id === camera)?.questions;
}

describe('two regions of one clip', () => {
  const close = { region: [0.1, 0.1, 0.75, 0.75], view: 'crop', groups: ['food', 'animal'] };
  const low = { region: [0, 0.5, 1, 0.5], view: 'motion', only: ['animal', 'food', 'vehicle'] };
  let daemon: Daemon;
  const labelsOf = (camera: string, question: string) =>
    daemon.labels.filter((label) => label.camera === camera && label.question === question);

  beforeAll(async () => {
    const shared = { source: DEMO, fps: 2 };
    daemon = await played([
      {
        ...shared,
        id: 'both',
        regions: [
          { id: 'close', ...close },
          { id: 'low', ...low },
        ],
      },
      { ...shared, id: 'close', ...close },
      { ...shared, id: 'low', ...low },
    ]);
  }, 120_000);

  test('are asked what each is to be asked, and told with where they are', () => {
    expect(questions(daemon, 'both')).toMatchObject([
      { id: 'close', view: { kind: 'crop', box: close.region } },
      { id: 'low', classes: ['animal', 'food', 'vehicle', 'other'], view: { kind: 'motion', box: low.region } },
    ]);
    for (const { view } of labelsOf('both', 'close')) expect(view).toEqual({ kind: 'crop', box: close.region });
    for (const { view } of labelsOf('both', 'low')) {
      const { kind, box } = view as { kind: string; box: [number, number, number, number] };
      expect(kind).toBe('motion');
      expect(box[1]).toBeGreaterThanOrEqual(0.5);
      expect(box[1] + box[3]).toBeLessThan(1.001);
    }
  });

  test('answer as if each were looked at by a camera of its own', () => {
    const said = (labels: WireLabel[]) => new Map(labels.map(({ ptsSeconds, classId }) => [ptsSeconds, classId]));
    const [together, alone] = [said(labelsOf('both', 'close')), said(labelsOf('close', 'default'))];
    expect([...together.keys()]).toEqual([...alone.keys()]);
    const same = [...together].filter(([seconds, classId]) => alone.get(seconds) === classId);
    expect(same.length / together.size).toBeGreaterThan(0.85);
    const [here, there] = [labelsOf('both', 'low'), labelsOf('low', 'default')];
    expect(new Set(here.map(({ classId }) => classId))).toEqual(new Set(there.map(({ classId }) => classId)));
    const stills = (labels: WireLabel[]) =>
      labels.filter(({ stop }) => stop === 'still').map((label) => label.ptsSeconds);
    expect(stills(here)).toEqual(stills(there));
  });
});

test('what moves in two regions has an event in each, with a number of its own', async () => {
  const region = [0.5, 0, 0.5, 1];
  const regions = ['one', 'two'].map((id) => ({ id, region, view: 'motion', heads: 'none' }));
  const camera = { id: 'gate', source: path('wide.mkv'), fps: YARD_RATE_HZ, mode: 'fixed:low', regions };
  const daemon = await played([camera], { ladder: path('ladder') });
  const begins = events(daemon).filter(({ phase }) => phase === 'begin');
  const crossings = YARD_SECONDS / (2 * CROSSING_SECONDS);
  for (const id of ['one', 'two']) {
    expect(begins.filter(({ question }) => question === id).length).toBe(crossings);
  }
  expect(new Set(begins.map(({ track }) => track)).size).toBe(2 * crossings);
  for (const { question, track } of begins) {
    const end = events(daemon).filter((event) => event.track === track && event.phase === 'end');
    expect(end).toMatchObject([{ question, label: 'red' }]);
    const told = daemon.labels.filter((label) => (label.view as { track?: number }).track === track);
    expect(new Set(told.map((label) => label.question))).toEqual(new Set([question]));
    for (const { view } of told) expect((view as { box: number[] }).box[0]).toBeGreaterThanOrEqual(0.5);
  }
});

describe('a region that was taught', () => {
  const region = [0.5, 0, 0.5, 1];
  const camera = (more: object = {}) => ({
    id: 'gate',
    source: path('wide.mkv'),
    fps: YARD_RATE_HZ,
    regions: [
      { id: 'beside', region: [0, 0, 0.5, 1], heads: 'none' },
      { id: 'yard', region, ...more },
    ],
  });
  const yard = { ladder: () => path('ladder') };

  test('from a recording, answers from then on what it was taught', async () => {
    const intervals = Array.from({ length: YARD_SECONDS }, (_, from) => ({
      from,
      to: from + 1,
      label: yardTruth(from),
    }));
    const question = { id: 'box', text: 'Is a box there?', classes: { empty: 'nothing', box: 'a box' }, intervals };
    await writeFile(
      path('truth.json'),
      JSON.stringify({ schema: 'weir.truth/1', clip: 'wide.mkv', questions: [question] }),
    );
    const common = ['--ladder', yard.ladder(), '--state-dir', path('state/weir')];
    const taught = await weir([
      'teach',
      ...['--footage', path('wide.mkv'), '--truth', path('truth.json'), '--region', region.join(',')],
      ...['--name', 'gate/yard', ...common],
    ]);
    expect(taught.stderr).not.toMatch(/misfit|→/);
    expect(taught.code).toBe(0);
    const heads = JSON.parse(await readFile(path('state/weir/heads/gate/yard.json'), 'utf8'));
    expect(heads.camera).toBe('gate/yard');
    const daemon = await played([camera()], { ladder: yard.ladder() });
    expect(questions(daemon, 'gate')).toEqual([
      { id: 'beside', view: { kind: 'frame', box: [0, 0, 0.5, 1] } },
      {
        id: 'yard/box',
        text: 'Is a box there?',
        classes: expect.arrayContaining(['empty', 'box']),
        view: { kind: 'frame', box: region },
      },
    ]);
    const answers = daemon.labels.filter((label) => label.question === 'yard/box');
    expect(answers.length).toBe(YARD_SECONDS * YARD_RATE_HZ);
    const right = answers.filter(({ label, ptsSeconds }) => label === yardTruth(ptsSeconds));
    expect(right.length / answers.length).toBeGreaterThan(0.9);
    expect(daemon.stderr).not.toMatch(/was taught with|was taught for/);
  });

  test('is taken over by a reload, and so is a region that is new', async () => {
    const live = { pace: 'source', loop: true };
    await configure([{ ...camera({ heads: 'none' }), ...live }], { ladder: yard.ladder() });
    const daemon = await start();
    await waitFor(() => daemon.labels.some((label) => label.question === 'yard'), 'a label of the region');
    const changed = { ...camera({ heads: 'heads.json', view: 'motion' }), ...live };
    const third = { id: 'third', region: [0.25, 0.25, 0.5, 0.5], view: 'crop' };
    await configure([{ ...changed, regions: [...changed.regions, third] }], { ladder: yard.ladder() });
    daemon.child.kill('SIGHUP');
    await waitFor(() => daemon.stderr.includes('the configuration is reloaded: changed gate'), 'the reload');
    await waitFor(() => daemon.labels.some((label) => label.question === 'third'), 'a label of the new region');
    await waitFor(() => daemon.labels.some((label) => label.question === 'yard/yard'), 'an answer by the heads');
    const api = await fetch(`${daemon.address}/api/cameras`).then((reply) => reply.json());
    const { cameras } = api as { cameras: { questions: { id: string }[] }[] };
    expect(cameras[0]?.questions.map(({ id }) => id)).toEqual(['beside', 'yard/yard', 'third']);
  });

  test('does not start with heads that are of another ladder, and says which region’s', async () => {
    const heads = await readFile(path('heads.json'), 'utf8');
    await writeFile(path('other.json'), heads.replace(/("fingerprint": ?")[0-9a-f]{64}/g, `$1${'0'.repeat(64)}`));
    await configure([camera({ heads: 'other.json' })], { ladder: yard.ladder() });
    const { code, stderr } = await weir(['run', '--port', '0', '--config', path('weir.yaml')]);
    expect(stderr).toMatch(/camera gate\/yard: .*taught with another ladder/);
    expect(code).toBe(2);
  });

  test('cannot be taught by a daemon, which keeps no pictures of regions', async () => {
    const { code, stderr } = await weir(['teach', '--camera', 'gate', '--region', 'yard']);
    expect(stderr).toMatch(/keeps no pictures of the regions.*\n.*--region X,Y,W,H --name gate\/door/);
    expect(code).toBe(2);
  });
});
