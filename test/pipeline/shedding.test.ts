import { describe, expect, test } from 'vitest';
import type { AskedQuestion } from '../../src/pipeline/question.ts';
import { Shedding } from '../../src/pipeline/shedding.ts';
import type { View } from '../../src/pipeline/view.ts';

function start(budgetMs: number | null = 100) {
  const lag = { ms: 0 };
  const question = { id: 'q', lagMs: () => lag.ms } as AskedQuestion;
  const shedding = new Shedding(budgetMs, { questions: [question] } as unknown as View);
  /** How many of a hundred frames are left out. */
  const leftOut = (ms: number) => {
    lag.ms = ms;
    return Array.from({ length: 100 }, () => shedding.next()).filter(Boolean).length;
  };
  const fail = () => {
    for (let n = 0; n < 10; n++) shedding.looked(false);
  };
  return { shedding, leftOut, fail };
}

describe('Shedding', () => {
  test('the further behind the main thread is, the more frames are left out, at last all', () => {
    const { leftOut, fail } = start();
    fail();
    expect(leftOut(3)).toBe(0);
    expect(leftOut(11.5)).toBe(50);
    expect(leftOut(20)).toBe(100);
    expect(leftOut(1)).toBe(0);
  });

  test('none is left out while frames are answered, nor without a budget', () => {
    const answered = start();
    expect(answered.leftOut(200)).toBe(0);
    answered.fail();
    for (let n = 0; n < 30; n++) answered.shedding.looked(true);
    expect(answered.leftOut(200)).toBe(0);
    const patient = start(null);
    patient.fail();
    expect(patient.leftOut(200)).toBe(0);
  });
});
