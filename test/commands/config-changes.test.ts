import { describe, expect, test } from 'vitest';
import { compareCameras, restartKeys } from '../../src/commands/config-changes.ts';
import type { LackingCamera } from '../../src/commands/run-cameras-parts.ts';
import { type ReloadParts, Reloads } from '../../src/commands/run-reload.ts';
import { identityOf, type SettledCamera, settleCameras } from '../../src/commands/settled.ts';
import { type Config, configSchema } from '../../src/config/schema.ts';
import { WeirError } from '../../src/errors.ts';
import type { Ladder } from '../../src/types.ts';
import { waitFor } from '../support/processes.ts';

const config = (value: object) => configSchema.parse(value);
const camera = (id: string, more = {}) => ({ id, source: `rtsp://h/${id}`, ...more });

test('cameras are added, removed, changed or left alone, whatever the order of their keys', () => {
  const { cameras: before } = config({ cameras: [camera('a'), camera('b'), camera('c', { fps: 2 })] });
  const { cameras: after } = config({ cameras: [camera('c', { fps: 2 }), camera('d'), camera('a', { fps: 1 })] });
  expect(compareCameras(before, after)).toEqual({ added: ['d'], removed: ['b'], changed: ['a'] });
  const turned = before.map((entry) => Object.fromEntries(Object.entries(entry).reverse()) as typeof entry);
  expect(compareCameras(before, turned)).toEqual({ added: [], removed: [], changed: [] });
});

test('what is kept of a camera is changed while it runs: it is the same camera', async () => {
  const settle = async (more: object) => {
    const cameras = [camera('a', { heads: 'none', ...more })];
    const ladder = { labels: [] } as unknown as Ladder;
    return (await settleCameras(config({ cameras }), { ladder, env: {} })).map(identityOf);
  };
  const before = await settle({});
  expect(compareCameras(before, await settle({ examples: { keep: true, maxFrames: 9 } })).changed).toEqual([]);
  expect(compareCameras(before, await settle({ maxReuseMs: 5 })).changed).toEqual(['a']);
});

test('a region with another share of the time makes its camera another one', async () => {
  const settle = async (budgetShare: number, more: object = {}) => {
    const regions = [
      { id: 'door', region: [0, 0, 0.5, 1], heads: 'none', budgetShare },
      { id: 'road', region: [0.5, 0, 0.5, 1], heads: 'none', ...more },
    ];
    const ladder = { labels: [] } as unknown as Ladder;
    return (await settleCameras(config({ cameras: [camera('a', { regions })] }), { ladder, env: {} })).map(identityOf);
  };
  const before = await settle(0.5);
  expect(compareCameras(before, await settle(0.7)).changed).toEqual(['a']);
  // What it says is what it would have had.
  expect(compareCameras(before, await settle(0.5, { budgetShare: 0.5 })).changed).toEqual([]);
});

test.each<[object, string[]]>([
  [{}, []],
  [{ cameras: [camera('b')], mode: 'cascade', operatingPoint: 'fast', log: { level: 'debug' } }, []],
  [{ server: { port: 1 } }, ['server.port']],
  [
    { premodel: 'p.json', inference: { slots: 3, executionProviders: ['cuda'] } },
    ['inference.slots', 'inference.executionProviders', 'premodel'],
  ],
  [
    { ladder: 'l', rungs: ['r'], topK: 9, ffmpeg: { path: '/f' }, log: { format: 'json', level: 'error' } },
    ['ladder', 'topK', 'ffmpeg.path', 'log.format', 'rungs'],
  ],
])('%j needs a restart for %j', (change, keys) => {
  const before = config({ cameras: [camera('a')] });
  expect(restartKeys(before, config({ cameras: [camera('a')], ...change }))).toEqual(keys);
});

describe('reloads', () => {
  /** Reloads whose reading or loading waits until it is let go; `lacking` says what every try of a reload finds. */
  function setUp(
    read: () => Promise<Config>,
    lacking: LackingCamera[][] = [],
    ensureRungs: ReloadParts['ensureRungs'] = async () => {},
  ) {
    const stop = new AbortController();
    const said: string[] = [];
    const applied: (readonly SettledCamera[])[] = [];
    const keep = (_fields: object, text: string) => void said.push(text);
    const reloads = new Reloads({
      read,
      current: config({}),
      settle: async () => [],
      cameras: {
        lacking: () => lacking.shift() ?? [],
        change: (work) =>
          work(async (next) => {
            applied.push(next);
            return { added: ['a'], removed: [], changed: [] };
          }),
      },
      ensureRungs: async (ids, stopped) => {
        said.push(`load ${ids.join()}`);
        await ensureRungs(ids, stopped);
      },
      notifier: { reloading: () => said.push('RELOADING'), ready: () => said.push('READY') },
      log: { info: keep, error: keep, setLevel: (level) => said.push(`level ${level}`) },
      stop: stop.signal,
      onChange: () => said.push('changed'),
    });
    return { reloads, said, applied, stop };
  }

  test('tell systemd, apply, and say what is other than before', async () => {
    const { reloads, said } = setUp(async () => config({ log: { level: 'debug' } }));
    reloads.request();
    await waitFor(() => said.includes('READY'), 'the reload');
    expect(said).toEqual(['RELOADING', 'level debug', 'the configuration is reloaded: added a', 'changed', 'READY']);
  });

  test('are done one at a time, and what is asked for meanwhile once', async () => {
    const waiting: (() => void)[] = [];
    let reads = 0;
    const { reloads, said, applied } = setUp(async () => {
      reads++;
      await new Promise<void>((resolve) => waiting.push(resolve));
      return config({});
    });
    for (let n = 0; n < 5; n++) reloads.request();
    expect(reads).toBe(1);
    waiting[0]?.();
    await waitFor(() => reads === 2, 'the second reading');
    expect(said.filter((text) => text === 'READY')).toHaveLength(1);
    waiting[1]?.();
    await waitFor(() => applied.length === 2, 'the second reload');
    await reloads.stop();
    expect(reads).toBe(2);
  });

  const gate = (...rungs: string[]) => [{ camera: 'gate', rungs }];

  test('load rungs that are needed first, also those of heads that come meanwhile', async () => {
    const { reloads, said } = setUp(
      async () => config({}),
      [[...gate('low', 'top'), { camera: 'yard', rungs: ['low'] }], gate('far')],
    );
    reloads.request();
    await waitFor(() => said.includes('READY'), 'the reload');
    expect(said).toEqual([
      'RELOADING',
      'the reload loads low, top for camera gate, yard first; frames go on meanwhile',
      'load low,top',
      'the reload loads far for camera gate first; frames go on meanwhile',
      'load far',
      expect.stringMatching(/^level/),
      'the configuration is reloaded: added a',
      'changed',
      'READY',
    ]);
  });

  test('change nothing when the file is bad, when keys need a restart, or when rungs cannot be loaded', async () => {
    const noModel = new WeirError('model-missing', 'there is no model file', { remedy: 'restore it' });
    const cases: [() => Promise<Config>, LackingCamera[][], RegExp][] = [
      [() => Promise.reject(new Error('line 3: what')), [], /the one before stays in force: line 3: what/],
      [
        async () => config({ topK: 2, server: { port: 1 } }),
        [gate('top')],
        /cannot change topK, server\.port\n.*restart/,
      ],
      [async () => config({}), [gate('top')], /cannot load top for camera gate: there is no model file\n.*restore it/],
    ];
    for (const [read, lacking, message] of cases) {
      const { reloads, said, applied } = setUp(read, lacking, () => Promise.reject(noModel));
      reloads.request();
      await waitFor(() => said.includes('READY'), 'the end of the reload');
      expect(said.at(-2)).toMatch(message);
      expect(applied).toEqual([]);
    }
  });

  test.each(['signal', 'end of Weir'])(
    'wait for no rung after the %s, and tell systemd nothing any more',
    async (why) => {
      const never: ReloadParts['ensureRungs'] = (_ids, stopped) =>
        new Promise((_, reject) => stopped?.addEventListener('abort', () => reject(stopped.reason)));
      const { reloads, said, applied, stop } = setUp(async () => config({}), [gate('top')], never);
      reloads.request();
      await waitFor(() => said.includes('load top'), 'the loading');
      if (why === 'signal') stop.abort();
      await reloads.stop();
      expect(said.slice(3)).toEqual(['the configuration is not reloaded: Weir ends']);
      expect(applied).toEqual([]);
    },
  );

  test('do not begin any more once stopped', async () => {
    let letGo = () => {};
    const { reloads, applied } = setUp(async () => {
      await new Promise<void>((resolve) => {
        letGo = resolve;
      });
      return config({});
    });
    reloads.request();
    const stopped = reloads.stop();
    letGo();
    await stopped;
    reloads.request();
    expect(applied).toEqual([]);
  });
});
