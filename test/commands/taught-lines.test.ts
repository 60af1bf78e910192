import { expect, test } from 'vitest';
import { taughtLines } from '../../src/commands/teach-camera-words.ts';
import type { TaughtAnswer } from '../../src/teaching/question-report.ts';

const result = (labelNext: readonly string[], lookAgain: readonly string[]): TaughtAnswer => ({
  camera: 'gate',
  heads: 'heads/gate.json',
  rungs: ['top'],
  questions: [
    {
      id: 'default',
      text: null,
      classes: [],
      candidates: [],
      reference: 'top',
      rungs: ['top'],
      expected: { accuracy: 1, accuracyGainVsTop: 0, interval: [0, 0], speedup: 1, shareByRung: {} },
      confusion: [],
      reliability: [],
      samples: 10,
      moments: 2,
      cutMoments: 0,
      labelNext,
      lookAgain,
    },
  ],
  frames: 10,
  warnings: [],
});
const lines = (...told: Parameters<typeof result>) => taughtLines(result(...told), 'http://here');

test('frames to label next and labels to look at again are told apart, each with its picture', () => {
  const told = lines(['aaa'], ['bbb']).join('\n');
  expect(told).toContain('label these next:\n  aaa  http://here/api/cameras/gate/examples/aaa.jpg');
  expect(told).toContain('look at these labels again:\n  bbb  http://here/api/cameras/gate/examples/bbb.jpg');
});

test('where all frames have labels that are answered, there is nothing to label', () => {
  expect(lines([], []).join('\n')).not.toMatch(/these/);
});
