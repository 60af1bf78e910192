import { describe, expect, test } from 'vitest';
import { withReuse } from '../../src/commands/footage-reuse.ts';
import type { Sample } from '../../src/dataset/sample.ts';
import type { Premodel } from '../../src/premodel/artifact.ts';
import type { Ladder, Raster, Rung } from '../../src/types.ts';

const SIDE = 48;
const FRAMES = 40;

/** A yard that stays as it is. */
function picture(): Raster {
  return { width: SIDE, height: SIDE, pixels: Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, i) => (i * 7) % 200) };
}

function material(loaded: string[]) {
  const base = { condition: 'yard', truth: null };
  const footage: Sample[] = Array.from({ length: FRAMES }, (_, at) => {
    // In no order of time, as a table may be.
    const seconds = ((at * 7) % FRAMES) / 2;
    const name = `frame ${seconds}`;
    return {
      ...base,
      key: name,
      name,
      group: name,
      footage: { run: 'yard', seconds, score: 0, carried: 0 },
      load: async () => {
        loaded.push(name);
        return picture();
      },
    };
  });
  const photograph: Sample = {
    ...base,
    key: 'photograph',
    name: 'photograph',
    group: 'photograph',
    load: async () => {
      loaded.push('photograph');
      return picture();
    },
  };
  const samples = [photograph, ...footage, photograph];
  const rung: Rung = { id: 'top', input: { width: SIDE, height: SIDE, fit: 'stretch' } } as Rung;
  const ladder = { labels: [{}, {}], rungs: [rung], reference: 'top' } as unknown as Ladder;
  return { ladder, table: { samples, rungs: [rung], logits: [new Float32Array(samples.length * 2)] } };
}

const PREMODEL = { schema: 'weir.premodel/1' } as Premodel;

describe('how scenes of footage differ', () => {
  test('is learnt of the frames that are footage, each loaded once, in order of time; and told as it goes', async () => {
    const loaded: string[] = [];
    const told: string[] = [];
    const { ladder, table } = material(loaded);
    const progress = (_stage: string, done: number, total: number) => told.push(`${done} of ${total}`);
    const { reuse } = await withReuse(PREMODEL, table, ladder, { progress, stop: new AbortController().signal });
    expect(reuse?.disagreements).toBe(0);
    expect(loaded).toEqual(Array.from({ length: FRAMES }, (_, at) => `frame ${at / 2}`));
    expect(told.at(-1)).toBe(`${FRAMES} of ${FRAMES}`);
    expect(told).toHaveLength(FRAMES);
  });

  test('ends when it is stopped', async () => {
    const loaded: string[] = [];
    const { ladder, table } = material(loaded);
    const stop = new AbortController();
    const progress = (_stage: string, done: number) => {
      if (done === 3) stop.abort(new Error('stopped'));
    };
    await expect(withReuse(PREMODEL, table, ladder, { progress, stop: stop.signal })).rejects.toThrow('stopped');
    expect(loaded).toHaveLength(3);
  });
});
