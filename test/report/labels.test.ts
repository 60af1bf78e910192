import { describe, expect, test } from 'vitest';
import { placeLabels } from '../../src/report/labels.ts';

const AREA = { left: 0, top: 0, right: 400, bottom: 300 };
const at = (x: number, y: number, text = 'balanced') => ({ x, y, text, size: 10 });

describe('placeLabels', () => {
  test('stands to the right where there is room', () => {
    expect(placeLabels([at(100, 100)], AREA, 12)[0]?.position).toBe('right');
  });

  test('does not leave the area', () => {
    expect(placeLabels([at(390, 100)], AREA, 12)[0]?.position).toBe('left');
  });

  test('covers no other symbol and no other name', () => {
    const [first, second] = placeLabels([at(100, 100), at(130, 100)], AREA, 12);
    expect(first?.position).not.toBe('right');
    expect(second).not.toBeNull();
  });

  test('goes out of the way of a line, but rather stands on it than nowhere', () => {
    expect(placeLabels([at(100, 100)], AREA, 12, [[120, 100]])[0]?.position).toBe('left');
    const everywhere = Array.from({ length: 400 * 3 }, (_, i) => [i % 400, 80 + 20 * Math.floor(i / 400)] as const);
    expect(placeLabels([at(100, 100)], AREA, 12, everywhere)[0]).not.toBeNull();
  });

  test('leaves out what has no room, the last first', () => {
    const crowd = Array.from({ length: 12 }, () => at(200, 150));
    const places = placeLabels(crowd, AREA, 12);
    expect(places[0]).not.toBeNull();
    expect(places.at(-1)).toBeNull();
  });
});
