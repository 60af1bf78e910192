import { expect, test } from 'vitest';
import { RASTER_SIZE } from '../../src/heads/zero.ts';
import { fitInSpan, materialOf } from '../../src/teaching/head-fit.ts';
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

test('a head does not learn in silence from a sample that its material is without', () => {
  const lesson = { rows: [0, 1, 2], truth: Int32Array.of(0, 1, 0), weights: new Float64Array(3).fill(1) };
  const material = materialOf(Float32Array.of(1, 2, 3, 4, 5, 6), 2, 'root', [0, 1]);
  expect(() => fitInSpan(material, lesson, 2, 1e-4, null, 1e-4)).toThrow(/sample 2 is not among/);
});
