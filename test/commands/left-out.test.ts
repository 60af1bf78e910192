import { beforeEach, describe, expect, test } from 'vitest';
import type { StoredCamera } from '../../src/commands/run-cameras-store.ts';
import { listedCameras } from '../../src/commands/run-listed.ts';
import { ManagedCameras } from '../../src/commands/run-managed.ts';
import type { SettledCamera } from '../../src/commands/settled.ts';
import { apiEntry } from '../../src/config/api-camera.ts';
import type { Config } from '../../src/config/schema.ts';
import { usageError } from '../../src/errors.ts';

function stored(id: string, more: object = {}): StoredCamera {
  const checked = apiEntry({ id, source: `rtsp://${id}.lan/live`, ...more });
  if (Array.isArray(checked)) throw new Error(checked.map(({ message }) => message).join());
  return { ...checked, isPaused: false };
}

const CONFIG = { cameras: [] } as unknown as Config;
/** A group that there is not stands for all that makes a camera unusable. */
const settle = async ({ cameras }: Config) =>
  cameras.map((camera) => {
    if (camera.groups.length > 0) throw usageError('group-unknown', `no group ${camera.groups}`, 'name one');
    return {
      ...camera,
      settledRegions: [],
      mode: 'hybrid',
      taught: null,
      headsProblem: null,
      grouped: null,
    } as unknown as SettledCamera;
  });

let written: readonly string[];
let running: string[];
let managed: ManagedCameras;
const notices: string[] = [];
const ids = (cameras: readonly { readonly camera: { readonly id: string } }[]) =>
  cameras.map(({ camera }) => camera.id);

beforeEach(async () => {
  [written, running] = [[], []];
  managed = new ManagedCameras({
    store: {
      write: async (cameras) => {
        written = ids(cameras);
      },
    },
    stored: [stored('gate'), stored('yard', { groups: ['gone'] })],
    config: () => CONFIG,
    settle,
    redactor: { register: () => {} },
    onChange: () => {},
  });
  await managed.usable(
    () => {},
    (text) => notices.push(text),
  );
});

const list = async (asRunning: readonly string[] | null) =>
  listedCameras({
    running: asRunning?.map((camera) => ({ camera, state: 'live', reason: '', degraded: [], questions: [] })) ?? null,
    settled: await managed.settle(CONFIG),
    managed,
  }).map(({ camera, state, reason }) => ({ camera, state, reason }));

function begin(): void {
  managed.begin({
    cameras: {
      change: async (work) =>
        await work(async (wanted) => {
          running = wanted.map(({ id }) => id);
          return { added: [], removed: [], changed: [], reteached: [] } as never;
        }),
      lacking: () => [],
      relook: async () => {},
    },
    ensureRungs: async () => {},
    stop: new AbortController().signal,
  });
}

describe('cameras of the API', () => {
  test('are listed while models are loaded, until they run', async () => {
    expect((await list(null))[0]).toEqual({ camera: 'gate', state: 'connecting', reason: 'models are being loaded' });
    expect((await list([]))[0]).toMatchObject({ camera: 'gate', state: 'connecting' });
    expect((await list(['gate'])).filter(({ camera }) => camera === 'gate')).toMatchObject([{ state: 'live' }]);
  });

  test('are not listed any more when they were removed', async () => {
    const settled = await managed.settle(CONFIG);
    begin();
    await managed.remove('gate');
    expect(listedCameras({ running: [], settled, managed }).map(({ camera }) => camera)).toEqual(['yard']);
  });
});

describe('one that cannot be used', () => {
  test('is listed as failed, with the reason', async () => {
    const failed = { camera: 'yard', state: 'failed', reason: 'it is left out: no group gone; name one' };
    expect((await list(null))[1]).toEqual(failed);
    expect((await list(['gate']))[1]).toEqual(failed);
  });

  test('stays kept when others change, and its id is taken', async () => {
    begin();
    await managed.change('gate', { fps: 7 });
    expect(written).toEqual(['gate', 'yard']);
    await expect(managed.add({ id: 'yard', source: 'rtsp://yard.lan/live' })).rejects.toMatchObject({
      code: 'camera-exists',
    });
  });

  test('can be removed for good', async () => {
    begin();
    await managed.remove('yard');
    expect([written, running, managed.leftOut]).toEqual([['gate'], ['gate'], []]);
    await expect(managed.remove('yard')).rejects.toMatchObject({ code: 'camera-unknown' });
  });

  test('can be corrected, and stays left out where that does not help', async () => {
    begin();
    await expect(managed.change('yard', { groups: ['other'] })).rejects.toMatchObject({ code: 'group-unknown' });
    expect(ids(managed.leftOut)).toEqual(['yard']);
    await managed.change('yard', { groups: [] });
    expect([written, running, managed.leftOut]).toEqual([['gate', 'yard'], ['gate', 'yard'], []]);
  });
});
