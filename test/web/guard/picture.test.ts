import { expect, test } from 'vitest';
import { askedWidth } from '../../../src/web/guard/picture-width.ts';
import { regionsOf } from '../../../src/web/guard/region-boxes.ts';
import { dropWords } from '../../../src/web/words/drops.ts';
import { noPictureWords } from '../../../src/web/words/no-picture.ts';

test.each([
  [366, 3, 1280],
  [758, 1, 800],
  [501, 1, 640],
  [480, 1, 480],
  [480, 0.5, 480],
  [5_000, 2, 3_840],
])('a picture %i wide at density %i is asked for %i wide', (shown, density, asked) => {
  expect(askedWidth(shown, density)).toBe(asked);
});

test('regions are drawn where they are in the picture, which shows the camera’s own region alone', () => {
  const own = [0.5, 0, 0.5, 0.5];
  const view = (...box: number[]) => ({ view: { box } });
  const questions = [{ id: 'all', ...view(...own) }, { id: 'door', ...view(0.75, 0.25, 0.25, 0.25) }, { id: 'moving' }];
  expect(regionsOf(questions, own)).toEqual([{ name: 'door', box: [0.5, 0.5, 0.5, 0.5] }]);
});

test.each([
  ['live', '', null],
  ['paused', '', /paused.*Resume/],
  ['ended', '', /ended.*begins again/],
  ['failed', 'refused', /failed: refused.*tried again/],
  ['stalled', '', /no frames/],
  ['connecting', '', /yet/],
] as const)('why there is no picture of a camera that is %s', (state, reason, words) => {
  const told = noPictureWords(state, reason);
  if (words === null) expect(told).toBeNull();
  else expect(told).toMatch(words);
});

test('what was left out is told of frames, and of answers in the other frames', () => {
  expect(dropWords({ frames: { in: 138, dropped: { budget: 0 } }, unanswered: 6 })).toBe(
    '0 of 138 frames; 6 answers in the others',
  );
  expect(dropWords({ frames: { in: 1_204, dropped: { displaced: 2, budget: 1 } }, unanswered: 0 })).toBe(
    '3 of 1,204 frames (2 displaced, 1 budget)',
  );
});
