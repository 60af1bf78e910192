import { expect, test } from 'vitest';
import { ProgressTeller } from '../../src/commands/progress.ts';
import { stoppedWords } from '../../src/commands/stopped-words.ts';

test('who stops while rungs are timed is not told that anything is kept of it', () => {
  const teller = new ProgressTeller();
  const words = () => stoppedWords(teller.stage, 'outcomes');
  expect(words()).toMatch(/the same command begins anew/);
  teller.update('times of every rung', 0, 1);
  expect(words()).toMatch(/^stopped before pictures were looked at: the same command begins anew/);
  teller.update('embeddings of every rung', 1, 9);
  expect(words()).toBe('stopped; what was measured is kept in outcomes, and the same command goes on from there');
  teller.stop();
});
