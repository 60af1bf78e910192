import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CameraConfig } from '../../src/config/schema.ts';
import type { Ffmpeg } from '../../src/decode/ffmpeg.ts';
import { makeNumberedClip, readNumber, temporaryFolder } from '../support/clips.ts';
import { bundledFfmpeg, record, systemFfmpeg } from '../support/decoding.ts';
import { BUNDLED_FFMPEG, describeWith, SYSTEM_FFMPEG } from '../support/parts.ts';

const FRAMES = 120;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;

beforeAll(async () => {
  folder = await temporaryFolder();
  const clip = (name: string) => join(folder.path, name);
  await makeNumberedClip(clip('h264.mp4'), FRAMES, 25);
  await makeNumberedClip(clip('h265.mkv'), FRAMES, 25, ['-c:v', 'libx265', '-x265-params', 'log-level=error']);
  await makeNumberedClip(clip('mpeg4.avi'), FRAMES, 25, ['-c:v', 'mpeg4', '-q:v', '2', '-bf', '2']);
  await makeNumberedClip(clip('mjpeg.mov'), FRAMES, 25, ['-c:v', 'mjpeg', '-q:v', '2']);
  await makeNumberedClip(clip('ts.ts'), FRAMES, 25);
  // Uneven times: every third frame comes late, and the rate halves after two seconds.
  const uneven = "setpts='(N+0.4*eq(mod(N,3),1)+if(gt(N,50),N-50,0))/25/TB'";
  await makeNumberedClip(clip('uneven.mp4'), FRAMES, 25, [
    '-vf',
    uneven,
    '-vsync',
    'passthrough',
    '-video_track_timescale',
    '90000',
  ]);
}, 120_000);
afterAll(() => folder.remove());

/** Presentation times of a file's frames by their number, as ffmpeg's own `showinfo` tells them. */
function timesOf(path: string): number[] {
  const args = ['-hide_banner', '-copyts', '-i', path, '-vf', 'showinfo', '-vsync', 'passthrough', '-f', 'null', '-'];
  const output = execFileSync('sh', ['-c', '"$0" "$@" 2>&1', BUNDLED_FFMPEG, ...args], { encoding: 'utf8' });
  return [...output.matchAll(/pts_time:(\S+)/g)].map((match) => Number(match[1]));
}

async function decode(ffmpeg: Ffmpeg, source: string, settings: Partial<CameraConfig>): Promise<[number, number][]> {
  const frames: [number, number][] = [];
  const { decoder, states } = record(ffmpeg, { source, ...settings }, (frame) => {
    frames.push([readNumber(frame), frame.ptsSeconds]);
    frame.release();
    return undefined;
  });
  await decoder.start();
  expect(states.at(-1)).toMatchObject({ state: 'ended' });
  return frames;
}

function everyFrameHasItsTime(find: () => Promise<Ffmpeg>): void {
  const FILES = ['h264.mp4', 'h265.mkv', 'mpeg4.avi', 'mjpeg.mov', 'ts.ts', 'uneven.mp4'];

  test.each(FILES)('%s, all frames', async (name) => {
    const path = join(folder.path, name);
    const times = timesOf(path);
    const frames = await decode(await find(), path, { fps: 'all' });
    expect(times.length).toBeGreaterThanOrEqual(FRAMES - 1);
    expect(frames.map(([number]) => number)).toEqual([...times.keys()]);
    for (const [number, pts] of frames) expect(Math.abs(pts - (times[number] ?? Number.NaN))).toBeLessThan(0.001);
  });

  test.each(FILES.flatMap((name) => [2, 5, 7, 12.5].map((fps) => [name, fps] as const)))(
    '%s at %d fps: the first frame at or after each multiple',
    async (name, fps) => {
      const path = join(folder.path, name);
      const times = timesOf(path);
      const cell = (time: number) => Math.floor(time * fps + 0.001);
      const expected = [...times.keys()].filter((n) => n === 0 || cell(times[n] ?? 0) > cell(times[n - 1] ?? 0));
      const frames = await decode(await find(), path, { fps });
      expect(frames.map(([number]) => number)).toEqual(expected);
      for (const [number, pts] of frames) expect(Math.abs(pts - (times[number] ?? Number.NaN))).toBeLessThan(0.001);
    },
  );
}

describe('with the bundled ffmpeg, every frame carries its own time', () => everyFrameHasItsTime(bundledFfmpeg));
describeWith([SYSTEM_FFMPEG], 'with the system’s ffmpeg, every frame carries its own time', () =>
  everyFrameHasItsTime(systemFfmpeg),
);
