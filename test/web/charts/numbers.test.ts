import { expect, test } from 'vitest';
import { areNumbers } from '../../../src/web/charts/numbers.ts';

test.each([
  [['12', '1,204', '–'], true],
  [['4.3 ms', '38 ms', '1.2 s'], true],
  [['73 %', '0.4 %'], true],
  [['12', 'twelve'], false],
  [['? unreadable'], false],
  [['lite0@96-int8'], false],
  [[''], false],
  [[], false],
])('%j are numbers: %s', (cells, isNumeric) => {
  expect(areNumbers(cells)).toBe(isNumeric);
});
