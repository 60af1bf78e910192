import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/clips.ts';
import { Daemon, weir } from '../support/daemon.ts';
import { waitFor } from '../support/processes.ts';
import { CROSSING_SECONDS, writeYard, YARD_RATE_HZ, YARD_SECONDS, yardTruth } from '../support/yard.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let running: Daemon | null = null;
const path = (name: string) => join(folder.path, name);
const common = () => ({ ladder: path('ladder'), inference: { slots: 1 }, log: { level: 'info' } });
const camera = (more: object = {}) => ({
  id: 'gate',
  source: path('clip.mkv'),
  fps: YARD_RATE_HZ,
  pace: 'fast',
  budgetMs: 'none',
  ...more,
});

beforeAll(async () => {
  folder = await temporaryFolder();
  await writeYard(folder.path);
}, 60_000);
afterEach(async () => {
  await running?.stop('SIGKILL');
  running = null;
});
afterAll(() => folder.remove());

async function configure(cameras: object[], more: object = {}): Promise<void> {
  await writeFile(path('weir.yaml'), JSON.stringify({ ...common(), cameras, ...more }));
}

async function start(env: Record<string, string> = {}): Promise<Daemon> {
  running = new Daemon(['--config', path('weir.yaml')], { XDG_STATE_HOME: path('state'), ...env });
  await running.subscribe();
  return running;
}

/** Everything that is said of the clip, played once. */
async function played(cameras: object[], more: object = {}): Promise<Daemon> {
  await configure(cameras, more);
  const daemon = await start();
  expect(await daemon.exit()).toBe(0);
  return daemon;
}

const NO_LADDER = '0'.repeat(64);
const ofOtherLadder = (heads: string) => heads.replace(/("fingerprint": ?")[0-9a-f]{64}/g, `$1${NO_LADDER}`);
/** The first camera, as who connects is told of it. */
function hello({ messages }: Daemon) {
  const message = messages.find(({ type }) => type === 'hello');
  return (message?.cameras as { questions: { id: string; classes?: string[] }[] }[] | undefined)?.[0];
}
const events = ({ messages }: Daemon) => messages.filter(({ type }) => type === 'event');

describe('a camera that was taught', () => {
  test('answers what it was taught, mostly by rung zero, and says what it is asked', async () => {
    const daemon = await played([camera({ heads: 'heads.json' })]);
    expect(hello(daemon)?.questions).toEqual([
      { id: 'yard', text: 'Is a box there?', classes: ['empty', 'box', 'other'] },
    ]);
    const { labels } = daemon;
    expect(labels.length).toBe(YARD_SECONDS * YARD_RATE_HZ);
    expect(new Set(labels.map(({ question }) => question))).toEqual(new Set(['yard']));
    const right = labels.filter(
      ({ label, classId, ptsSeconds }) => label === yardTruth(ptsSeconds) && classId === label,
    );
    expect(right.length / labels.length).toBeGreaterThan(0.9);
    const zero = labels.filter(({ path: [first] }) => first?.rung === 'zero' && first.waitMs === 0 && first.runMs > 0);
    expect(zero.length / labels.length).toBeGreaterThan(0.5);
  });

  test('is told its last answer again while the scene is unchanged, and is as right as before', async () => {
    const { labels } = await played([camera({ heads: 'heads.json', reuse: { auditRatio: 0 } })]);
    const right = labels.filter(({ label, ptsSeconds }) => label === yardTruth(ptsSeconds));
    expect(right.length / labels.length).toBeGreaterThan(0.9);
    const again = labels.filter(({ stop }) => stop === 'unchanged');
    // The box is away half of the time.
    expect(again.length / labels.length).toBeGreaterThan(0.4);
    for (const { path: ran, reusedAgeMs, label } of again) {
      expect(ran).toEqual([]);
      expect(reusedAgeMs).toBeGreaterThan(0);
      expect(reusedAgeMs).toBeLessThan(10_000);
      expect(label).toBe('empty');
    }
  });

  test('is asked of the top rung too where it is audited, and tells whether that agrees', async () => {
    const daemon = await played([camera({ heads: 'heads.json', reuse: { auditRatio: 1 } })]);
    const audited = daemon.labels.filter(({ audit }) => audit !== undefined);
    expect(audited.length / daemon.labels.length).toBeGreaterThan(0.5);
    expect(audited.filter(({ stop, path: ran }) => stop === 'top' && ran[0]?.rung === 'top').length).toBeGreaterThan(
      20,
    );
    expect(audited.filter(({ audit }) => audit?.agrees).length / audited.length).toBeGreaterThan(0.9);
    expect(daemon.labels.filter(({ stop }) => stop === 'unchanged')).toEqual([]);
    const degraded = daemon.messages.filter(({ type }) => type === 'camera').map((message) => message.degraded);
    expect(degraded).not.toContainEqual(['drift']);
  });

  test('needs no network at all where rung zero is fixed', async () => {
    const { labels, stderr } = await played([camera({ heads: 'heads.json', mode: 'fixed:zero' })]);
    expect(labels.length).toBe(YARD_SECONDS * YARD_RATE_HZ);
    for (const { path: rungs, stop } of labels)
      expect([rungs.map(({ rung }) => rung), stop]).toEqual([['zero'], 'fixed']);
    expect(stderr).not.toMatch(/inference thread died/);
  });

  test('is asked for the ladder’s labels beside it where that is wished for', async () => {
    const daemon = await played([camera({ heads: 'heads.json', generic: true })]);
    expect(hello(daemon)?.questions.map(({ id }) => id)).toEqual(['yard', 'default']);
    const of = (id: string) => daemon.labels.filter(({ question }) => question === id);
    expect(of('yard').length).toBe(of('default').length);
    for (const label of of('default')) expect(label.classId).toMatch(/^c[012]$/);
  });

  test('answers subscribers of one question that alone', async () => {
    await configure([camera({ heads: 'heads.json', generic: true, pace: 'source', loop: true })]);
    const daemon = await start();
    await daemon.untilLabels(2);
    daemon.ask({ questions: ['yard'] });
    await waitFor(() => daemon.messages.filter(({ type }) => type === 'subscribed').length === 2, 'the answer');
    const before = daemon.labels.length;
    await daemon.untilLabels(before + 3);
    expect(new Set(daemon.labels.slice(before).map(({ question }) => question))).toEqual(new Set(['yard']));
  });

  test('takes heads from the state directory, and others from there by a reload', async () => {
    await mkdir(path('state/weir/heads'), { recursive: true });
    const heads = await readFile(path('heads.json'), 'utf8');
    await configure([camera({ pace: 'source', loop: true })], { mode: 'fixed:low' });
    const daemon = await start();
    await daemon.untilLabels(2);
    expect(daemon.labels.at(-1)?.question).toBe('default');
    await writeFile(path('state/weir/heads/gate.json'), heads);
    daemon.child.kill('SIGHUP');
    await waitFor(() => daemon.stderr.includes('the configuration is reloaded: changed gate'), 'the reload');
    await waitFor(() => daemon.labels.at(-1)?.question === 'yard', 'an answer by the heads');
    await writeFile(path('state/weir/heads/gate.json'), ofOtherLadder(heads));
    daemon.child.kill('SIGHUP');
    await waitFor(() => daemon.labels.at(-1)?.question === 'default', 'answers without heads');
    expect(daemon.stderr).toMatch(/heads cannot be used: .*taught with another ladder.*weir teach/);
    await waitFor(
      () => daemon.messages.some(({ degraded }) => Array.isArray(degraded) && degraded.includes('heads')),
      'the camera to be degraded',
    );
    await rm(path('state'), { recursive: true });
  });

  test('does not start with heads of another ladder', async () => {
    const heads = await readFile(path('heads.json'), 'utf8');
    await writeFile(path('other.json'), ofOtherLadder(heads));
    await configure([camera({ heads: 'other.json' })]);
    const { code, stderr } = await weir(['run', '--port', '0', '--config', path('weir.yaml')]);
    expect(stderr).toMatch(/camera gate: .*taught with another ladder/);
    expect(code).toBe(2);
  });
});

describe('what moves', () => {
  test('is told with an event when it comes and when it leaves', async () => {
    const daemon = await played([camera({ view: 'motion', mode: 'fixed:low', heads: 'none' })]);
    const seen = events(daemon);
    const begins = seen.filter(({ phase }) => phase === 'begin');
    const crossings = YARD_SECONDS / (2 * CROSSING_SECONDS);
    expect(begins.length).toBe(crossings);
    for (const [n, begin] of begins.entries()) {
      const end = seen.find(({ phase, track }) => phase === 'end' && track === begin.track);
      expect(begin).toMatchObject({ camera: 'gate', question: 'default', label: 'red' });
      expect(end).toMatchObject({ label: 'red' });
      const [came, left] = [(2 * n + 1) * CROSSING_SECONDS, (2 * n + 2) * CROSSING_SECONDS];
      expect(Math.abs(Number(begin.ptsSeconds) - came)).toBeLessThan(1);
      expect(Math.abs(Number(end?.ptsSeconds) - left)).toBeLessThan(1);
    }
    const { labels } = daemon;
    const still = labels.filter(
      ({ stop, label, path: rungs }) => stop === 'still' && label === null && rungs.length === 0,
    );
    expect(still.length).toBeGreaterThan(0.3 * labels.length);
    const crops = labels.filter(({ view }) => (view as { track?: number }).track !== undefined);
    expect(crops.length).toBeGreaterThan(crossings * 5);
    for (const { view } of crops) expect((view as { box: number[] }).box[2]).toBeLessThan(0.6);
  });

  test('makes what the camera was taught be answered anew; else the last answer stands', async () => {
    const daemon = await played([camera({ view: 'motion', heads: 'heads.json', maxReuseMs: 60_000 })]);
    const { labels } = daemon;
    expect(labels.length).toBe(YARD_SECONDS * YARD_RATE_HZ);
    const right = labels.filter(({ label, ptsSeconds }) => label === yardTruth(ptsSeconds));
    expect(right.length / labels.length).toBeGreaterThan(0.85);
    const still = labels.filter(({ stop }) => stop === 'still');
    expect(still.length).toBeGreaterThan(0.25 * labels.length);
    for (const label of still) expect(label).toMatchObject({ path: [], reusedAgeMs: expect.any(Number) });
  });
});
