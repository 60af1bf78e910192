import { describe, expect, test } from 'vitest';
import { checkQuestion } from '../../src/teaching/check.ts';
import type { TaughtTruth } from '../../src/teaching/input.ts';
import { UNLABELLED, UNUSED } from '../../src/words.ts';

const names = (count: number) => Array.from({ length: count }, (_, i) => `frame ${i}`);

function check(truth: readonly number[], classes: readonly string[], keys?: readonly string[]) {
  const question: TaughtTruth = {
    id: 'gate',
    text: null,
    classes: classes.map((name) => ({ name })),
    truth: Int32Array.from(truth),
  };
  return checkQuestion(question, { keys: keys ?? names(truth.length), names: names(truth.length) });
}

describe('checkQuestion', () => {
  test('leaves what can be taught as it is', () => {
    const { question, warnings, kept } = check([0, 0, 1, 1, UNLABELLED, UNUSED], ['open', 'closed']);
    expect([...question.truth]).toEqual([0, 0, 1, 1, UNLABELLED, UNUSED]);
    expect([...kept]).toEqual([1, 1, 1, 1, 0, 0]);
    expect(warnings).toEqual([]);
  });

  test('a class with one example is left out, and that is said', () => {
    const { question, warnings } = check([0, 0, 1, 2, 2], ['open', 'ajar', 'closed']);
    expect(question.classes.map(({ name }) => name)).toEqual(['open', 'closed']);
    expect([...question.truth]).toEqual([0, 0, UNUSED, 1, 1]);
    expect(warnings).toEqual([expect.stringContaining('class "ajar" has one example')]);
  });

  test('a frame that is labelled both ways is left out, and named', () => {
    const { question, warnings } = check([0, 0, 0, 1, 1, 1], ['open', 'closed'], ['a', 'b', 'c', 'c', 'd', 'e']);
    expect([...question.truth]).toEqual([0, 0, UNUSED, UNUSED, 1, 1]);
    expect(warnings).toEqual([
      expect.stringMatching(/2 frames are labelled both "open" and "closed".*frame 2, frame 3/),
    ]);
  });

  test.each([
    [
      'two classes with the same frames',
      [0, 0, 1, 1],
      ['open', 'closed'],
      ['a', 'b', 'a', 'b'],
      'teach-same-frames',
      /"open" and "closed" have the same frames/,
    ],
    ['one class', [0, 0, 0], ['open'], undefined, 'teach-few-classes', /"open" 3/],
    ['no class', [], [], undefined, 'teach-few-classes', /no class at all/],
    ['one example each', [0, 1], ['open', 'closed'], undefined, 'teach-few-classes', /"open" 1, "closed" 1/],
    ['a class named other', [0, 0, 1, 1], ['open', 'other'], undefined, 'teach-class-name', /cannot be named "other"/],
    [
      'two classes of one name',
      [0, 0, 1, 1],
      ['open', 'open'],
      undefined,
      'teach-class-name',
      /"open" has no name of its own/,
    ],
    [
      'too many classes',
      [0, 0],
      Array.from({ length: 21 }, (_, k) => `class ${k}`),
      undefined,
      'teach-many-classes',
      /21 classes; at most 20/,
    ],
  ] as const)('%s cannot be taught', (_, truth, classes, keys, code, message) => {
    const checking = () => check([...truth], [...classes], keys);
    expect(checking).toThrow(message);
    expect(checking).toThrow(expect.objectContaining({ code, exitCode: 2 }));
  });

  test('of very many labels frequent classes give most, rare ones nothing', () => {
    const truth = Array.from({ length: 10_000 }, (_, i) => (i % 100 === 0 ? 1 : 0));
    const { kept, question, warnings } = check(truth, ['open', 'closed']);
    const count = (k: number) => truth.filter((label, i) => label === k && kept[i] === 1).length;
    expect(count(1)).toBe(100);
    expect(count(0)).toBe(1400);
    expect(question.truth).toEqual(Int32Array.from(truth));
    expect(warnings).toEqual([expect.stringContaining('10000 frames are labelled; 1500 of them')]);
  });
});
