import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { toCameraSource } from '../src/config/camera.ts';
import { camera } from '../src/config/schema.ts';
import { ffmpegArguments } from '../src/decode/arguments.ts';
import { type Ffmpeg, findFfmpeg } from '../src/decode/ffmpeg.ts';
import { startFfmpeg } from '../src/decode/process.ts';
import { CameraDecoder } from '../src/decode/source.ts';
import { encodeJpeg } from '../src/image/file.ts';
import { quantile } from '../src/infer/warmup.ts';
import { median } from '../src/premodel/statistics.ts';
import { SYSTEM_CLOCK } from '../src/service/clock.ts';
import type { WorkingSize } from '../src/types.ts';
import type { BenchFigures, BenchRow } from './report.ts';
import { intervalOf } from './statistics.ts';

const CLIPS = [
  { name: '1080p', source: 'testsrc2', size: '1920x1080' },
  { name: '1080p, all of it moves', source: 'mandelbrot', size: '1920x1080' },
  { name: '360p', source: 'testsrc2', size: '640x360' },
] as const;
const SECONDS = 20;
const CPU_ROUNDS = 6;
const FPS = 5;
const DELAY_ROUNDS = 3;
const DELAY_FRAMES = 120;
/** Of the camera whose frames are waited for; more of them have pictures than usually, to have enough of both. */
const SENT_PER_SECOND = 10;
const DELAY_WISH_SECONDS = 0.4;
/** What the shipped ladder's rungs look at. */
const WORKING: WorkingSize = { aspect: 'stretch', width: 300, height: 300 };
const WISH = { maxSide: 640, everySeconds: 1 };

/**
 * What pictures for people cost: processor time of ffmpeg with and without its second output, in turn, on clips that are decoded as
 * fast as they go; and how long after it was sent a frame of a live camera arrives.
 */
export async function pictures(): Promise<BenchFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'weir-bench-'));
  try {
    const ffmpeg = await findFfmpeg(null);
    const rows: BenchRow[] = [];
    for (const { name, source, size } of CLIPS) {
      const path = join(folder, `${source}-${size}.mp4`);
      await encodeClip(ffmpeg, ['-f', 'lavfi', '-i', `${source}=s=${size}:r=25`], path);
      rows.push(...(await cpuRows(ffmpeg, name, path)));
    }
    rows.push(...(await delayRows(ffmpeg)));
    return { schema: 'weir.bench/1', name: `pictures, ffmpeg ${ffmpeg.version}`, ladder: 'none', rows };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function encodeClip({ path }: Ffmpeg, input: readonly string[], to: string): Promise<void> {
  const h264 = ['-t', String(SECONDS), '-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p', '-g', '50'];
  const child = spawn(path, ['-v', 'error', '-nostdin', ...input, ...h264, to], { stdio: 'inherit' });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`ffmpeg cannot make ${to}`);
}

async function cpuRows(ffmpeg: Ffmpeg, name: string, path: string): Promise<BenchRow[]> {
  const took = { with: [] as number[], without: [] as number[] };
  for (let round = 0; round < CPU_ROUNDS; round++) {
    const order = round % 2 === 0 ? (['without', 'with'] as const) : (['with', 'without'] as const);
    for (const variant of order) took[variant].push((await cpuMs(ffmpeg, path, variant === 'with')) / SECONDS);
  }
  const more = took.with.map((ms, round) => ms - (took.without[round] ?? Number.NaN));
  const row = (variant: string, values: readonly number[]): BenchRow => ({
    ...{ case: name, variant, figure: 'CPU per camera and second', unit: 'ms', n: values.length },
    ...{ value: median(values), ci: intervalOf(values) },
  });
  return [row('without pictures', took.without), row('with', took.with), row('difference', more)];
}

/** Processor time of one ffmpeg that decodes a whole clip. */
async function cpuMs(ffmpeg: Ffmpeg, path: string, withPictures: boolean): Promise<number> {
  const source = toCameraSource(camera.parse({ id: 'bench', source: path, fps: FPS }));
  const args = ffmpegArguments(source, 'file', path, WORKING, ffmpeg, withPictures ? WISH : null);
  let told: RegExpExecArray | null = null;
  const frames = new Writable({ write: (_chunk, _encoding, done) => done() });
  const running = startFfmpeg(ffmpeg, { ...args, input: ['-benchmark', ...args.input] }, frames, (line) => {
    told = /bench: utime=([\d.]+)s stime=([\d.]+)s/.exec(line) ?? told;
  });
  const { code } = await running.exited;
  if (code !== 0 || told === null) throw new Error('ffmpeg did not say what it took');
  const [, user, system] = told as RegExpExecArray;
  return (Number(user) + Number(system)) * 1000;
}

/** A camera that sends pictures of 1080p over HTTP, and how late each of them is. */
async function delayRows(ffmpeg: Ffmpeg): Promise<BenchRow[]> {
  const [width, height] = [1920, 1080];
  const pixels = new Uint8Array(width * height * 3).map((_, at) => (at * 7 + (at >> 9) * 13) & 255);
  const jpeg = await encodeJpeg({ width, height, pixels }, { quality: 60 });
  const without: number[] = [];
  const withPictures: number[] = [];
  const pictured: number[] = [];
  for (let round = 0; round < DELAY_ROUNDS; round++) {
    for (const isWith of round % 2 === 0 ? [false, true] : [true, false]) {
      const delays = await delaysMs(ffmpeg, jpeg, isWith);
      (isWith ? withPictures : without).push(...delays.plain);
      pictured.push(...delays.pictured);
    }
  }
  const row = (variant: string, values: readonly number[], figure: string, at: number): BenchRow => ({
    ...{ case: '1080p over HTTP', variant, figure, unit: 'ms', n: values.length, value: quantile(values, at) },
    ci: intervalOf(values, (drawn) => quantile(drawn, at)),
  });
  const figures = [
    ['median', 0.5],
    ['p95', 0.95],
  ] as const;
  return figures.flatMap(([name, at]) => [
    row('without pictures', without, `sent to arrived, ${name}`, at),
    row('with, frames without one', withPictures, `sent to arrived, ${name}`, at),
    row('with, frames that have one', pictured, `sent to arrived, ${name}`, at),
  ]);
}

async function delaysMs(ffmpeg: Ffmpeg, jpeg: Uint8Array, withPictures: boolean): Promise<Delays> {
  const sentMs: number[] = [];
  const stop = new AbortController();
  const server = createServer(async (_request, response) => {
    response.writeHead(200, { 'Content-Type': 'multipart/x-mixed-replace; boundary=f' });
    while (!stop.signal.aborted) {
      response.write(`--f\r\nContent-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\n\r\n`);
      response.write(jpeg);
      sentMs.push(SYSTEM_CLOCK.monotonicMs());
      response.write('\r\n');
      await sleep(1000 / SENT_PER_SECOND);
    }
    response.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const delays: number[] = [];
  const times: number[] = [];
  const pictured = new Set<number>();
  const wish = { ...WISH, everySeconds: DELAY_WISH_SECONDS, onDropped: () => {} };
  await new Promise<void>((resolve) => {
    const decoder = new CameraDecoder({
      camera: toCameraSource(
        camera.parse({
          id: 'bench',
          source: `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`,
          fps: 'all',
        }),
      ),
      ...{ working: WORKING, ffmpeg, clock: SYSTEM_CLOCK, random: () => 0, quote: String },
      ...{ onSkipped: () => {}, onState: () => {}, onNotice: () => {} },
      pictures: withPictures ? { ...wish, onPicture: ({ ptsSeconds }) => void pictured.add(ptsSeconds) } : undefined,
      onFrame: ({ arrivedMs, ptsSeconds, release }) => {
        release();
        times.push(ptsSeconds);
        delays.push(arrivedMs - (sentMs[delays.length] ?? Number.NaN));
        if (delays.length === DELAY_FRAMES) void decoder.stop().then(resolve);
        return undefined;
      },
    });
    void decoder.start();
  });
  stop.abort();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  // It begins with what came while it looked for its format.
  const settled = delays.slice(SENT_PER_SECOND);
  const isPictured = (at: number) => pictured.has(times[at + SENT_PER_SECOND] ?? Number.NaN);
  return {
    plain: settled.filter((_, at) => !isPictured(at)),
    pictured: settled.filter((_, at) => isPictured(at)),
  };
}

/** In milliseconds, of frames that had no picture, and of those that had one. */
interface Delays {
  readonly plain: number[];
  readonly pictured: number[];
}
