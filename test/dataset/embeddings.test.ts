import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type EmbeddingPool, measureEmbeddings } from '../../src/dataset/embeddings.ts';
import type { Sample } from '../../src/dataset/sample.ts';
import { readLadder } from '../../src/infer/ladder.ts';
import type { Rung } from '../../src/types.ts';
import { temporaryFolder } from '../support/clips.ts';
import { COLOURS, colourModel, writeLadder } from '../support/ladders.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let rungs: readonly Rung[];
beforeEach(async () => {
  folder = await temporaryFolder();
  const tiny = ['low', 'high'].map((id) => ({ id, model: colourModel(0.01) }));
  rungs = (await readLadder(await writeLadder(folder.path, tiny))).rungs;
});
afterEach(() => folder.remove());

const SIZES = [4, 6];
const samples: Sample[] = Array.from({ length: 8 }, (_, n) => ({
  key: (n + 1).toString(16).padStart(64, '0'),
  name: `${n}`,
  condition: '',
  truth: null,
  group: `${n}`,
  load: async () => ({ width: 8, height: 8, pixels: new Uint8Array(8 * 8 * 3).fill(20 * n) }),
}));

/** Its embeddings are full of the picture's first value and the rung's number; it may be told to end. */
function poolThat(onRun: (runs: number) => void, embeddingSizes = SIZES): EmbeddingPool & { runs: number } {
  return {
    rungs,
    classes: COLOURS.length,
    slots: 2,
    embeddingSizes,
    runs: 0,
    async run({ rung, frame, embedding }) {
      onRun(++this.runs);
      await new Promise((resolve) => setImmediate(resolve));
      embedding?.fill((frame.pixels[0] ?? 0) + rung / 10);
      return { kind: 'done', waitMs: 0, prepareMs: 0, runMs: 10 + rung, serviceMs: 20 };
    },
  };
}

const measure = (pool: EmbeddingPool, stop?: AbortSignal) =>
  measureEmbeddings({
    samples,
    pool,
    working: { aspect: 'stretch', width: 16, height: 16 },
    cache: join(folder.path, 'cache'),
    circumstances: 'here',
    onProgress: () => {},
    ...(stop && { stop }),
  });

test('the table has every rung’s embeddings, the small raster and the features of every picture', async () => {
  const { embeddings, sizes, rasters, features } = await measure(poolThat(() => {}));
  expect(sizes).toEqual(SIZES);
  for (let n = 0; n < samples.length; n++) {
    expect([...(embeddings[1]?.subarray(n * 6, (n + 1) * 6) ?? [])]).toEqual(Array(6).fill(Math.fround(20 * n + 0.1)));
    const raster = rasters.subarray(n * 6912, (n + 1) * 6912);
    expect(raster.every((value) => value === 20 * n)).toBe(true);
  }
  expect(features.every(Number.isFinite)).toBe(true);
});

test('broken off, it goes on where it was, and a second time nothing runs', async () => {
  const stop = new AbortController();
  const first = poolThat((runs) => (runs === 7 ? stop.abort(new Error('enough')) : undefined));
  await expect(measure(first, stop.signal)).rejects.toThrow('enough');
  const rest = poolThat(() => {});
  const table = await measure(rest);
  expect(first.runs + rest.runs).toBe(2 * samples.length);
  const again = poolThat(() => {});
  expect(await measure(again)).toEqual(table);
  expect(again.runs).toBe(0);
});

test('rungs without an embedding are named', async () => {
  await expect(measure(poolThat(() => {}, [4, 0]))).rejects.toMatchObject({
    code: 'ladder-no-embedding',
    exitCode: 2,
    message: expect.stringContaining('on high'),
  });
  await expect(measure(poolThat(() => {}, [0, 0]))).rejects.toThrow('any rung of this ladder');
});
