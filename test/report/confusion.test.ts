import { expect, test } from 'vitest';
import { confusionOf, heatTable } from '../../src/report/confusion.ts';

test('counts by taken rung and cheapest right rung, none last', () => {
  const taken = [0, 1, 1, 0, 1];
  const alone = [Uint8Array.of(1, 1, 0, 0, 1), Uint8Array.of(1, 0, 1, 0, 1)];
  expect(confusionOf(taken, alone, [0, 1, 2, 3])).toEqual([
    [1, 0, 1],
    [1, 1, 0],
  ]);
});

test('its table holds shares and counts', () => {
  const { text } = heatTable({
    caption: 'c',
    down: 'ended on',
    across: 'cheapest right rung',
    rows: ['a', 'b'],
    columns: ['a', 'b', 'none of them'],
    counts: [
      [3, 0, 1],
      [0, 0, 0],
    ],
  });
  expect(text).toContain('<strong>75.0 %</strong><br><small>3</small>');
  expect(text).toContain('25.0 %<br><small>1</small>');
});
