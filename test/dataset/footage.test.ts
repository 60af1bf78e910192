import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type FootageOptions, type RecordingOptions, readFootage, readRecording } from '../../src/dataset/footage.ts';
import type { Sample } from '../../src/dataset/sample.ts';
import type { Frame } from '../../src/types.ts';
import { temporaryFolder } from '../support/clips.ts';
import { openDescriptors } from '../support/processes.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

interface Shown {
  readonly ptsSeconds: number;
  readonly stream?: number;
  readonly width?: number;
}

const seconds = (sample: Sample) => Number(/at ([\d.]+) s$/.exec(sample.name)?.[1]);
const everyHalfSecond = (from: number, to: number): Shown[] =>
  Array.from({ length: (to - from) * 2 + 1 }, (_, n) => ({ ptsSeconds: from + n / 2 }));

/** Reads frames from a source that gives just these; the frame's number is its grey value. */
async function read(
  shown: readonly Shown[],
  changes: Partial<FootageOptions> & { failure?: string; endless?: boolean } = {},
) {
  const { failure, endless, ...options } = changes;
  const seen = { released: 0, stopped: 0 };
  const { samples, notices } = await readFootage({
    id: 'gate',
    scratch: join(folder.path, 'scratch'),
    mostFrames: 1000,
    mostSeconds: Infinity,
    onProgress: () => {},
    open: ({ onFrame, onState }) => ({
      start: async () => {
        for (const [n, { ptsSeconds, stream = 1, width = 4 }] of shown.entries()) {
          const pixels = new Uint8Array(width * 3 * 3).fill(n % 256);
          onFrame({ width, height: 3, pixels, ptsSeconds, stream, release: () => seen.released++ } as unknown as Frame);
        }
        if (failure !== undefined) onState('failed', failure);
        if (endless) await new Promise(() => {});
      },
      stop: async () => {
        seen.stopped++;
      },
    }),
    ...options,
  });
  return { samples, notices, ...seen };
}

describe('footage', () => {
  test('tells where its samples stand in order: compared with the frame before, in unbroken runs', async () => {
    const compared: number[] = [];
    const { samples } = await read(everyHalfSecond(0, 100), {
      compare: ({ pixels }, at) => {
        compared.push(at);
        return { score: at === 0 || at === 50 ? Infinity : (pixels[0] ?? 0), carried: at };
      },
    });
    expect(compared).toEqual(everyHalfSecond(0, 100).map(({ ptsSeconds }) => ptsSeconds));
    for (const sample of samples) {
      const at = seconds(sample);
      const run = at < 50 ? 'gate/1' : 'gate/2';
      const score = at === 0 ? Infinity : (at * 2) % 256;
      expect(sample.footage).toEqual({ run, seconds: at, score: at === 50 ? Infinity : score, carried: at });
    }
    expect(samples.length).toBeLessThan(compared.length);
    expect((await read(everyHalfSecond(0, 100))).samples.every(({ footage }) => footage === undefined)).toBe(true);
  });

  test('becomes samples without a truth, each with its own pixels, and leaves no file behind', async () => {
    const { samples, released, stopped } = await read(everyHalfSecond(5, 105));
    expect({ released, stopped }).toEqual({ released: 201, stopped: 1 });
    expect(samples.every(({ truth, condition }) => truth === null && condition === 'gate')).toBe(true);
    for (const sample of samples.slice(0, 20)) {
      const raster = await sample.load();
      expect(raster).toMatchObject({ width: 4, height: 3 });
      expect([...new Set(raster.pixels)]).toEqual([(seconds(sample) - 5) * 2]);
    }
    expect(new Set(samples.map(({ key }) => key)).size).toBe(samples.length);
    expect(await readdir(join(folder.path, 'scratch'))).toEqual([]);
  });

  test('is split by time: twenty blocks, and no frame within a second of another block', async () => {
    const { samples } = await read(everyHalfSecond(0, 120));
    const groups = [...new Set(samples.map(({ group }) => group))];
    expect(groups).toEqual(Array.from({ length: 20 }, (_, block) => `gate/${block}`));
    expect(seconds(samples[0] as Sample)).toBe(0);
    expect(seconds(samples.at(-1) as Sample)).toBe(120);
    for (const one of samples) {
      const rivals = samples.filter(({ group }) => group !== one.group);
      expect(Math.min(...rivals.map((other) => Math.abs(seconds(one) - seconds(other))))).toBeGreaterThanOrEqual(2);
    }
    expect(samples.length).toBeGreaterThan(0.6 * 241);
  });

  test('that begins anew goes on in time', async () => {
    const again = everyHalfSecond(0, 50).map((shown) => ({ ...shown, stream: 2 }));
    const { samples } = await read([...everyHalfSecond(0, 50), ...again]);
    const times = samples.map(seconds);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.at(-1)).toBeGreaterThan(150);
  });

  test('of another size in between leaves that out', async () => {
    const shown = everyHalfSecond(0, 100).map((frame, n) => (n === 7 ? { ...frame, width: 5 } : frame));
    const { samples, notices } = await read(shown);
    expect(notices).toEqual(['gate: 1 frames of another size than the first are left out']);
    expect(samples.map(seconds)).not.toContain(3.5);
    for (const sample of samples) expect((await sample.load()).width).toBe(4);
  });

  test('without an end is left at so many frames, or so many seconds', async () => {
    const frames = await read(everyHalfSecond(0, 300), { mostFrames: 200, endless: true });
    expect(frames.stopped).toBe(1);
    expect(frames.released).toBe(601);
    expect(seconds(frames.samples.at(-1) as Sample)).toBe(99.5);
    const time = await read(everyHalfSecond(0, 300), { mostSeconds: 100, endless: true });
    expect(time.stopped).toBe(1);
  });
});

test('footage that breaks off is used as far as it goes, and that is told', async () => {
  const { samples, notices } = await read(everyHalfSecond(0, 100), { failure: 'the connection was lost' });
  expect(samples.length).toBeGreaterThan(100);
  expect(notices).toEqual(['gate broke off after 201 frames: the connection was lost; what came before is used']);
  expect((await read(everyHalfSecond(0, 100))).notices).toEqual([]);
});

test('a live source that falls silent is not waited for longer than was asked for', async () => {
  vi.useFakeTimers();
  try {
    const reading = read(everyHalfSecond(0, 90), { mostSeconds: 100, endless: true });
    await vi.advanceTimersByTimeAsync(131_000);
    const { samples, notices } = await reading;
    expect(samples.length).toBeGreaterThan(100);
    expect(notices).toEqual(['gate gave 181 frames and then too long none; it is used as far as it goes']);
  } finally {
    vi.useRealTimers();
  }
});

describe('footage is refused', () => {
  test('if it is too short to be split', async () => {
    const error = {
      code: 'footage-short',
      message: 'gate: 70 s are too short to be split by time',
      remedy: 'give at least 80 s',
    };
    await expect(read(everyHalfSecond(0, 70))).rejects.toMatchObject(error);
    await expect(read([{ ptsSeconds: 0 }])).rejects.toMatchObject({ code: 'footage-short' });
  });

  test.each([
    ['with its reason', { failure: 'there is no such file' }, 'gate: there is no such file'],
    ['with what is known', {}, 'gate: it gave no frame'],
  ])('if it gives nothing, %s', async (_name, changes, message) => {
    await expect(read([], changes)).rejects.toMatchObject({ code: 'footage-failed', message });
  });

  test('if its frames cannot be kept', async () => {
    await writeFile(join(folder.path, 'file'), '');
    const reading = read(everyHalfSecond(0, 100), { scratch: join(folder.path, 'file') });
    await expect(reading).rejects.toMatchObject({
      code: 'cache-failed',
      remedy: expect.stringContaining('free space'),
    });
  });

  test('when it is told to stop, also while nothing comes', async () => {
    const before = openDescriptors();
    const stop = new AbortController();
    const reading = read(everyHalfSecond(0, 100), { endless: true, stop: stop.signal });
    setImmediate(() => stop.abort(new Error('enough')));
    await expect(reading).rejects.toThrow('enough');
    await expect(read([], { stop: stop.signal })).rejects.toThrow('enough');
    expect(openDescriptors()).toEqual(before);
  });
});

describe('a recording', () => {
  const timesOf = async (firstSeconds: number, changes: Partial<RecordingOptions>) => {
    const { times, leadSeconds, notices, store } = await readRecording({
      id: 'gate',
      scratch: join(folder.path, 'scratch'),
      mostFrames: 1000,
      mostSeconds: Infinity,
      onProgress: () => {},
      open: ({ onFrame }) => ({
        start: async () => {
          for (const { ptsSeconds } of everyHalfSecond(firstSeconds, firstSeconds + 3)) {
            const pixels = new Uint8Array(4 * 3 * 3);
            onFrame({ width: 4, height: 3, pixels, ptsSeconds, stream: 1, release: () => {} } as unknown as Frame);
          }
        },
        stop: async () => {},
      }),
      ...changes,
    });
    store.close();
    return { times, leadSeconds, notices };
  };

  test('is read between two times, the second not included', async () => {
    expect(await timesOf(0, { fromSeconds: 1, untilSeconds: 2 })).toEqual({
      times: [1, 1.5],
      leadSeconds: 0,
      notices: [],
    });
  });

  test.each([
    ['begins anywhere', 10, null, 0],
    ['begins with its first picture', 10, 10, 0],
    ['shows its first picture a little later, in its order', 10.2, 10, 0],
    ['cannot be decoded at first', 12, 10, 2],
  ])('that %s has times of its own, or counted from what can be seen', async (_name, first, startSeconds, lead) => {
    const { times, leadSeconds, notices } = await timesOf(first, { startSeconds });
    expect(leadSeconds).toBe(lead);
    expect(times[0]).toBe(first - lead);
    expect(notices).toEqual(
      lead === 0 ? [] : ['gate: its first 2.00 s cannot be decoded; times count from the first picture'],
    );
  });
});
