import { expect, test } from 'vitest';
import { teachable } from '../../src/commands/teachable.ts';
import type { Examples } from '../../src/dataset/examples.ts';

/** @param truths by question, by frame the index of its class */
const examples = (truths: Readonly<Record<string, readonly number[]>>): Examples => {
  const frames = Object.values(truths)[0] ?? [];
  return {
    samples: frames.map((_, n) => {
      const load = () => Promise.reject(new Error('nobody looks'));
      return { key: `${n}`, name: `frame ${n}`, condition: '', truth: null, group: '', load };
    }),
    sources: frames.map(() => 'clip'),
    seconds: Float64Array.from(frames, (_, n) => n),
    questions: Object.entries(truths).map(([id, truth]) => ({
      id,
      text: null,
      classes: [{ name: 'a' }, { name: 'b' }],
      truth: Int32Array.from(truth),
    })),
    picture: null,
    notices: ['as it was'],
    close: () => {},
  };
};
const GOOD = [0, 0, 0, 0, 0, 1, 1, 1, 1, 1];
const ONE_OF_B = [0, 0, 0, 0, 0, 0, 0, 0, 0, 1];

test('a question that cannot be taught does not hold up the others, and it is said why', () => {
  const { examples: left, untaught } = teachable(examples({ thin: ONE_OF_B, good: GOOD }));
  expect(left.questions.map(({ id }) => id)).toEqual(['good']);
  expect(untaught).toMatchObject([{ id: 'thin', reason: { code: 'teach-few-classes', exitCode: 2 } }]);
  expect(left.notices).toEqual(['as it was', expect.stringMatching(/"thin" is left out.*\("a" 9, "b" 1\).*label/)]);
});

test('where none can be taught, the first says why', () => {
  expect(() => teachable(examples({ thin: ONE_OF_B, thinner: GOOD.fill(0) }))).toThrow(
    expect.objectContaining({ code: 'teach-few-classes', message: expect.stringContaining('"thin"') }),
  );
});

test('few examples of a class are taught, and told', () => {
  const { examples: left } = teachable(examples({ few: [0, 0, 0, 0, 0, 0, 0, 1, 1, 1] }));
  expect(left.notices.slice(1)).toEqual([expect.stringMatching(/"few": fewer than 5 .*: "b" 3$/)]);
});
