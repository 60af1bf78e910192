import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { parseMode } from '../../src/cascade/policy.ts';
import { type Engine, type EngineSettings, startEngine } from '../../src/commands/engine.ts';
import { NULL_OBSERVER } from '../../src/commands/null-observer.ts';
import { RunningCameras } from '../../src/commands/run-cameras.ts';
import { Reloads } from '../../src/commands/run-reload.ts';
import { viewOf } from '../../src/commands/run-view.ts';
import { settleCameras, taughtOf, wishOf } from '../../src/commands/settled.ts';
import { configSchema } from '../../src/config/schema.ts';
import { headsText } from '../../src/heads/artifact.ts';
import { CameraPipeline } from '../../src/pipeline/camera.ts';
import { Climber } from '../../src/pipeline/climb.ts';
import { genericId, missingRungs } from '../../src/pipeline/question.ts';
import { SYSTEM_CLOCK } from '../../src/service/clock.ts';
import { type Frame, type Label, type Raster, WHOLE_FRAME } from '../../src/types.ts';
import { ZERO } from '../../src/words.ts';
import { temporaryFolder } from '../support/clips.ts';
import { writeYard, yardTruth } from '../support/yard.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let yard: Awaited<ReturnType<typeof writeYard>>;
/** Only its rung `low` is loaded at first. */
let engine: Engine;
const path = (name: string) => join(folder.path, name);
const headsFile = () => path('state/weir/heads/gate.json');
const SESSION = { executionProviders: ['cpu'], allowFallback: false, threadsPerSlot: 1 };

const settings = () => ({
  ladder: path('ladder'),
  premodel: null,
  rungs: null,
  uses: [{ mode: parseMode('fixed:low'), operatingPoint: null }],
  slots: 2,
  session: SESSION,
  warmupRuns: 20,
  topK: 3,
  clock: SYSTEM_CLOCK,
  onCrash: () => {},
});

beforeAll(async () => {
  folder = await temporaryFolder();
  yard = await writeYard(folder.path);
  engine = await startEngine(settings());
}, 60_000);
afterEach(() => rm(path('state'), { recursive: true, force: true }));
afterAll(async () => {
  await engine.pool.stop();
  await folder.remove();
});

const configured = (more: object = {}) =>
  configSchema.parse({
    ladder: path('ladder'),
    cameras: [{ id: 'gate', source: path('clip.mkv'), budgetMs: 'none', mode: 'hybrid', ...more }],
  });
const settle = (config = configured()) =>
  settleCameras(config, { ladder: engine.ladder, env: { XDG_STATE_HOME: path('state') } });

async function teach(): Promise<void> {
  await mkdir(path('state/weir/heads'), { recursive: true });
  await writeFile(headsFile(), headsText(yard.heads));
}
const taught = () => taughtOf(headsFile(), yard.heads);
const isKept = () => existsSync(headsFile());

/** Something that waits until it is let go. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

/** The daemon's cameras over a source that gives the frames that it is handed. */
class Cameras {
  readonly labels: Label[] = [];
  opened = 0;
  readonly running: RunningCameras;
  #deliver: (frame: Frame) => unknown = () => {};
  #told: () => void = () => {};
  #frames = 0;

  readonly ensureRungs: Engine['ensureRungs'];

  constructor(ensureRungs?: Engine['ensureRungs'], over: Engine = engine) {
    this.ensureRungs = ensureRungs ?? ((ids, stop) => over.ensureRungs(ids, stop));
    const log = { warn: () => {} };
    this.running = new RunningCameras({
      engine: { questions: (wish) => over.questions(wish), ensureRungs: this.ensureRungs },
      hub: { status: () => {} },
      observer: NULL_OBSERVER,
      view: (camera) => viewOf(camera, over, log),
      create: (camera) => {
        this.opened++;
        let end = () => {};
        return new CameraPipeline({
          camera: camera.id,
          pace: camera.pace,
          budgetMs: null,
          view: viewOf(camera, over, log),
          clock: SYSTEM_CLOCK,
          clockSince: () => ({ state: 'unreadable', source: 'none' }),
          observer: NULL_OBSERVER,
          onLabel: (label) => {
            this.labels.push(label);
            this.#told();
          },
          onEvent: () => {},
          onStatus: () => {},
          onFailure: (reason) => {
            throw new Error(reason);
          },
          source: ({ onFrame }) => {
            this.#deliver = onFrame;
            const start = () => new Promise<void>((resolve) => (end = resolve));
            return { expectation: null, streams: 1, start, stop: async () => end() };
          },
        });
      },
    });
  }

  /** @returns the label of one more frame */
  async show(raster: Raster): Promise<Label | undefined> {
    const told = new Promise<void>((resolve) => (this.#told = resolve));
    const times = { arrivedAtMs: Date.now(), arrivedMs: SYSTEM_CLOCK.monotonicMs(), ptsSeconds: this.#frames++ / 5 };
    this.#deliver({ ...raster, camera: 'gate', stream: 1, ...times, release: () => {} });
    await told;
    return this.labels.at(-1);
  }
}

/** A daemon's reload of the same configuration, whose settling waits until it is let go. */
function reloading(cameras: Cameras, config = configured(), settled: Promise<void> = Promise.resolve()) {
  const said: string[] = [];
  const begin = gate();
  const keep = (_fields: object, text: string) => void said.push(text);
  const end = gate();
  const reloads = new Reloads({
    read: async () => config,
    current: config,
    settle: async (next) => {
      const read = await settle(next);
      begin.open();
      await settled;
      return read;
    },
    cameras: cameras.running,
    ensureRungs: cameras.ensureRungs,
    notifier: { reloading: () => {}, ready: end.open },
    log: { info: keep, error: keep, setLevel: () => {} },
    stop: new AbortController().signal,
    onChange: () => {},
  });
  reloads.request();
  return { said, begun: begin.opened, ended: end.opened };
}

describe('heads', () => {
  test.each<[string, object, string, RegExp]>([
    ['that are not there', { heads: 'none.json' }, 'heads-missing', /camera gate: .*none\.json/],
    ['without that rung', { heads: 'heads.json', mode: 'fixed:nope' }, 'heads-no-rung', /camera gate: .*fixed:nope/],
    [
      'without that operating point',
      { heads: 'heads.json', operatingPoint: '999' },
      'operating-point-unknown',
      /camera gate: question "yard"/,
    ],
  ])('%s are told', async (_name, more, code, message) => {
    const { heads, ...rest } = more as { heads: string };
    const problem = settle(configured({ ...rest, heads: path(heads) }));
    await expect(problem).rejects.toMatchObject({ code, exitCode: 2, message: expect.stringMatching(message) });
  });

  test('are left alone where a camera wants none', async () => {
    await teach();
    expect((await settle())[0]?.taught?.heads.camera).toBe('gate');
    expect((await settle(configured({ heads: 'none' })))[0]?.taught).toBe(null);
  });

  test('let groups be asked beside them, and a question of the same name keep its own', async () => {
    await teach();
    const [settled] = await settle(configured({ mode: 'fixed:low', ignore: ['blue'] }));
    const { generic, taught } = engine.questions(wishOf(settled as NonNullable<typeof settled>));
    expect(taught.map(({ id }) => id)).toEqual(['yard']);
    expect(generic?.classes.map(({ name }) => name)).toEqual(['red', 'green']);
    expect(generic?.policy.rungs.map(({ temperature }) => temperature)).toEqual([1]);
    expect(genericId(['yard'])).toBe('default');
    expect(genericId(['default'])).toBe('generic');
  });
});

describe('pictures of another size than those that taught', () => {
  const TAUGHT = { width: 640, height: 360 };

  test.each([
    ['that is the same', {}, TAUGHT, []],
    ['while it is not known', {}, null, []],
    ['of another stream, scaled to the same frame', {}, { width: 768, height: 432 }, ['other-picture']],
    ['also where things are cut out', { view: 'motion' }, { width: 768, height: 432 }, ['other-picture']],
    [
      'of which the taught part is looked at',
      { view: 'crop', region: [0, 0, 0.5, 0.5] },
      { width: 1280, height: 720 },
      [],
    ],
    ['that is turned', { rotate: 90 }, TAUGHT, ['other-picture']],
    ['that is turned as the taught one was', { rotate: 90 }, { width: 360, height: 640 }, []],
  ])('%s', async (_name, more, source, troubles) => {
    const picture = { ...yard.heads.picture, source: TAUGHT };
    await writeFile(path('sized.json'), headsText({ ...yard.heads, picture }));
    await engine.ensureRungs(yard.heads.rungs);
    const [settled] = await settle(configured({ heads: path('sized.json'), reuse: { enabled: false }, ...more }));
    const notices: string[] = [];
    const log = { warn: (_: unknown, text = '') => void notices.push(text) };
    const view = viewOf(settled as NonNullable<typeof settled>, engine, log as Parameters<typeof viewOf>[2]);
    const times = { arrivedAtMs: Date.now(), arrivedMs: SYSTEM_CLOCK.monotonicMs(), ptsSeconds: 0 };
    const frame = { ...(yard.frames[0] as Raster), camera: 'gate', stream: 1, ...times, source, release: () => {} };
    expect((await view.look(frame)).troubles).toEqual(troubles);
    expect(notices.some((text) => text.includes('taught with 640x360'))).toBe(troubles.length > 0);
  });
});

describe('a camera that is taught while it runs', () => {
  test('answers by its heads from the next frame on, and its source stays open', async () => {
    const cameras = new Cameras();
    await cameras.running.apply(await settle(configured({ mode: 'fixed:low' })));
    const [frame] = yard.frames as [Raster];
    expect((await cameras.show(frame))?.question).toBe('default');
    let isOver = false;
    const reteaching = cameras.running.reteach('gate', taught(), teach).finally(() => (isOver = true));
    const before = cameras.labels.length;
    while (!isOver) await cameras.show(frame); // meanwhile one slot after the other is replaced
    await reteaching;
    expect(cameras.labels.length - before).toBeGreaterThan(1);
    expect(engine.pool.crashes).toBe(0);
    expect(isKept()).toBe(true);
    expect(await cameras.show(frame)).toMatchObject({ question: 'yard', label: 'empty', path: [{ rung: 'low' }] });
    expect(cameras.running.statuses[0]?.questions.map(({ id }) => id)).toEqual(['yard']);
    expect(cameras.opened).toBe(1);
    await cameras.running.stop();
  });

  test('goes on as before where its heads cannot be used', async () => {
    const cameras = new Cameras();
    await cameras.running.apply(await settle(configured({ mode: 'fixed:low' })));
    const [frame] = yard.frames as [Raster];
    const { path: file, ...heads } = taught();
    const of = (more: object) => ({ path: file, ...heads, heads: { ...yard.heads, ...more } });
    const questions = yard.heads.questions.map((question) => ({ ...question, heads: {} }));
    await expect(cameras.running.reteach('gate', of({ questions }), teach)).rejects.toMatchObject({
      code: 'heads-no-rung',
    });
    // Its background is found to be too small only when it is brought into force.
    const scene = of({ scene: { background: 'AAAA' } });
    await expect(cameras.running.reteach('gate', scene, teach)).rejects.toThrow();
    expect(isKept()).toBe(false);
    const full = () => Promise.reject(new Error('no space left'));
    await expect(cameras.running.reteach('gate', taught(), full)).rejects.toThrow('no space left');
    expect((await cameras.show(frame))?.question).toBe('default');
    const named = new Cameras();
    await named.running.apply(await settle(configured({ mode: 'fixed:low', heads: 'none' })));
    await expect(named.running.reteach('gate', taught(), teach)).rejects.toMatchObject({ code: 'heads-named' });
    await named.running.stop();
    await expect(cameras.running.reteach('nobody', taught(), teach)).rejects.toMatchObject({ code: 'camera-unknown' });
    await cameras.running.stop();
  });

  test('its rungs are loaded and measured; rung zero needs none', async () => {
    await teach();
    const wish = wishOf((await settle())[0] as Awaited<ReturnType<typeof settle>>[0]);
    await engine.ensureRungs(yard.heads.rungs);
    expect(engine.rungs.map(({ id }) => id)).toEqual(['low', ...engine.rungs.slice(1).map(({ id }) => id)]);
    expect(engine.timings.map(({ rung }) => rung)).toEqual(engine.rungs.map(({ id }) => id));
    const { taught, generic } = engine.questions(wish);
    expect(generic).toBe(null);
    expect(taught.flatMap(missingRungs)).toEqual([]);
    for (const { policy, p95Ms } of taught) {
      expect(policy.rungs[0]?.id).toBe(ZERO);
      expect(p95Ms()[0]).toBeGreaterThan(0);
      expect(p95Ms().every(Number.isFinite)).toBe(true);
    }
  });

  test('its questions are at hand at once: rung zero was measured before there were frames', async () => {
    let reads = 0;
    const clock = { ...SYSTEM_CLOCK, monotonicMs: () => reads++ };
    const told: string[] = [];
    const onLoaded: EngineSettings['onLoaded'] = (timings) => told.push(...timings.map(({ rung }) => rung));
    const other = await startEngine({ ...settings(), clock, onLoaded });
    await teach();
    const wish = wishOf((await settle())[0] as Awaited<ReturnType<typeof settle>>[0]);
    const before = reads;
    expect(other.questions(wish).taught[0]?.p95Ms()[0]).toBeGreaterThan(0);
    // What it costs now is looked up; nothing is measured.
    expect(reads - before).toBeLessThan(10);
    await other.ensureRungs(['top', ZERO]);
    expect(told).toEqual(['top']); // what was loaded later is told
    await other.pool.stop();
  });

  test('decides every frame as the same climb does outside of the daemon', async () => {
    await teach();
    await engine.ensureRungs(yard.heads.rungs);
    const settled = await settle(configured({ reuse: { enabled: false }, memory: false }));
    const cameras = new Cameras();
    await cameras.running.apply(settled);
    const wish = wishOf(settled[0] as Awaited<ReturnType<typeof settle>>[0]);
    const climber = new Climber(engine.climbOf(engine.questions(wish).taught, wish.heads));
    let right = 0;
    for (const [i, frame] of yard.frames.entries()) {
      const label = await cameras.show(frame);
      const { answers } = await climber.climb({ ...frame, arrivedMs: SYSTEM_CLOCK.monotonicMs() }, WHOLE_FRAME, null);
      const [answer] = answers;
      if (answer?.kind !== 'answered') throw new Error('no answer');
      expect({ top: label?.top, stop: label?.stop, rungs: label?.path.map(({ rung }) => rung) }).toEqual({
        top: answer.top,
        stop: answer.stop,
        rungs: answer.path.map(({ rung }) => rung),
      });
      if (label?.label === yardTruth(i / 5)) right++;
    }
    expect(right / yard.frames.length).toBeGreaterThan(0.9);
    await cameras.running.stop();
  });
});

describe('a camera that is taught', () => {
  test('while a reload is under way is not given its old heads back', async () => {
    const cameras = new Cameras();
    await cameras.running.apply(await settle());
    const { open, opened } = gate();
    const reload = reloading(cameras, configured(), opened);
    await reload.begun; // the heads of before are read
    const reteaching = cameras.running.reteach('gate', taught(), teach);
    await engine.ensureRungs(yard.heads.rungs);
    open();
    await reteaching;
    await reload.ended;
    expect(cameras.running.statuses[0]?.questions.map(({ id }) => id)).toEqual(['yard']);
    const after = reloading(cameras);
    await after.begun;
    await after.ended;
    expect(after.said).toEqual(['the configuration is reloaded: no camera is other than before']);
    expect(cameras.opened).toBe(1);
    await cameras.running.stop();
  });

  test('keeps no reload waiting while its rungs are loaded, and is asked in the mode of the new configuration', async () => {
    const { open, opened } = gate();
    const cameras = new Cameras(() => opened);
    await engine.ensureRungs(yard.heads.rungs);
    await cameras.running.apply(await settle(configured({ mode: 'fixed:low' })));
    const reteaching = cameras.running.reteach('gate', taught(), teach);
    const reload = reloading(cameras, configured({ mode: 'fixed:top' }));
    await reload.begun;
    await reload.ended;
    expect(reload.said).toEqual(['the configuration is reloaded: changed gate']);
    open();
    await reteaching;
    const [frame] = yard.frames as [Raster];
    expect(await cameras.show(frame)).toMatchObject({ question: 'yard', path: [{ rung: 'top' }] });
    await cameras.running.stop();
  });

  test('is not, where the daemon is stopped while its rungs are loaded', async () => {
    const loading = gate();
    const told: string[] = [];
    const onLoaded: EngineSettings['onLoaded'] = (timings) => told.push(...timings.map(({ rung }) => rung));
    const other = await startEngine({ ...settings(), onLoaded });
    const cameras = new Cameras((ids, stop) => {
      loading.open();
      return other.ensureRungs(ids, stop);
    });
    await cameras.running.apply(await settle(configured({ mode: 'fixed:low' })));
    const threads: Worker[] = [];
    const count = (worker: Worker) => {
      threads.push(worker);
      worker.once('exit', () => threads.splice(threads.indexOf(worker), 1));
    };
    process.on('worker', count);
    const stop = new AbortController();
    const reteaching = cameras.running.reteach('gate', taught(), teach, stop.signal).catch((error: unknown) => error);
    await loading.opened;
    const reason = new Error('Weir was stopped');
    stop.abort(reason);
    expect(await reteaching).toBe(reason);
    await cameras.running.stop();
    await other.pool.stop();
    await expect(other.ensureRungs(yard.heads.rungs)).rejects.toMatchObject({ code: 'inference-stopped' });
    process.off('worker', count);
    expect(told).toEqual([]);
    expect(threads).toEqual([]);
    expect(isKept()).toBe(false);
  });
});

describe('heads that are put where a running camera looks for them', () => {
  /** Only `low` is loaded, and the camera is asked for the ladder's labels. */
  async function setUp() {
    const other = await startEngine(settings());
    const cameras = new Cameras(undefined, other);
    await cameras.running.apply(await settle(configured({ mode: 'fixed:low' })));
    const reload = async (more: object = {}) => {
      const { said, ended } = reloading(cameras, configured(more));
      await ended;
      return said;
    };
    const end = async () => {
      await cameras.running.stop();
      await other.pool.stop();
    };
    return { cameras, reload, end };
  }

  test('are taken by a reload, which loads their rungs first; where those cannot be loaded it changes nothing', async () => {
    const { cameras, reload, end } = await setUp();
    const lacking = [{ camera: 'gate', rungs: ['top'] }];
    expect(cameras.running.lacking(await settle())).toEqual(lacking); // the plain cascade that it would climb
    await teach();
    expect(cameras.running.lacking(await settle())).toEqual(lacking);
    const model = engine.ladder.rungs.find(({ id }) => id === 'top')?.path ?? '';
    await rename(model, `${model}.gone`);
    const refused = await reload();
    await rename(`${model}.gone`, model);
    expect(refused).toEqual([
      'the reload loads top for camera gate first; frames go on meanwhile',
      expect.stringMatching(
        /stays in force: it cannot load top for camera gate: rung top: there is no model file.*\n.*→ restore/,
      ),
    ]);
    expect((await cameras.show(yard.frames[0] as Raster))?.question).toBe('default');
    expect((await reload()).at(-1)).toBe('the configuration is reloaded: changed gate');
    expect(await cameras.show(yard.frames[0] as Raster)).toMatchObject({ question: 'yard', label: 'empty' });
    await end();
  });

  test.each([
    ['broken', '{', /is not JSON/],
    ['of another ladder', '', /another ladder/],
  ])('are passed over where they are %s', async (_name, text, problem) => {
    const { cameras, reload, end } = await setUp();
    await mkdir(join(headsFile(), '..'), { recursive: true });
    const foreign = { ...yard.heads, ladder: { ...yard.heads.ladder, fingerprint: '0'.repeat(64) } };
    await writeFile(headsFile(), text === '' ? headsText(foreign) : text);
    expect((await settle(configured({ mode: 'fixed:low' })))[0]?.headsProblem).toMatch(problem);
    expect(await reload({ mode: 'fixed:low', fps: 3 })).toEqual(['the configuration is reloaded: changed gate']);
    expect(await cameras.show(yard.frames[0] as Raster)).toMatchObject({ question: 'default' });
    await end();
  });
});
