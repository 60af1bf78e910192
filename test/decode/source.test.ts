import { spawn } from 'node:child_process';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Ffmpeg } from '../../src/decode/ffmpeg.ts';
import type { Frame } from '../../src/types.ts';
import { ffmpeg as make, makeNumberedClip, readNumber, temporaryFolder } from '../support/clips.ts';
import { bundledFfmpeg, record, systemFfmpeg } from '../support/decoding.ts';
import { BUNDLED_FFMPEG, describeWith, SYSTEM_FFMPEG } from '../support/parts.ts';
import { ffmpegChildren, openDescriptors, waitFor } from '../support/processes.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const path = (name: string) => join(folder.path, name);

beforeAll(async () => {
  folder = await temporaryFolder();
  await makeNumberedClip(path('good.mp4'), 50, 25);
  await writeFile(path('text.mp4'), 'this is not a video\n');
  await writeFile(path('empty.mp4'), '');
  await mkdir(path('folder.mp4'));
  await make(['-f', 'lavfi', '-i', 'sine=d=1', path('sound.m4a')]);
  await make([
    '-f',
    'lavfi',
    '-i',
    'testsrc=s=7680x4320:d=0.1:r=10',
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    path('8k.mp4'),
  ]);
  await make([
    '-f',
    'lavfi',
    '-i',
    'color=s=16x16:d=1',
    '-vf',
    'scale=1:1,format=rgb24',
    '-c:v',
    'rawvideo',
    path('1x1.avi'),
  ]);
}, 60_000);
afterAll(() => folder.remove());
afterEach(() => expect(ffmpegChildren()).toEqual([]));

function namedStates(find: () => Promise<Ffmpeg>): void {
  test.each([
    ['text.mp4', /not a video/],
    ['empty.mp4', /not a video/],
    ['folder.mp4', /folder/],
    ['missing.mp4', /no such file/],
    ['sound.m4a', /no video stream/],
    ['8k.mp4', /7680x4320 exceed maxPixels/],
    ['1x1.avi', /1x1 pixels, too small/],
  ])('%s fails once, with its reason', async (name, reason) => {
    const { decoder, states } = record(await find(), { source: path(name) });
    await decoder.start();
    expect(states.map(({ state }) => state)).toEqual(['connecting', 'failed']);
    expect(states[1]?.reason).toMatch(reason);
  });

  test.each([
    ['rtsp://127.0.0.1:9/none', /refused/],
    ['http://127.0.0.1:9/none.mjpg', /refused/],
    ['rtsp://user:secret@no-such-host.invalid/x', /host name/],
  ])('%s fails with its reason and is tried again', async (source, reason) => {
    const { decoder, states, until } = record(await find(), { source });
    void decoder.start();
    await until((states) => states.filter(({ state }) => state === 'failed').length >= 2);
    await decoder.stop();
    expect(states.map(({ state }) => state).slice(0, 4)).toEqual(['connecting', 'failed', 'connecting', 'failed']);
    expect(states[1]?.reason).toMatch(reason);
    expect(states[1]?.reason).toMatch(/next try in 0\.3 s/);
    expect(states[3]?.reason).toMatch(/next try in 0\.5 s/);
    expect(JSON.stringify(states)).not.toContain('secret');
  });

  test('a missing hardware decoder is told, and the CPU decodes', async () => {
    const { decoder, states, notices } = record(await find(), { source: path('good.mp4'), hwaccel: 'nonesuch' });
    await decoder.start();
    expect(states.map(({ state }) => state)).toEqual(['connecting', 'connecting', 'live', 'ended']);
    expect(notices).toEqual([expect.stringMatching(/nonesuch.*on the CPU instead/)]);
  });

  test('a missing decoder is told, and ffmpeg’s own choice decodes', async () => {
    const { decoder, states, notices } = record(await find(), { source: path('good.mp4'), decoder: 'nonesuch' });
    await decoder.start();
    expect(states.map(({ state }) => state)).toEqual(['connecting', 'connecting', 'live', 'ended']);
    expect(notices).toEqual([expect.stringMatching(/nonesuch.*own choice/)]);
  });

  test('a looped file begins again as a new stream', async () => {
    const streams = new Map<number, number>();
    const { decoder, until } = record(await find(), { source: path('good.mp4'), loop: true, fps: 5 }, (frame) => {
      streams.set(frame.stream, (streams.get(frame.stream) ?? 0) + 1);
      frame.release();
      return undefined;
    });
    void decoder.start();
    await until((states) => states.filter(({ state }) => state === 'live').length >= 4);
    await decoder.stop();
    expect([...streams].slice(0, 3)).toEqual([
      [1, 10],
      [2, 10],
      [3, 10],
    ]);
  });

  test('masks, a region and rotation are in what is seen, which says how large it was before', async () => {
    const frames: Frame[] = [];
    // At its own pace: a clip that is read at once is over before its size was told.
    const { decoder } = record(
      await find(),
      {
        source: path('good.mp4'),
        rotate: 180,
        masks: [[0, 0, 0.25, 1]],
        region: [0, 0, 0.5, 1],
        fps: 'all',
        pace: 'source',
      },
      (frame) => {
        frames.push({ ...frame, pixels: frame.pixels.slice() });
        frame.release();
        return undefined;
      },
    );
    await decoder.start();
    const [frame] = frames;
    expect([frame?.width, frame?.height]).toEqual([64, 96]);
    expect(frames.at(-1)?.source).toEqual({ width: 128, height: 96 });
    const row = frame?.pixels.subarray(0, 64 * 3) ?? new Uint8Array(0);
    expect(Math.max(...row.subarray(0, 30 * 3))).toBe(0);
    expect(Math.min(...row.subarray(40 * 3))).toBeGreaterThan(0); // frame 0 is dark grey, not black
  });

  test('the source’s own pace is kept within a frame, and a fast one is not held back', async () => {
    const ffmpeg = await find();
    const took = async (pace: 'source' | 'fast') => {
      const begun = { first: 0, last: 0 };
      const { decoder } = record(ffmpeg, { source: path('good.mp4'), pace, fps: 'all' }, (frame) => {
        begun.first ||= frame.arrivedMs;
        begun.last = frame.arrivedMs;
        frame.release();
        return undefined;
      });
      await decoder.start();
      return begun.last - begun.first;
    };
    const [paced, fast] = [await took('source'), await took('fast')];
    expect(paced).toBeGreaterThan(1900);
    expect(fast).toBeLessThan(paced / 2);
  });
}

describe('with the bundled ffmpeg', () => namedStates(bundledFfmpeg));
describeWith([SYSTEM_FFMPEG], 'with the system’s ffmpeg', () => namedStates(systemFfmpeg));

describe('a source that goes wrong while it runs', () => {
  let server: Server | undefined;
  const sockets: Socket[] = [];
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve())));
    server = undefined;
  });

  /** An HTTP server that gives each visitor to `serve`. */
  async function http(serve: (socket: Socket, visit: number) => void): Promise<string> {
    let visit = 0;
    server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => {});
      socket.once('data', () => serve(socket, visit++));
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/video.mjpg`;
  }

  const HEAD = 'HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n';
  const part = (jpeg: Buffer) =>
    Buffer.concat([
      Buffer.from(`--frame\r\nContent-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\n\r\n`),
      jpeg,
      Buffer.from('\r\n'),
    ]);

  async function jpeg(size: string): Promise<Buffer> {
    const child = spawn(BUNDLED_FFMPEG, [
      '-v',
      'error',
      '-f',
      'lavfi',
      '-i',
      `testsrc=s=${size}`,
      '-frames:v',
      '1',
      '-f',
      'mjpeg',
      'pipe:1',
    ]);
    const chunks: Buffer[] = [];
    for await (const chunk of child.stdout) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  const goesFrameByFrame = (ffmpegOf: () => Promise<Ffmpeg>) =>
    test('a frame comes without waiting for the one after it', async () => {
      const picture = await jpeg('160x120');
      let send = () => {};
      let visits = 0;
      const url = await http((socket) => {
        visits++;
        socket.write(HEAD);
        send = () => socket.write(part(picture));
        // What ffmpeg looks at before it begins.
        for (let n = 0; n < 3; n++) send();
      });
      const ffmpeg = await ffmpegOf();
      await new Promise<void>((resolve) => {
        let frames = 0;
        const { decoder } = record(ffmpeg, { source: url, fps: 'all' }, (frame) => {
          frame.release();
          if (++frames >= 3) send();
          if (frames === 8) void decoder.stop().then(resolve);
          return undefined;
        });
        void decoder.start();
      });
      expect(visits, 'it fell silent and was opened again').toBe(1);
    });
  goesFrameByFrame(bundledFfmpeg);
  describeWith([SYSTEM_FFMPEG], 'with the system’s ffmpeg', () => goesFrameByFrame(systemFfmpeg));

  test('half a frame and silence: stalled, then tried again', async () => {
    const picture = await jpeg('160x120');
    const url = await http((socket) => {
      socket.write(HEAD);
      for (let n = 0; n < 12; n++) socket.write(part(picture));
      socket.write(part(picture).subarray(0, 900)); // and nothing more
    });
    const { decoder, states, until } = record(await bundledFfmpeg(), { source: url, fps: 'all', stallAfterMs: 400 });
    void decoder.start();
    await until((states) => states.filter(({ state }) => state === 'live').length >= 2);
    await decoder.stop();
    expect(states.map(({ state }) => state).slice(0, 5)).toEqual([
      'connecting',
      'live',
      'stalled',
      'connecting',
      'live',
    ]);
    expect(states[2]?.reason).toMatch(/no frame for 400 ms; next try/);
  });

  test('pictures that are too large are named, also where ffmpeg goes on without them', async () => {
    const picture = await jpeg('7680x4320');
    const url = await http((socket) => {
      socket.write(HEAD);
      const send = setInterval(() => socket.write(part(picture)), 100);
      socket.once('close', () => clearInterval(send));
    });
    const { decoder, states, until } = record(await bundledFfmpeg(), { source: url, connectTimeoutMs: 3000 });
    void decoder.start();
    await until((states) => states.some(({ state }) => state === 'failed'));
    await decoder.stop();
    expect(states[1]?.reason).toMatch(/exceed maxPixels/);
  });

  test('a server that accepts and never answers: failed after the connect time-out', async () => {
    const url = await http(() => {});
    const { decoder, states, until } = record(await bundledFfmpeg(), { source: url, connectTimeoutMs: 600 });
    void decoder.start();
    await until((states) => states.some(({ state }) => state === 'failed'));
    await decoder.stop();
    expect(states[1]?.reason).toMatch(/timed out|no frame within 600 ms/);
  });

  test('a stream that ends: stalled, and opened again as a new stream', async () => {
    const picture = await jpeg('160x120');
    const url = await http((socket) => {
      socket.write(HEAD);
      for (let n = 0; n < 8; n++) socket.write(part(picture));
      socket.end();
    });
    const streams = new Set<number>();
    const { decoder, states, until } = record(await bundledFfmpeg(), { source: url, fps: 'all' }, (frame) => {
      streams.add(frame.stream);
      frame.release();
      return undefined;
    });
    void decoder.start();
    await until((states) => states.filter(({ state }) => state === 'live').length >= 2);
    await decoder.stop();
    expect(states.map(({ state }) => state).slice(0, 5)).toEqual([
      'connecting',
      'live',
      'stalled',
      'connecting',
      'live',
    ]);
    expect(states[2]?.reason).toMatch(/the source has ended; next try/);
    expect(streams).toEqual(new Set([1, 2]));
  });

  test('a picture size that changes is taken up by opening the source again', async () => {
    const [small, large] = [await jpeg('96x64'), await jpeg('128x96')];
    // The size changes when the first picture has come through: else what ffmpeg says of it may arrive before any picture.
    let shown = () => {};
    const firstShown = new Promise<void>((resolve) => {
      shown = resolve;
    });
    const url = await http((socket, visit) => {
      socket.write(HEAD);
      for (let n = 0; n < 8; n++) socket.write(part(visit === 0 ? small : large));
      if (visit > 0) return;
      void firstShown.then(() => {
        for (let n = 0; n < 40; n++) socket.write(part(large));
      });
    });
    const sizes = new Set<string>();
    const { decoder, states, until } = record(await bundledFfmpeg(), { source: url, fps: 'all' }, (frame) => {
      shown();
      sizes.add(`${frame.width}x${frame.height}`);
      frame.release();
      return undefined;
    });
    void decoder.start();
    await until((states) => states.filter(({ state }) => state === 'live').length >= 2);
    await decoder.stop();
    expect(states[2]).toMatchObject({
      state: 'stalled',
      reason: expect.stringMatching(/changed its picture size from 96x64 to 128x96/),
    });
    expect(sizes).toEqual(new Set(['96x64', '128x96']));
  });

  test('times that jump back begin a new stream', async () => {
    const ts = path('once.ts');
    await makeNumberedClip(ts, 30, 25);
    const { readFile } = await import('node:fs/promises');
    await writeFile(path('twice.ts'), Buffer.concat([await readFile(ts), await readFile(ts)]));
    const seen: [number, number, number][] = [];
    const { decoder } = record(await bundledFfmpeg(), { source: path('twice.ts'), fps: 'all' }, (frame) => {
      seen.push([frame.stream, frame.ptsSeconds, readNumber(frame)]);
      frame.release();
      return undefined;
    });
    await decoder.start();
    const streams = [1, 2].map((stream) => seen.filter(([s]) => s === stream));
    for (const frames of streams) {
      expect(frames.length).toBeGreaterThan(25);
      for (const [i, [, pts]] of frames.entries())
        if (i > 0) expect(pts).toBeGreaterThan(frames[i - 1]?.[1] ?? Infinity);
    }
    const timeOf = (frames: typeof seen, number: number) => frames.find(([, , n]) => n === number)?.[1];
    expect(timeOf(streams[1] ?? [], 10)).toBeCloseTo(timeOf(streams[0] ?? [], 10) ?? Number.NaN, 3);
  });
});

describe('ends', () => {
  test('fifty starts and stops leave no process and no descriptor', async () => {
    const ffmpeg = await bundledFfmpeg();
    await copyFile(path('good.mp4'), path('again.mp4'));
    const cycle = async (n: number) => {
      const { decoder, until } = record(ffmpeg, { source: path('again.mp4'), loop: true, pace: 'source' });
      void decoder.start();
      if (n % 3 !== 0)
        await until((states) => states.some(({ state }) => state === (n % 3 === 1 ? 'live' : 'connecting')));
      await decoder.stop();
    };
    await cycle(1);
    const before = openDescriptors();
    for (let n = 0; n < 50; n++) await cycle(n);
    await waitFor(() => ffmpegChildren().length === 0, 'all ffmpeg processes to be gone');
    await waitFor(() => openDescriptors().length <= before.length, 'all descriptors to be closed');
    expect(openDescriptors()).toEqual(before);
  });

  test('stop ends a decoder at any moment of its beginning', async () => {
    const ffmpeg = await bundledFfmpeg();
    for (let ticks = 0; ticks < 8; ticks++) {
      const { decoder } = record(ffmpeg, { source: path('good.mp4'), loop: true, pace: 'source' });
      void decoder.start();
      for (let tick = 0; tick < ticks; tick++) await null;
      await decoder.stop();
      expect(ffmpegChildren()).toEqual([]);
    }
  });

  test('stop ends a decoder that holds a frame, and one that waits for its next try', async () => {
    const ffmpeg = await bundledFfmpeg();
    const holding = record(ffmpeg, { source: path('good.mp4') }, () => new Promise(() => {}));
    void holding.decoder.start();
    await holding.until((states) => states.some(({ state }) => state === 'live'));
    const waiting = record(ffmpeg, { source: 'rtsp://127.0.0.1:9/x' });
    void waiting.decoder.start();
    await waiting.until((states) => states.some(({ state }) => state === 'failed'));
    await Promise.all([holding.decoder.stop(), waiting.decoder.stop()]);
    expect(ffmpegChildren()).toEqual([]);
  });
});
