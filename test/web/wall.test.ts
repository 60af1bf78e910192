import { expect, test } from 'vitest';
import { wallColumns } from '../../src/web/guard/wall.ts';

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
