import { expect, test } from 'vitest';
import {
  beginWork,
  commandOf,
  type Listing,
  lackingWords,
  questionsToTeach,
  say,
  undo,
} from '../../../src/web/camera/labelling.ts';

const listing = {
  questions: [{ id: 'default', classes: [{ name: 'open', examples: 5 }], unclear: 0, unlabelled: 2 }],
  examples: [
    { id: 'a', labels: {} },
    { id: 'b', labels: {} },
    { id: 'c', labels: { default: 'open' } },
  ],
} as unknown as Listing;

test('what has a label is not asked again, but where it was asked for', () => {
  expect(beginWork(listing, 'default').queue.map(({ id }) => id)).toEqual(['a', 'b']);
  expect(beginWork(listing, 'default', ['c']).queue.map(({ id }) => id)).toEqual(['c', 'a', 'b']);
});

test('taking back gives a picture the label that it had before', () => {
  const said = say(beginWork(listing, 'default', ['c']), 'closed');
  expect(said.saying).toEqual({ example: 'c', question: 'default', label: 'closed' });
  expect(said.work.classes).toEqual(['open', 'closed']);
  const back = undo(said.work);
  expect(back.saying).toEqual({ example: 'c', question: 'default', label: 'open' });
  expect(back.work.queue[0]?.id).toBe('c');
});

test('skipping says nothing to the daemon', () => {
  expect(say(beginWork(listing, 'default'), null).saying).toBeNull();
});

test('keys mean classes in their order; a key without a class means nothing', () => {
  expect(commandOf('1', { classes: ['open'] })).toEqual({ kind: 'label', label: 'open' });
  expect(commandOf('2', { classes: ['open'] })).toBeNull();
  expect(commandOf('~', { classes: [] })).toEqual({ kind: 'label', label: '~' });
});

test('what is missing before it can be fitted is said', () => {
  expect(lackingWords([{ name: 'open', lacking: 0 }])).toMatch(/2 classes/);
  expect(
    lackingWords([
      { name: 'open', lacking: 0 },
      { name: 'closed', lacking: 2 },
    ]),
  ).toBe('label 2 more of “closed”');
  expect(
    lackingWords([
      { name: 'open', lacking: 0 },
      { name: 'closed', lacking: 0 },
    ]),
  ).toBeNull();
});

test('what the camera is asked can be taught, and what has labels; questions of regions go by the question alone', () => {
  expect(
    questionsToTeach(['drive', 'left/drive'], { questions: [{ id: 'lamp' }] as unknown as Listing['questions'] }),
  ).toEqual(['drive', 'lamp']);
  expect(questionsToTeach([], { questions: [] })).toEqual(['default']);
});
