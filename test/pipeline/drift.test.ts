import { expect, test } from 'vitest';
import { untrainedPolicy } from '../../src/cascade/policy.ts';
import { Drift } from '../../src/pipeline/drift.ts';
import type { AskedQuestion } from '../../src/pipeline/question.ts';

const DEFAULTS = { temperature: 1, threshold: 0.5, mergeWeight: 1 };

function question(isOfFewClasses: boolean): AskedQuestion {
  const rungs = ['low', 'top'].map((id) => ({ id, defaults: DEFAULTS }));
  return {
    id: 'default',
    text: null,
    classes: [],
    policy: untrainedPolicy({ kind: 'cascade' }, rungs),
    poolRungs: [0, 1],
    p95Ms: () => [1, 5],
    reader: isOfFewClasses ? () => ({ wantsEmbedding: false, read: () => {} }) : null,
  };
}

/** Whether answers have drifted of which four in five are the top rung's. */
function hasDrifted(isOfFewClasses: boolean, driftFloor: number | 'auto'): boolean {
  const drift = new Drift(
    question(isOfFewClasses),
    { auditRatio: 0.02, targetDisagreement: 0.005, driftFloor },
    () => {},
  );
  for (let audit = 0; audit < 300; audit++) drift.add(audit % 5 !== 0, 0.02, audit);
  expect(drift.agreement).toBeCloseTo(0.8, 1);
  return drift.hasDrifted;
}

test.each<[string, boolean, number | 'auto', boolean]>([
  ['of few classes is drift', true, 'auto', true],
  ["among a ladder's own labels is as usual", false, 'auto', false],
  ['is drift where more is asked for', false, 0.9, true],
  ['is none where less is', true, 0.6, false],
])('agreement on four in five answers %s', (_name, isOfFewClasses, driftFloor, expected) => {
  expect(hasDrifted(isOfFewClasses, driftFloor)).toBe(expected);
});
