import { expect, test } from 'vitest';
import { wallColumns, wallGrid } from '../../src/web/guard/wall.ts';

test.each([
  [1, 1920, 1080, 1],
  [2, 1920, 1080, 2],
  [4, 1920, 1080, 2],
  [12, 1920, 1080, 4],
  [12, 3840, 2160, 4],
  [12, 1080, 1920, 2],
  [60, 1920, 1080, 7],
  [4, 390, 844, 1],
])('%i cameras on %i x %i stand in %i columns', (count, width, height, columns) => {
  expect(wallColumns(count, width, height)).toBe(columns);
});

test.each([
  [3, 2, 2, [1, 1, 2]],
  [4, 2, 2, [1, 1, 1, 1]],
  [5, 3, 6, [2, 2, 2, 3, 3]],
  [1, 1, 1, [1]],
])('%i cameras in %i columns leave nothing of the last row empty', (count, columns, tracks, spans) => {
  expect(wallGrid(count, columns)).toEqual({ tracks, spans });
});
