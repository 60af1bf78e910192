import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { toCameraSource } from '../../src/config/camera.ts';
import { type CameraConfig, camera } from '../../src/config/schema.ts';
import { ffmpegArguments } from '../../src/decode/arguments.ts';
import type { Ffmpeg } from '../../src/decode/ffmpeg.ts';
import type { CameraPicture } from '../../src/decode/picture-reader.ts';
import { startFfmpeg } from '../../src/decode/process.ts';
import type { Frame, WorkingSize } from '../../src/types.ts';
import { ffmpeg as make, makeNumberedClip, readNumber, temporaryFolder } from '../support/clips.ts';
import { bundledFfmpeg, record, SMALL, systemFfmpeg } from '../support/decoding.ts';
import { describeWith, SYSTEM_FFMPEG } from '../support/parts.ts';
import { ffmpegChildren, waitFor } from '../support/processes.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const path = (name: string) => join(folder.path, name);
/** Frames as large as the pictures, in their shape. */
const LARGE: WorkingSize = { aspect: 'keep', width: 360, height: 360 };
/** All of it red but for a white rim that is no mask's. */
const SECRET = 'color=white:s=646x362:d=0.4:r=5,drawbox=x=100:y=50:w=201:h=101:color=red:t=fill';
/** What hides the red in ratios: its edges lie inside of pixels. */
const MASK: CameraConfig['masks'][number] = [100.4 / 646, 50.4 / 362, 200.2 / 646, 100.2 / 362];

beforeAll(async () => {
  folder = await temporaryFolder();
  await makeNumberedClip(path('numbers.mp4'), 50, 25);
  await makeNumberedClip(path('once.ts'), 30, 25);
  const once = await readFile(path('once.ts'));
  await writeFile(path('twice.ts'), Buffer.concat([once, once]));
  const parts = ['320x240', '640x480'].map(async (size) => {
    const name = path(`${size}.ts`);
    await make(['-f', 'lavfi', '-i', `testsrc2=s=${size}:d=2:r=10`, '-c:v', 'mpeg2video', name]);
    return await readFile(name);
  });
  await writeFile(path('joint.ts'), Buffer.concat(await Promise.all(parts)));
  const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-qp', '4'];
  const bt709 = [
    '-vf',
    'scale=out_color_matrix=bt709,format=yuv420p',
    '-colorspace',
    'bt709',
    '-color_primaries',
    'bt709',
  ];
  const clip = (source: string, name: string, options = ['-pix_fmt', 'yuv420p']) =>
    make(['-f', 'lavfi', '-i', source, ...options, ...h264, path(name)]);
  await clip('testsrc2=s=1280x720:d=0.4:r=5', 'wide.mp4', bt709);
  const full = [
    '-vf',
    'scale=out_color_matrix=bt709:out_range=pc,format=yuvj420p',
    '-color_range',
    'pc',
    '-colorspace',
    'bt709',
  ];
  await clip('testsrc2=s=640x480:d=0.4:r=5', 'full.mp4', full);
  await clip('testsrc2=s=320x180:d=0.4:r=5', 'small.mp4');
  await clip('testsrc2=s=720x540:d=0.4:r=5,setsar=4/3', 'wide-pixels.mp4');
  await clip(SECRET, 'secret.mp4');
  await make([
    '-f',
    'lavfi',
    '-i',
    'nullsrc=s=1280x720:d=0.6:r=5,geq=random(1)*255:128:128',
    ...h264,
    path('noise.mp4'),
  ]);
}, 60_000);
afterAll(() => folder.remove());
afterEach(() => expect(ffmpegChildren()).toEqual([]));

interface Seen {
  readonly frames: Frame[];
  readonly pictures: CameraPicture[];
  /** Time of the newest frame when a picture came, for each. */
  readonly reached: number[];
  readonly dropped: { count: number };
}

/** Decodes with pictures, `settings.everySeconds` apart, until the source ends. */
function watch(
  ffmpeg: Ffmpeg,
  settings: Partial<CameraConfig> & { source: string },
  { working = SMALL, maxSide = 640, everySeconds = 0.2, hold = async () => {} } = {},
) {
  const seen: Seen = { frames: [], pictures: [], reached: [], dropped: { count: 0 } };
  const onFrame = (frame: Frame) => {
    seen.frames.push({ ...frame, pixels: frame.pixels.slice() });
    return hold().then(() => frame.release());
  };
  const recorded = record(ffmpeg, { fps: 'all', ...settings }, onFrame, working, 0, {
    maxSide,
    everySeconds,
    onPicture: (picture) => {
      seen.pictures.push({ ...picture, pixels: picture.pixels.slice() });
      seen.reached.push(seen.frames.at(-1)?.ptsSeconds ?? Number.NaN);
    },
    onDropped: () => seen.dropped.count++,
  });
  return { ...recorded, ...seen };
}

function meanDifference(a: Uint8Array, b: Uint8Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((sum, value, i) => sum + Math.abs(value - (b[i] ?? 0)), 0) / a.length;
}

function pictures(find: () => Promise<Ffmpeg>): void {
  test('each is of a frame that was looked at, and has its time', async () => {
    const { decoder, frames, pictures, reached } = watch(await find(), { source: path('numbers.mp4'), fps: 10 });
    await decoder.start();
    expect(pictures.length).toBeGreaterThan(3);
    const times = frames.map(({ ptsSeconds }) => ptsSeconds);
    for (const [i, picture] of pictures.entries()) {
      expect(times).toContain(picture.ptsSeconds);
      expect(readNumber(picture) / 25).toBeCloseTo(picture.ptsSeconds, 6);
      expect(picture.ptsSeconds).toBeLessThanOrEqual(reached[i] ?? 0);
      expect(picture.ptsSeconds - (pictures[i - 1]?.ptsSeconds ?? -1)).toBeGreaterThan(0.1);
    }
  });

  test('of a recording at its own pace, they are not ahead of the frames that are looked at, nor far behind', async () => {
    const { decoder, pictures, reached } = watch(await find(), { source: path('numbers.mp4'), pace: 'source' });
    await decoder.start();
    expect(pictures.length).toBeGreaterThanOrEqual(9);
    for (const [i, { ptsSeconds }] of pictures.entries()) {
      expect(ptsSeconds).toBeLessThanOrEqual(reached[i] ?? 0);
      expect((reached[i] ?? 0) - ptsSeconds).toBeLessThan(0.2);
    }
  });

  test('times that jump back are the frames’ own', async () => {
    const { decoder, frames, pictures } = watch(
      await find(),
      { source: path('twice.ts'), pace: 'fast' },
      { hold: () => new Promise((resolve) => setTimeout(resolve, 10)) },
    );
    await decoder.start();
    expect(Math.max(...frames.map(({ stream }) => stream))).toBe(2);
    const jumped = pictures.findIndex(({ ptsSeconds }, i) => ptsSeconds < (pictures[i - 1]?.ptsSeconds ?? 0));
    expect(jumped).toBeGreaterThan(1);
    const timeOf = new Map(frames.map((frame) => [readNumber(frame), frame.ptsSeconds]));
    for (const picture of pictures) expect(timeOf.get(readNumber(picture))).toBeCloseTo(picture.ptsSeconds, 6);
  });

  test('a recording goes on where its size changes and its times begin anew', async () => {
    const labelled = async (withPictures: boolean) => {
      const settings = { source: path('joint.ts'), fps: 5, pace: 'fast' } as const;
      const frames: number[] = [];
      const onFrame = ({ ptsSeconds, release }: Frame) => {
        release();
        frames.push(ptsSeconds);
        return undefined;
      };
      let count = 0;
      const wish = { maxSide: 640, everySeconds: 0.2, onPicture: () => count++, onDropped: () => {} };
      const { decoder, states } = record(await find(), settings, onFrame, SMALL, 0, withPictures ? wish : undefined);
      await decoder.start();
      return { frames, last: states.at(-1)?.state, count };
    };
    const [plain, pictured] = [await labelled(false), await labelled(true)];
    expect(pictured).toMatchObject({ frames: plain.frames, last: 'ended' });
    expect(pictured.count).toBeGreaterThan(6);
  });

  test.each([
    ['16:9', 'wide.mp4', {}, [640, 360]],
    ['turned', 'wide.mp4', { rotate: 90 }, [360, 640]],
    [
      'turned, with masks and a region',
      'wide.mp4',
      { rotate: 270, masks: [[0, 0.1, 0.3, 0.2]], region: [0, 0, 1, 0.5] },
      [640, 569],
    ],
    ['upside down', 'wide.mp4', { rotate: 180, region: [0.25, 0.25, 0.5, 0.5] }, [640, 360]],
    ['4:3, of full range', 'full.mp4', {}, [640, 480]],
    ['small', 'small.mp4', {}, [320, 180]],
    ['of pixels that are not square', 'wide-pixels.mp4', {}, [640, 360]],
    ['of such pixels, turned, and its region', 'wide-pixels.mp4', { rotate: 90, region: [0, 0, 1, 0.5] }, [405, 360]],
  ] as const)('%s: in its shape and colours, as the frame is', async (_what, source, settings, [width, height]) => {
    const wanted = settings as unknown as Partial<CameraConfig>;
    const working: WorkingSize = { aspect: 'keep', width: Math.min(width, height), height: Math.min(width, height) };
    const { decoder, frames, pictures } = watch(await find(), { source: path(source), ...wanted }, { working });
    await decoder.start();
    const [picture] = pictures;
    const frame = frames.find(({ ptsSeconds }) => ptsSeconds === picture?.ptsSeconds);
    if (picture === undefined || frame === undefined) throw new Error('no picture of a frame');
    expect([picture.width, picture.height]).toEqual([width, height]);
    expect([frame.width, frame.height]).toEqual([width, height]);
    expect(meanDifference(picture.pixels, frame.pixels)).toBeLessThan(2);
  });

  test('nothing that is masked is in a picture', async () => {
    const reddest = async (masks: CameraConfig['masks']) => {
      const { decoder, pictures } = watch(await find(), { source: path('secret.mp4'), masks }, { working: LARGE });
      await decoder.start();
      expect(pictures.length).toBeGreaterThan(0);
      let most = 0;
      for (const { pixels } of pictures)
        for (let at = 0; at < pixels.length; at += 3)
          most = Math.max(most, (pixels[at] ?? 0) - Math.max(pixels[at + 1] ?? 0, pixels[at + 2] ?? 0));
      return most;
    };
    expect(await reddest([])).toBeGreaterThan(150);
    expect(await reddest([MASK])).toBeLessThan(24);
  });

  test('frames are the same with and without', async () => {
    const sumOf = async (withPictures: boolean) => {
      const hash = createHash('sha256');
      const onFrame = (frame: Frame) => {
        hash.update(`${frame.ptsSeconds} ${frame.width}x${frame.height}`).update(frame.pixels);
        frame.release();
        return undefined;
      };
      const wish = { maxSide: 640, everySeconds: 0.2, onPicture: () => {}, onDropped: () => {} };
      const settings = { source: path('wide.mp4'), fps: 'all', masks: [MASK] } as const;
      const { decoder } = record(
        await find(),
        { ...settings, masks: [MASK] },
        onFrame,
        SMALL,
        0,
        withPictures ? wish : undefined,
      );
      await decoder.start();
      return hash.digest('hex');
    };
    expect(await sumOf(true)).toBe(await sumOf(false));
  });

  test('they are taken off while a frame is held back for ever', async () => {
    const ffmpeg = await find();
    const source = toCameraSource(camera.parse({ id: 'test', source: path('noise.mp4'), fps: 'all', pace: 'fast' }));
    const wish = { maxSide: 1280, everySeconds: 0.2 };
    const args = ffmpegArguments(
      source,
      'file',
      source.source,
      { aspect: 'stretch', width: 64, height: 64 },
      ffmpeg,
      wish,
    );
    let bytes = 0;
    const running = startFfmpeg(...([ffmpeg, args, new Writable({ write: () => {} }), () => {}] as const), (chunk) => {
      bytes += chunk.length;
    });
    // More than a pipe holds: had nobody read, there would be no more.
    await waitFor(() => bytes > 600_000, 'pictures');
    await running.stop();
  });

  test('whoever holds each frame for a while gets them all, with their pictures', async () => {
    const hold = () => new Promise<void>((resolve) => setTimeout(resolve, 60));
    const { decoder, frames, pictures, reached } = watch(
      await find(),
      { source: path('noise.mp4') },
      { maxSide: 1280, hold },
    );
    await decoder.start();
    expect(frames.length).toBe(3);
    expect(pictures.length).toBeGreaterThanOrEqual(2);
    for (const [i, { ptsSeconds }] of pictures.entries()) expect(ptsSeconds).toBeLessThanOrEqual(reached[i] ?? 0);
  });
}

describe('pictures with the bundled ffmpeg', () => pictures(bundledFfmpeg));
describeWith([SYSTEM_FFMPEG], 'pictures with the system’s ffmpeg', () => pictures(systemFfmpeg));

describe('pictures of a camera', () => {
  test('come again when its connection was lost, or its ffmpeg killed', async () => {
    const jpeg = await sharp({ create: { width: 160, height: 120, channels: 3, background: 'white' } })
      .jpeg()
      .toBuffer();
    const sockets: Socket[] = [];
    let visits = 0;
    const server = createServer((socket) => {
      sockets.push(socket);
      const isCut = visits++ === 0;
      socket
        .on('error', () => {})
        .write('HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=f\r\n\r\n');
      let parts = 0;
      const send = setInterval(() => {
        socket.write(`--f\r\nContent-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\n\r\n`);
        socket.write(jpeg);
        socket.write('\r\n');
        if (isCut && parts++ > 15) socket.destroy();
      }, 40);
      socket.once('close', () => clearInterval(send));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const bound = server.address();
    const source = `http://127.0.0.1:${typeof bound === 'object' ? bound?.port : 0}/video.mjpg`;
    const { decoder, pictures, states, until } = watch(await bundledFfmpeg(), { source, stallAfterMs: 1000 });
    void decoder.start();
    const lives = (count: number) => until(() => states.filter(({ state }) => state === 'live').length >= count);
    const another = async () => {
      const before = pictures.length;
      await waitFor(() => pictures.length > before + 1, 'pictures');
    };
    await lives(1);
    await another();
    await lives(2);
    await another();
    for (const pid of ffmpegChildren()) process.kill(pid, 'SIGKILL');
    await lives(3);
    await another();
    await decoder.stop();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
});
