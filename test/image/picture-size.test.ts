import { expect, test } from 'vitest';
import { isUnscaled, lookedAtSize } from '../../src/image/picture-size.ts';

const size = (text: string) => {
  const [width = 0, height = 0] = text.split('x').map(Number);
  return { width, height };
};

test.each([
  ['1920x1080', 0, [0, 0, 1, 1], '1920x1080'],
  ['1920x1080', 270, [0, 0, 1, 1], '1080x1920'],
  ['1920x1080', 180, [0.5, 0, 0.5, 1], '960x1080'],
  ['1920x1080', 90, [0, 0, 1, 0.25], '1080x480'],
] as const)('of %s, turned by %d and cut to %s, %s is looked at', (from, rotate, region, to) => {
  expect(lookedAtSize(size(from), rotate, region)).toEqual(size(to));
});

test.each([
  ['stretch', '640x360', true],
  ['stretch', '300x300', false],
  ['stretch', '300x200', false],
  ['stretch', '200x100', true],
  ['keep', '640x360', true],
  ['keep', '533x300', false],
  ['keep', '533x200', true],
] as const)('with %s, whether %s can be told not to be scaled: %s', (aspect, picture, is) => {
  expect(isUnscaled(size(picture), { aspect, width: 300, height: 300 })).toBe(is);
});
