import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ExampleListing } from '../../src/examples/listing.ts';
import { ffmpeg, temporaryFolder } from '../support/clips.ts';
import { expectRefusal } from '../support/commands.ts';
import { Daemon, type WireLabel, weir } from '../support/daemon.ts';
import { colourModel, writeLadder } from '../support/ladders.ts';
import { waitFor } from '../support/processes.ts';

/** It is dark for so long, then bright for so long, and so on. */
const HALF_SECONDS = 0.8;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let daemon: Daemon;
let state: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  state = join(folder.path, 'state');
  const clip = join(folder.path, 'light.mp4');
  // Bright in every second half; no two pictures are alike.
  const bright = `drawbox=c=0xc0b8a8:t=fill:enable='gte(mod(t,${2 * HALF_SECONDS}),${HALF_SECONDS})'`;
  const picture = `color=c=0x302820:s=64x64:r=20:d=36,${bright},noise=alls=8:allf=t`;
  await ffmpeg(['-f', 'lavfi', '-i', picture, '-g', '20', '-pix_fmt', 'yuv420p', clip]);
  const ladder = await writeLadder(
    folder.path,
    ['low', 'high'].map((id) => ({ id, model: colourModel(0.001, { embedding: true }) })),
  );
  const camera = { source: clip, loop: true, fps: 20, budgetMs: 'none' };
  const examples = { keep: true, minIntervalSeconds: 0.05, randomRatio: 1, maxFrames: 400 };
  const cameras = [
    { id: 'gate', ...camera, examples },
    { id: 'drive', ...camera, fps: 1 },
    { id: 'yard', ...camera, fps: 1, examples },
  ];
  await mkdir(join(state, 'examples', 'yard'), { recursive: true });
  await writeFile(join(state, 'examples', 'yard', 'index.jsonl'), 'of another program');
  await writeFile(join(folder.path, 'weir.yaml'), JSON.stringify({ ladder, server: { port: 0 }, cameras }));
  await start();
}, 30_000);
afterAll(async () => {
  await daemon.stop('SIGKILL');
  await folder.remove();
});

async function start(): Promise<void> {
  daemon = new Daemon(['--config', join(folder.path, 'weir.yaml'), '--state-dir', state]);
  await daemon.subscribe();
  await daemon.untilLabels(1);
}

const ask = (path: string, init: RequestInit = {}) => fetch(`${daemon.address}/api/cameras${path}`, init);
const post = (path: string, body: object) =>
  ask(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
const list = async () => (await (await ask('/gate/examples?limit=999')).json()) as ExampleListing;
const teach = (...args: string[]) => weir(['teach', '--camera', 'gate', '--url', daemon.address, ...args]);
const inOrder = ({ examples }: ExampleListing) => [...examples].sort((a, b) => (a.takenAt < b.takenAt ? -1 : 1));
const shows = (ptsSeconds: number) => (ptsSeconds % (2 * HALF_SECONDS) < HALF_SECONDS ? 'dark' : 'bright');

describe('a camera is taught from what it kept', () => {
  test('frames are kept as they come, and listed for labelling', async () => {
    await waitFor(async () => (await list()).totals.frames >= 70, '70 examples');
    const { code, stdout } = await teach('--list');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^gate: \d+ examples \(0 unsure, \d+ by chance, 0 labelled\)/);
    expect(stdout).toMatch(/\w+ {2}\d{4}-\S+ +random +\w+ \(\d+ %\) .*http:\S+\.jpg\n/);
  }, 20_000);

  test('a camera whose examples cannot be read goes on without, and that is told', async () => {
    await waitFor(() => daemon.labels.some(({ camera }) => camera === 'yard'), 'a label of the yard');
    const { cameras } = (await (await ask('')).json()) as { cameras: { id: string; examples: object }[] };
    const problem = expect.stringMatching(
      /^the examples in .*yard cannot be read: index.jsonl is not one of this version/,
    );
    expect(cameras.find(({ id }) => id === 'yard')?.examples).toEqual({ keep: true, problem });
    expect(daemon.stderr).toMatch(/no example of camera yard could be kept: the examples in .*yard cannot be read/);
    expect(await (await ask('/yard/examples')).json()).toMatchObject({ code: 'examples-broken' });
    expect(await (await post('/yard/teach', {})).json()).toMatchObject({ code: 'examples-broken' });
  }, 20_000);

  test('what cannot be done is said with what to do', async () => {
    expectRefusal(
      await teach('--span', '00:00/23:59=dark', '--question', 'light'),
      2,
      /"light" has one class: "dark" has \d+/,
    );
    const [first, second] = inOrder(await list()).map(({ id }) => id);
    const labels = ['--label', `${first}=bright`, '--label', `${second}=bright`, '--question', 'light'];
    expectRefusal(await teach(...labels), 2, /too few labels of "bright" \(\w+, \w+\): "bright" has 2, "dark" has \d+/);
    expectRefusal(await teach('--label', 'zz=dark'), 2, /there is no example zz/);
    expectRefusal(await teach('--label', 'dark'), 2, /--label: "dark" says of nothing/);
    expectRefusal(await teach('--dataset', 'x'), 2, /--camera and --dataset exclude each other/);
    const other = (id: string, url = daemon.address) => weir(['teach', '--camera', id, '--url', url]);
    expectRefusal(await other('drive'), 2, /no examples of camera drive are kept\n {2}→ .*examples:\n\s+keep: true/s);
    expectRefusal(await other('shed'), 2, /there is no camera "shed"\n {2}→ http:.* has .*gate/);
    expectRefusal(await other('gate', 'http://127.0.0.1:9'), 1, /no daemon answers at http:\/\/127\.0\.0\.1:9/);
  }, 30_000);

  test('labels outlast a daemon that is killed', async () => {
    const kept = inOrder(await list());
    const dawn = kept.findIndex(({ ptsSeconds }) => shows(ptsSeconds) === 'bright');
    const dusk = kept.findIndex(({ ptsSeconds }, at) => at > dawn && shows(ptsSeconds) === 'dark');
    const span = (from: number, to: number, label: string) => ({
      ...{ from: kept[from]?.takenAt, to: kept[to]?.takenAt, question: 'light', label },
    });
    const response = await post('/gate/examples/labels', {
      // The first day by its times, the others one by one.
      spans: [span(0, dawn, 'dark'), span(dawn, dusk, 'bright')],
      labels: kept
        .slice(dusk)
        .map(({ id, ptsSeconds }) => ({ example: id, question: 'light', label: shows(ptsSeconds) })),
    });
    expect(response.status).toBe(200);
    const before = await list();
    await daemon.stop('SIGKILL');
    await start();
    const after = await list();
    const labelsOf = ({ examples }: ExampleListing) => examples.map(({ id, labels }) => [id, labels]);
    const asked = new Set(kept.map(({ id }) => id));
    const had = new Map(labelsOf(before) as [string, object][]);
    for (const { id, labels } of after.examples) if (asked.has(id)) expect(labels).toEqual(had.get(id));
    expect(after.examples.filter(({ labels }) => labels.light !== undefined).length).toBeGreaterThan(60);
  }, 20_000);

  test('it answers by what it was taught from the next frame on, while its labels went on', async () => {
    const before = daemon.labels.length;
    const begun = performance.now();
    const { code, stdout, stderr } = await teach('--question', 'light');
    const seconds = (performance.now() - begun) / 1000;
    expect(stderr).not.toMatch(/→/);
    expect(code).toBe(0);
    expect(stdout).toMatch(/light\n {2}\d+ labelled frames .*bright \d+.*, dark \d+/);
    expect(stdout).toMatch(/together: \d/);
    expect(stdout).toMatch(/answers by this from now on/);
    // The three cameras ask for 22 a second.
    expect((daemon.labels.length - before) / seconds).toBeGreaterThan(7);
    const told = () => daemon.labels.filter((label) => label.question === 'light' && label.camera === 'gate');
    await waitFor(() => told().length > 60, 'labels of the taught question');
    const clear = told().filter(({ ptsSeconds }) => ptsSeconds % HALF_SECONDS > 0.06);
    const right = (label: WireLabel) => label.label === shows(label.ptsSeconds);
    expect(clear.filter(right).length / clear.length).toBeGreaterThan(0.9);
    const { cameras } = (await (await ask('')).json()) as { cameras: { id: string; questions: { id: string }[] }[] };
    expect(cameras.find(({ id }) => id === 'gate')?.questions.map(({ id }) => id)).toEqual(['light']);
  }, 40_000);

  test('what teaching leaves is nobody else’s, and what it measured goes with a picture that is taken away', async () => {
    const inTeaching = async () => (await readdir(join(state, 'teaching'))).filter((name) => name.endsWith('.column'));
    const columns = await inTeaching();
    expect(columns.some((name) => name.startsWith('raster'))).toBe(true);
    const all = ['heads', 'heads/gate.json', 'teaching', ...columns.map((name) => `teaching/${name}`)];
    for (const path of all) expect((await stat(join(state, path))).mode & 0o077, path).toBe(0);
    const [first] = inOrder(await list());
    expect((await ask(`/gate/examples/${first?.id}`, { method: 'DELETE' })).status).toBe(200);
    expect(await inTeaching()).toEqual([]);
  }, 20_000);

  test('examples can be exported as a data set', async () => {
    const out = join(folder.path, 'export');
    const { code, stdout } = await teach('--export', out, '--question', 'light');
    expect(code).toBe(0);
    expect(stdout).toMatch(/\d+ pictures of camera gate are in /);
    expect((await readdir(out)).sort()).toEqual(expect.arrayContaining(['bright', 'dark']));
    const [moment = ''] = await readdir(join(out, 'dark'));
    const [picture = ''] = await readdir(join(out, 'dark', moment));
    expect((await stat(join(out, 'dark', moment))).mode & 0o777).toBe(0o700);
    expect((await stat(join(out, 'dark', moment, picture))).mode & 0o777).toBe(0o600);
  }, 20_000);

  test('one is taught at a time; a daemon that is stopped meanwhile ends in order, and the old heads stay', async () => {
    const path = join(state, 'heads', 'gate.json');
    const before = await readFile(path, 'utf8');
    expect((await post('/gate/teach', { seed: 2 })).status).toBe(202);
    const again = await post('/gate/teach', {});
    expect(again.status).toBe(409);
    expect(await again.json()).toMatchObject({ code: 'teach-running' });
    expect(await (await ask('/gate/teach')).json()).toMatchObject({ state: 'running', stage: expect.any(String) });
    const { code, tookMs } = await daemon.stop();
    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(5_000);
    expect(daemon.stderr).toMatch(/gate could not be taught, and goes on as before: Weir was stopped meanwhile/);
    expect(await readFile(path, 'utf8')).toBe(before);
    expect((await readdir(join(state, 'teaching'))).filter((name) => name.endsWith('.column'))).toEqual([]);
  }, 20_000);
});
