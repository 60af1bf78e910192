import { expect, test } from 'vitest';
import { RASTER_SIZE } from '../../src/heads/zero.ts';
import { type Lessons, rowsOfAny } from '../../src/teaching/lessons.ts';
import { zeroMaterial } from '../../src/teaching/zero-material.ts';

test('a fold may learn from a frame that the final head does not learn from: none is without its values', () => {
  const lesson = (...rows: number[]) => ({ rows, truth: new Int32Array(4), weights: new Float64Array(4).fill(1) });
  // The teacher of the first fold was sure of frame 3; the final one is not.
  const lessons: Lessons = { final: lesson(0, 1, 2), folds: [lesson(1, 2, 3), lesson(0, 1)] };
  expect(rowsOfAny(lessons).sort()).toEqual([0, 1, 2, 3]);
  const rasters = Uint8Array.from({ length: 4 * RASTER_SIZE }, (_, i) => (i * 31) % 251);
  const { material, lessons: shifted } = zeroMaterial(rasters, 4, new Uint8Array(RASTER_SIZE), lessons);
  for (const { rows } of [shifted.final, ...shifted.folds])
    for (const row of rows) expect(material.position[row]).toBeGreaterThanOrEqual(0);
});
