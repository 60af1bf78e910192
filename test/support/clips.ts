import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUNDLED_FFMPEG } from './parts.ts';

/** A folder for a test's files, and its end. */
export async function temporaryFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'weir-test-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Runs the bundled ffmpeg to its end; fails with its words. */
export async function ffmpeg(
  args: string[],
  input?: (write: (bytes: Uint8Array) => Promise<void>) => Promise<void>,
): Promise<void> {
  const child = spawn(BUNDLED_FFMPEG, ['-hide_banner', '-loglevel', 'error', '-y', ...args], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  const closed = once(child, 'close');
  if (input !== undefined) {
    await input(async (bytes) => {
      if (!child.stdin.write(bytes)) await once(child.stdin, 'drain');
    });
  }
  child.stdin.end();
  const [code] = await closed;
  if (code !== 0) throw new Error(`ffmpeg ${args.join(' ')}: ${stderr}`);
}

const BITS = 12;
const CELL = 32;
export const NUMBERED_SIZE = { width: 4 * CELL, height: 3 * CELL };

/**
 * Makes a clip whose frames show their own number: twelve cells of black or white, the lowest bit first. Survives H.264,
 * scaling and mirroring of colour ranges.
 *
 * @param options output options of ffmpeg, e.g. a codec, or a filter that changes the times
 */
export async function makeNumberedClip(
  path: string,
  frames: number,
  rateHz: number,
  options: string[] = [],
): Promise<void> {
  const { width, height } = NUMBERED_SIZE;
  await ffmpeg(
    [
      ...['-f', 'rawvideo', '-pix_fmt', 'gray', '-s', `${width}x${height}`, '-r', String(rateHz), '-i', 'pipe:0'],
      ...(options.includes('-c:v')
        ? []
        : ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '2', '-g', '30', '-pix_fmt', 'yuv420p']),
      ...options,
      path,
    ],
    async (write) => {
      for (let number = 0; number < frames; number++) await write(numberedFrame(number));
    },
  );
}

function numberedFrame(number: number): Uint8Array {
  const { width, height } = NUMBERED_SIZE;
  const grey = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const bit = Math.floor(y / CELL) * 4 + Math.floor(x / CELL);
      grey[y * width + x] = (number >> bit) & 1 ? 235 : 16;
    }
  }
  return grey;
}

/** The number that an RGB frame shows; throws where a cell is neither black nor white. */
export function readNumber(frame: { width: number; height: number; pixels: Uint8Array }): number {
  let number = 0;
  for (let bit = 0; bit < BITS; bit++) {
    const x = Math.floor((((bit % 4) + 0.5) * frame.width) / 4);
    const y = Math.floor(((Math.floor(bit / 4) + 0.5) * frame.height) / 3);
    const value = frame.pixels[(y * frame.width + x) * 3] ?? 0;
    if (value > 70 && value < 185) throw new Error(`cell ${bit} is grey (${value})`);
    if (value >= 185) number |= 1 << bit;
  }
  return number;
}
