import sharp from 'sharp';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { picturesOf } from '../../src/commands/run-camera.ts';
import { Snapshots } from '../../src/commands/run-snapshots.ts';
import { camera } from '../../src/config/schema.ts';
import type { CameraPicture } from '../../src/decode/picture-reader.ts';
import type { Frame } from '../../src/types.ts';

const [WIDTH, HEIGHT] = [640, 360];
const PICTURE = { enabled: true, maxSide: 640, everySeconds: 1 };
const flats = new Map<string, Uint8Array>();
let nowMs = 0;
let isLive = true;
let snapshots: Snapshots;

beforeAll(async () => {
  for (const background of ['red', 'lime', 'blue']) {
    const flat = sharp({ create: { width: WIDTH, height: HEIGHT, channels: 3, background } });
    flats.set(background, new Uint8Array(await flat.raw().toBuffer()));
  }
});
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  nowMs = 10_000;
  isLive = true;
  snapshots = new Snapshots({
    clock: { monotonicMs: () => nowMs, unixMs: () => 1_700_000_000_000 + nowMs },
    camera: () => ({ rotate: 0, region: [0, 0, 1, 1], fps: 5, picture: PICTURE }),
    isLive: () => isLive,
  });
});
afterEach(() => vi.useRealTimers());

function made(colour: string, ptsSeconds: number): void {
  const pixels = (flats.get(colour) ?? new Uint8Array(0)).slice();
  const picture: CameraPicture = { ptsSeconds, width: WIDTH, height: HEIGHT, pixels };
  snapshots.made('gate', picture);
  pixels.fill(0); // whose it is uses it again
}

/** Mean red, green and blue. */
async function means(jpeg: Uint8Array | undefined): Promise<number[]> {
  return (await sharp(jpeg).stats()).channels.map(({ mean }) => mean);
}

const frame = (): Frame => ({
  ...{
    camera: 'gate',
    stream: 1,
    ptsSeconds: 7,
    source: { width: 64, height: 32 },
    arrivedAtMs: 1_700_000_000_000 + nowMs,
    arrivedMs: nowMs,
  },
  ...{ width: 32, height: 32, pixels: new Uint8Array(32 * 32 * 3).fill(200), release: () => {} },
});

describe('a picture that ffmpeg made', () => {
  test('is encoded once for all who ask, until the next one comes', async () => {
    made('red', 1.2);
    const [first, again] = await Promise.all([snapshots.take('gate'), snapshots.take('gate')]);
    expect(first).toMatchObject({ ptsSeconds: 1.2, atMs: 1_700_000_010_000 });
    expect(again?.jpeg).toBe(first?.jpeg);
    nowMs += 1_000;
    made('lime', 2.2);
    const second = await snapshots.take('gate');
    expect(second).toMatchObject({ ptsSeconds: 2.2, atMs: 1_700_000_011_000 });
    expect(await means(second?.jpeg)).toEqual([expect.closeTo(0, -1), expect.closeTo(255, -1), expect.closeTo(0, -1)]);
  });

  test('is made smaller on demand, once for all who ask, and never larger', async () => {
    made('red', 1);
    const [small, again] = await Promise.all([snapshots.take('gate', 320), snapshots.take('gate', 315)]);
    expect(await sharp(small?.jpeg).metadata()).toMatchObject({ format: 'jpeg', width: 320, height: 180 });
    expect(again?.jpeg).toBe(small?.jpeg);
    const [whole, larger] = [await snapshots.take('gate'), await snapshots.take('gate', 1920)];
    expect(larger?.jpeg).toBe(whole?.jpeg);
    expect(await sharp(larger?.jpeg).metadata()).toMatchObject({ width: WIDTH, height: HEIGHT });
  });

  test('of the moment before is not mixed with the one that comes while it is made smaller', async () => {
    made('red', 1);
    const asked = snapshots.take('gate', 64);
    made('blue', 2);
    const { jpeg, ptsSeconds } = (await asked) ?? {};
    expect(ptsSeconds).toBe(1);
    expect(await means(jpeg)).toEqual([expect.closeTo(255, -1), expect.closeTo(0, -1), expect.closeTo(0, -1)]);
  });

  test('is answered while the camera is away, and forgotten with it', async () => {
    made('red', 1);
    isLive = false;
    expect((await snapshots.take('gate'))?.ptsSeconds).toBe(1);
    snapshots.forget('gate');
    expect(await snapshots.take('gate')).toBeNull();
  });

  test('that should have been followed by others long ago gives way to a frame, while these come', async () => {
    made('red', 1);
    nowMs += 5_000;
    expect((await snapshots.take('gate'))?.ptsSeconds).toBe(1);
    nowMs += 1_000;
    const asked = snapshots.take('gate');
    snapshots.looked(frame());
    expect((await asked)?.ptsSeconds).toBe(7);
    isLive = false;
    made('lime', 8);
    nowMs += 60_000;
    expect((await snapshots.take('gate'))?.ptsSeconds).toBe(8);
  });

  test('stays, where no frame comes instead', async () => {
    made('red', 1);
    nowMs += 6_000;
    const asked = snapshots.take('gate');
    await vi.advanceTimersByTimeAsync(2_500);
    expect((await asked)?.ptsSeconds).toBe(1);
  });

  test('that is lacking is made of the next frame that is looked at', async () => {
    const asked = snapshots.take('gate');
    snapshots.looked(frame());
    const taken = await asked;
    expect(taken?.ptsSeconds).toBe(7);
    expect(await sharp(taken?.jpeg).metadata()).toMatchObject({ width: 64, height: 32 });
  });
});

describe('pictures are made', () => {
  const wish = (settings: object) =>
    picturesOf(camera.parse({ id: 'gate', source: 'clip.mp4', ...settings }), snapshots);

  test('as the camera says, and end up with its snapshots', async () => {
    expect(wish({})).toMatchObject({ maxSide: 640, everySeconds: 1 });
    const wanted = wish({ picture: { maxSide: 1280, everySeconds: 5 } });
    expect(wanted).toMatchObject({ maxSide: 1280, everySeconds: 5 });
    wanted?.onPicture({ ptsSeconds: 3, width: 1, height: 1, pixels: new Uint8Array(3) });
    wanted?.onDropped();
    expect((await snapshots.take('gate'))?.ptsSeconds).toBe(3);
    expect([...snapshots.dropped]).toEqual([['gate', 1]]);
  });

  test.each([{ picture: { enabled: false } }, { pace: 'fast' }])('not with %j', (settings) => {
    expect(wish(settings)).toBeUndefined();
  });
});

describe('the picture nearest to a moment', () => {
  test('is the next one, where that comes sooner than the newest is old', async () => {
    made('red', 1);
    nowMs += 700;
    const nearest = snapshots.nearest('gate');
    await vi.advanceTimersByTimeAsync(300);
    made('lime', 2);
    expect((await nearest)?.ptsSeconds).toBe(2);
  });

  test('is the newest, where no other comes so soon', async () => {
    made('red', 1);
    nowMs += 300;
    const nearest = snapshots.nearest('gate');
    await vi.advanceTimersByTimeAsync(301);
    made('lime', 2);
    expect((await nearest)?.ptsSeconds).toBe(1);
  });

  test('is a frame, where pictures are seldom', async () => {
    made('red', 1);
    nowMs += 20_000;
    const nearest = snapshots.nearest('gate');
    await vi.advanceTimersByTimeAsync(1_501);
    snapshots.looked(frame());
    expect((await nearest)?.ptsSeconds).toBe(7);
  });

  test('is the newest of a camera that is away, at once', async () => {
    made('red', 1);
    nowMs += 60_000;
    isLive = false;
    expect((await snapshots.nearest('gate'))?.ptsSeconds).toBe(1);
  });
});
