import { expect, test } from 'vitest';
import { areNumbers, tickMilliseconds } from '../../../src/web/charts/numbers.ts';

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

test('at an axis no time is said as another than it is', () => {
  expect([0, 2.5, 10, 12.5, 1000, 1500].map(tickMilliseconds)).toEqual([
    ...['0 ms', '2.5 ms', '10 ms', '12.5 ms', '1 s', '1.5 s'],
  ]);
});
