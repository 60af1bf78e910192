import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TinyModel, tinyOnnx } from './onnx.ts';

/** Says which channel is brightest, the surer the larger `gain`. */
export const colourModel = (gain: number, changes: Partial<TinyModel> = {}): TinyModel => ({
  layout: 'nhwc',
  dtype: 'uint8',
  weights: [
    [gain, 0, 0],
    [0, gain, 0],
    [0, 0, gain],
  ],
  ...changes,
});

export const COLOURS = [
  { id: 'c0', name: 'red' },
  { id: 'c1', name: 'green' },
  { id: 'c2', name: 'blue' },
];

export interface TinyRung {
  readonly id: string;
  readonly model: TinyModel;
  readonly side?: number;
  readonly entry?: Record<string, unknown>;
}

/** Writes a ladder of tiny models; gives the path of its `ladder.json`. */
export async function writeLadder(
  folder: string,
  rungs: readonly TinyRung[],
  changes: { labels?: unknown; ladder?: Record<string, unknown> } = {},
): Promise<string> {
  const entries = await Promise.all(
    rungs.map(async ({ id, model, side = 16, entry }, index) => {
      const bytes = tinyOnnx(model);
      const file = `${id}.onnx`;
      await writeFile(join(folder, file), bytes);
      return {
        id,
        file,
        sha256: createHash('sha256').update(bytes).digest('hex'),
        input: { width: side, height: side, fit: 'stretch' },
        macsMillions: index + 1,
        license: 'CC0-1.0',
        source: 'test',
        ...entry,
      };
    }),
  );
  await writeFile(join(folder, 'labels.json'), JSON.stringify(changes.labels ?? COLOURS));
  const path = join(folder, 'ladder.json');
  await writeFile(
    path,
    JSON.stringify({ schema: 'weir.ladder/1', name: 'tiny', labels: 'labels.json', rungs: entries, ...changes.ladder }),
  );
  return path;
}
