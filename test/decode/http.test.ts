import { execFileSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { CameraConfig } from '../../src/config/schema.ts';
import type { Ffmpeg } from '../../src/decode/ffmpeg.ts';
import { ffmpeg as make, makeNumberedClip, readNumber, temporaryFolder } from '../support/clips.ts';
import { bundledFfmpeg, record, systemFfmpeg } from '../support/decoding.ts';
import { describeWith, SYSTEM_FFMPEG } from '../support/parts.ts';
import { ffmpegChildren } from '../support/processes.ts';

const FRAMES = 75;
const RATE_HZ = 25;
/** Presentation times of the source begin here, as a broadcast's do. */
const BEGIN_SECONDS = 700;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: Server;
let address = '';
const path = (name: string) => join(folder.path, name);

beforeAll(async () => {
  folder = await temporaryFolder();
  const late = ['-output_ts_offset', String(BEGIN_SECONDS)];
  await makeNumberedClip(path('clip.ts'), FRAMES, RATE_HZ, ['-muxdelay', '0', ...late]);
  await makeNumberedClip(path('clip.mp4'), FRAMES, RATE_HZ, ['-movflags', '+faststart']);
  await mkdir(path('hls'));
  const hls = ['-hls_time', '1', '-hls_list_size', '0', '-hls_playlist_type', 'vod', '-muxdelay', '0', ...late];
  await makeNumberedClip(path('hls/list.m3u8'), FRAMES, RATE_HZ, ['-g', '25', ...hls]);
  const whole = await readFile(path('clip.mp4'));
  await writeFile(path('cut.mp4'), whole.subarray(0, Math.floor(whole.length * 0.6)));
  server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://x');
    if (url.pathname === '/broken.mp4') {
      response.writeHead(200, { 'Content-Length': whole.length });
      response.write(whole.subarray(0, Math.floor(whole.length * 0.6)));
      setTimeout(() => response.destroy(), 300);
      return;
    }
    // What lies here is only for who says who he is.
    const closed = url.pathname.startsWith('/closed/');
    if (closed && request.headers.authorization !== `Basic ${Buffer.from('u:pass/word').toString('base64')}`) {
      return response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="x"' }).end();
    }
    if (closed) url.pathname = url.pathname.slice('/closed'.length);
    const file = path(url.pathname === '/live' ? 'clip.ts' : url.pathname.slice(1));
    const size = await stat(file).catch(() => null);
    if (size === null) return response.writeHead(404).end();
    response.writeHead(200, { 'Content-Length': size.size });
    return createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}, 120_000);
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await folder.remove();
});
afterEach(() => expect(ffmpegChildren()).toEqual([]));

async function play(ffmpeg: Ffmpeg, settings: Partial<CameraConfig> & { source: string }) {
  const frames: { number: number; ptsSeconds: number }[] = [];
  const recorded = record(ffmpeg, { pace: 'fast', fps: 'all', ...settings }, (frame) => {
    frames.push({ number: readNumber(frame), ptsSeconds: frame.ptsSeconds });
    frame.release();
    return undefined;
  });
  return { ...recorded, frames };
}

/** Half a frame's interval is how exact a time must be. */
function expectOwnTimes(frames: readonly { number: number; ptsSeconds: number }[], beginSeconds: number): void {
  expect(frames.length).toBeGreaterThan(FRAMES * 0.9);
  for (const { number, ptsSeconds } of frames)
    expect(Math.abs(ptsSeconds - beginSeconds - number / RATE_HZ)).toBeLessThan(0.5 / RATE_HZ);
}

function overHttp(find: () => Promise<Ffmpeg>): void {
  test('what is behind a password is played with its own times, a list with its segments too', async () => {
    const closed = `${address.replace('://', '://u:pass%2Fword@')}/closed`;
    for (const [name, beginSeconds] of [
      ['hls/list.m3u8', BEGIN_SECONDS],
      ['clip.mp4', 0],
    ] as const) {
      const { decoder, states, frames } = await play(await find(), { source: `${closed}/${name}` });
      await decoder.start();
      expect(states.map(({ state }) => state)).toEqual(['connecting', 'live', 'ended']);
      expectOwnTimes(frames, beginSeconds);
    }
  });

  test('a recorded HLS list is played once, with its own times', async () => {
    const { decoder, states, frames } = await play(await find(), { source: `${address}/hls/list.m3u8` });
    await decoder.start();
    expect(states.map(({ state }) => state)).toEqual(['connecting', 'live', 'ended']);
    expectOwnTimes(frames, BEGIN_SECONDS);
  });

  test('a transport stream keeps its own times, also where its address does not say what it is', async () => {
    for (const name of ['clip.ts', 'live']) {
      const { decoder, until, frames } = await play(await find(), { source: `${address}/${name}` });
      void decoder.start();
      await until((states) => states.some(({ state }) => state === 'stalled' || state === 'ended'));
      await decoder.stop();
      expectOwnTimes(frames.slice(0, FRAMES), BEGIN_SECONDS);
    }
  });

  test('a recording that breaks off has failed, and says so', async () => {
    for (const source of [`${address}/broken.mp4`, path('cut.mp4')]) {
      const { decoder, states, frames } = await play(await find(), { source });
      await decoder.start();
      expect(states.at(-1)).toMatchObject({ state: 'failed', reason: expect.stringMatching(/breaks off/) });
      expect(frames.length).toBeGreaterThan(5);
    }
  });

  test('a recording that falls silent has failed', async () => {
    const ffmpeg = await find();
    const pipe = path(`${ffmpeg.version}.fifo`);
    execFileSync('mkfifo', [pipe]);
    // More than ffmpeg reads before it begins to decode.
    await make([
      '-f',
      'lavfi',
      '-i',
      'testsrc2=s=640x480:r=25:d=10',
      '-c:v',
      'mpeg2video',
      '-q:v',
      '1',
      path('large.ts'),
    ]);
    const { decoder, states } = record(ffmpeg, { source: pipe, stallAfterMs: 400 });
    const playing = decoder.start();
    const writer = await open(pipe, 'w');
    await writer.writeFile(await readFile(path('large.ts')));
    await playing;
    await writer.close();
    expect(states.at(-1)).toMatchObject({ state: 'failed', reason: expect.stringMatching(/no frame for/) });
  });

  test('a decoder that does not fit the stream is given up', async () => {
    const { decoder, states, notices } = await play(await find(), { source: path('clip.mp4'), decoder: 'hevc' });
    await decoder.start();
    expect(states.at(-1)?.state).toBe('ended');
    expect(notices).toEqual([expect.stringMatching(/hevc does not work here/)]);
  });
}

describe('with the bundled ffmpeg', () => overHttp(bundledFfmpeg));
describeWith([SYSTEM_FFMPEG], 'with the system’s ffmpeg', () => overHttp(systemFfmpeg));
