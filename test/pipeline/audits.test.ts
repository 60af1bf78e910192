import { describe, expect, test } from 'vitest';
import type { AuditTold } from '../../src/pipeline/reuse.ts';
import { answerOf, ask, chances, Looking } from '../support/looking.ts';

const NEVER = 1;
const NOW = 0;

describe('an audit of an answer that is told again', () => {
  test('tells what the top rung says, and whether it agrees', async () => {
    const own = new Looking({ random: chances(NEVER, NOW, NEVER) });
    await own.look();
    const looked = await own.look();
    expect(answerOf(looked)).toMatchObject({ stop: 'top', path: [{ rung: 'high' }] });
    expect(answerOf(looked).audit).toEqual({ label: 'empty', classId: 'empty', agrees: true });
    expect(answerOf(looked).reusedAgeMs).toBe(undefined);
    expect(looked.audits).toEqual<AuditTold[]>([{ question: 'default', of: 'reused', agrees: true }]);
    expect(looked.ran.map(({ rung }) => rung)).toEqual(['high']);
    expect(own.ran).toEqual(['low', 'high']);
  });

  test('its answer is the one that is told again from then on, its age counts from there', async () => {
    const own = new Looking({ random: chances(NEVER, NOW, NEVER) });
    await own.look();
    own.says = { low: 'empty', high: 'car' };
    expect(answerOf(await own.look()).audit).toEqual({ label: 'car', classId: 'car', agrees: false });
    const after = answerOf(await own.look());
    expect(after).toMatchObject({ stop: 'unchanged', top: [{ label: 'car' }, {}] });
    expect(after.reusedAgeMs).toBeCloseTo(200);
    expect(after.audit).toBe(undefined);
  });

  test('lets the threshold fall where the frame itself is answered otherwise', async () => {
    const own = new Looking({ random: () => NOW });
    const { reuses } = await own.look();
    own.says = { low: 'car', high: 'car' };
    await own.look();
    expect(reuses?.[0]?.threshold).toBeLessThan(0.7);
  });

  test('but not where the climb says of the frame what was told again: that is no fault of telling it again', async () => {
    const own = new Looking({ random: () => NOW });
    const { reuses } = await own.look();
    own.says = { low: 'empty', high: 'car' };
    const looked = await own.look();
    expect(looked.ran.map(({ rung }) => rung)).toEqual(['high', 'low']);
    expect(reuses?.[0]?.threshold).toBe(0.7);
  });

  test('is drawn for the stated share of frames', async () => {
    for (const [share, isDrawn] of [
      [0.0999, true],
      [0.1, false],
    ] as const) {
      const own = new Looking({ random: chances(NEVER, share) });
      await own.look();
      // Five times the usual 2 %: no footage has said where to begin.
      expect((await own.look()).audits).toHaveLength(isDrawn ? 1 : 0);
      const fitted = new Looking({ questions: [ask('a', { reuseThreshold: 1 })], random: chances(NEVER, share / 5) });
      await fitted.look();
      expect((await fitted.look()).audits).toHaveLength(isDrawn ? 1 : 0);
    }
  });

  test('is not made where it does not fit the budget: the last answer is told', async () => {
    const own = new Looking({ random: () => NOW, budgetMs: 30 });
    await own.look();
    const looked = await own.look();
    expect(answerOf(looked)).toMatchObject({ stop: 'unchanged' });
    expect(looked.audits).toEqual([]);
    expect(own.ran).toEqual(['low']);
  });

  test('that fails changes nothing of what is told', async () => {
    const own = new Looking({ random: () => NOW });
    await own.look();
    own.fails = true;
    const looked = await own.look();
    expect(answerOf(looked)).toMatchObject({ stop: 'unchanged' });
    expect(looked.audits).toEqual([]);
  });
});

describe('an audit of a new answer', () => {
  test('tells that answer, with what the top rung says beside it', async () => {
    const own = new Looking({ random: () => NOW });
    own.says = { low: 'car', high: 'dog' };
    const looked = await own.look();
    expect(answerOf(looked)).toMatchObject({ stop: 'accepted', top: [{ label: 'car' }, {}], path: [{ rung: 'low' }] });
    expect(answerOf(looked).audit).toEqual({ label: 'dog', classId: 'dog', agrees: false });
    expect(looked.audits).toEqual<AuditTold[]>([{ question: 'default', of: 'fresh', agrees: false }]);
    // The time of the label is that of the audit too: it was waited for.
    expect(answerOf(looked).spentMs).toBe(50);
  });

  test('needs no run where the answer is the top rung’s alone', async () => {
    const entry = () => ({ features: [], entry: () => 1, right: () => 1 });
    const { policy } = ask('a');
    const own = new Looking({ questions: [ask('a', { policy: { ...policy, judge: entry } })], random: () => NOW });
    const looked = await own.look();
    expect(own.ran).toEqual(['high']);
    expect(answerOf(looked).audit?.agrees).toBe(true);
  });

  test('is rarer than one of what is told again', async () => {
    const own = new Looking({ random: () => 0.0049 });
    const other = new Looking({ random: () => 0.005 });
    expect((await own.look()).audits).toHaveLength(1);
    expect((await other.look()).audits).toHaveLength(0);
  });
});

test.each([
  ['audits are off', { audits: { auditRatio: 0 } }],
  ['nothing is to be audited', { audits: null }],
  ['no rung is the top one', { questions: [{ ...ask('a'), top: undefined } as unknown as ReturnType<typeof ask>] }],
])('where %s, the top rung is never asked', async (_what, options) => {
  const own = new Looking({ ...options, random: () => NOW });
  await own.stops(20);
  expect(own.ran).toEqual(['low']);
});

test('one run of the top rung answers all questions of a frame', async () => {
  const own = new Looking({ questions: [ask('a'), ask('b')], random: chances(NEVER, NOW) });
  await own.look();
  const looked = await own.look();
  expect(looked.audits?.map(({ question }) => question)).toEqual(['a', 'b']);
  expect(own.ran.filter((rung) => rung === 'high')).toHaveLength(1);
});

describe('what is not proven', () => {
  test('is told from the start until enough audits are in', async () => {
    // One in ten may differ: ten audits show it.
    const random = chances(NEVER, NEVER, ...Array(12).fill(NOW), NEVER);
    const own = new Looking({ audits: { targetDisagreement: 0.1 }, random });
    // Of the question, whatever became of a frame: a word that comes and goes with every one would tell nobody anything.
    for (let at = 0; at < 6; at++) expect((await own.look()).troubles).toEqual(['unproven']);
    for (let at = 0; at < 8; at++) await own.look();
    const looked = await own.look();
    expect(answerOf(looked).stop).toBe('unchanged');
    expect(looked.troubles).toEqual([]);
    expect(looked.reuses?.[0]?.isProven).toBe(true);
  });

  test('is not told where it will never be: without audits', async () => {
    const own = new Looking({ audits: { auditRatio: 0 } });
    await own.look();
    expect(answerOf(await own.look()).stop).toBe('unchanged');
    expect((await own.look()).troubles).toEqual([]);
  });
});

describe('a budget that is too small to audit', () => {
  test('is said once, and nothing is unproven that could never be', async () => {
    const own = new Looking({ budgetMs: 30, random: () => NOW });
    for (let at = 0; at < 100; at++) expect((await own.look()).troubles).toEqual([]);
    expect(own.notices).toHaveLength(1);
    expect(own.notices[0]).toMatch(/question "default".*top rung takes 40\.0 ms.*30 ms.*nothing is audited.*budgetMs/);
  });

  test('but holds the top rung: audits tell of drift, and nothing of reuse, whatever they say', async () => {
    // The top rung takes 40 ms, a climb up to 50.
    const own = new Looking({ budgetMs: 85, random: () => NOW, audits: { targetDisagreement: 0.1 } });
    own.says = { low: 'empty', high: 'empty' };
    for (let at = 0; at < 20; at++) await own.look();
    own.says = { low: 'car', high: 'car' };
    const looked = await own.look();
    expect(answerOf(looked).audit).toMatchObject({ agrees: false });
    // Were only those counted that agree, reuse would be proven by them.
    expect(looked.reuses?.[0]).toMatchObject({ threshold: 0.7, isProven: false });
    expect(looked.troubles).toEqual([]);
    expect(own.notices.join()).toMatch(/audits tell of drift, but not whether/);
    for (let at = 0; at < 200; at++) await own.look();
    expect(looked.reuses?.[0]?.agreement).not.toBe(null);
    expect(own.notices).toHaveLength(1);
  });

  test.each([
    ['fails', 'failed'],
    ['is not to be had in time', 'late'],
  ] as const)('a climb that %s after the audit counts neither way', async (_what, low) => {
    const own = new Looking({ budgetMs: 200, random: () => NOW });
    const { reuses } = await own.look();
    own.says = { low: 'car', high: 'car' };
    own.low = low;
    expect(answerOf(await own.look()).audit).toMatchObject({ agrees: false });
    expect(reuses?.[0]?.threshold).toBe(0.7);
  });

  test('a climb that its budget cuts short counts neither way', async () => {
    // It would climb on after the low rung, but that one took longer than ever.
    const { policy } = ask('a');
    const rungs = policy.rungs.map((rung) => ({ ...rung, threshold: 0.95 }));
    const questions = [ask('a', { policy: { ...policy, rungs } })];
    const own = new Looking({ questions, budgetMs: 120, random: chances(NEVER, NOW) });
    const { reuses } = await own.look();
    own.says = { low: 'car', high: 'car' };
    own.hesitates = true;
    own.lowMs = 60;
    const looked = await own.look();
    expect(looked.ran.map(({ rung }) => rung)).toEqual(['high', 'low']);
    expect(reuses?.[0]?.threshold).toBe(0.7);
  });
});

test('what an excused audit leaves behind is not held against the next answer of a climb', async () => {
  const own = new Looking({ random: chances(NEVER, NOW, NEVER), maxReuseMs: 500 });
  const { reuses } = await own.look();
  own.says = { low: 'empty', high: 'car' };
  expect(answerOf(await own.look()).audit?.agrees).toBe(false);
  for (let at = 0; at < 3; at++) await own.look();
  expect(own.ran.at(-1)).toBe('low');
  expect(reuses?.[0]?.threshold).toBe(0.7);
});

describe('in a cheaper gear', () => {
  const gears = () => {
    const plain = ask('default');
    return [{ ...plain, cheaper: [{ ...plain, policy: { ...plain.policy, operatingPoint: 'fast' } }] }];
  };

  test('nothing is audited: what is cheaper differs for want of time, and is no drift', async () => {
    const own = new Looking({ questions: gears(), audits: { auditRatio: 1 }, random: () => NOW });
    own.says = { low: 'car', high: 'dog' };
    for (let at = 0; at < 45; at++) await own.look({ yard: at + 1 }, { gear: 1 });
    const looked = await own.look({ yard: 45 }, { gear: 1 });
    expect(looked.audits).toEqual([]);
    expect(answerOf(looked).stop).toBe('unchanged');
    expect(looked.reuses?.[0]).toMatchObject({ agreement: null, hasDrifted: false });
    expect(own.ran).not.toContain('high');
  });

  test('drift from before ends with time, so that the load that it makes does too', async () => {
    const own = new Looking({ questions: gears(), audits: { auditRatio: 1 }, random: () => NOW });
    own.says = { low: 'car', high: 'dog' };
    for (let at = 0; at < 45; at++) await own.look({ yard: at + 1 });
    expect((await own.look({ yard: 45 }, { gear: 1 })).troubles).toContain('drift');
    own.nowMs += 4 * 3_600_000;
    own.seconds += 4 * 3_600;
    await own.look({ yard: 45 }, { gear: 1 });
    const looked = await own.look({ yard: 45 }, { gear: 1 });
    expect(looked.troubles).not.toContain('drift');
    expect(answerOf(looked).stop).toBe('unchanged');
    expect(own.notices.at(-1)).toMatch(/too few audits of late/);
  });

  test('an answer that is told again has the operating point that gave it', async () => {
    const own = new Looking({ questions: gears() });
    const pointOf = async (gear: number) =>
      (await own.look({}, { gear })).statements[0]?.question.policy.operatingPoint;
    expect(await pointOf(0)).toBe('balanced');
    expect(await pointOf(1)).toBe('balanced');
    expect(await pointOf(0)).toBe('balanced');
    const other = new Looking({ questions: gears() });
    const { statements } = await other.look({}, { gear: 1 });
    expect(statements[0]?.question.policy.operatingPoint).toBe('fast');
  });
});

test.each([
  [0.005, 1],
  [0.001, 0.2],
  [0.05, 1],
])('where one in %d may differ, the fitted threshold is begun with times %d', async (targetDisagreement, times) => {
  const own = new Looking({ questions: [ask('a', { reuseThreshold: 2 })], audits: { targetDisagreement } });
  expect((await own.look()).reuses?.[0]?.threshold).toBeCloseTo(2 * times);
});

describe('answers that have drifted away from the top rung’s', () => {
  /** A camera of which every answer was audited so far. */
  async function drifted(audits = { areMade: true }): Promise<Looking> {
    const own = new Looking({ audits: { auditRatio: 1 }, random: () => (audits.areMade ? NOW : NEVER) });
    own.says = { low: 'car', high: 'dog' };
    for (let at = 0; at < 45; at++) await own.look({ yard: at + 1 });
    return own;
  }

  test('are told, with what to do', async () => {
    const own = await drifted();
    const looked = await own.look();
    expect(looked.troubles).toContain('drift');
    expect(looked.reuses?.[0]).toMatchObject({ agreement: 0, hasDrifted: true, threshold: 0 });
    expect(own.notices.join()).toMatch(/question "default".*0\.0 %.*under 90 %.*weir train --footage.*weir teach/);
    expect(own.notices).toHaveLength(1);
  });

  test.each(['select', 'single'])('are told as what cannot climb more, where it cannot: %s', async (how) => {
    const { policy } = ask('a');
    const [low] = policy.rungs;
    const rungs = how === 'single' && low !== undefined ? [low] : policy.rungs;
    const mode = how === 'select' ? 'select' : policy.mode;
    const questions = [ask('a', { policy: { ...policy, mode, rungs }, poolRungs: how === 'single' ? [0] : [0, 1] })];
    const own = new Looking({ questions, audits: { auditRatio: 1 }, random: () => NOW });
    own.says = { low: 'car', high: 'dog' };
    for (let at = 0; at < 45; at++) await own.look({ yard: at + 1 });
    expect(own.notices.join()).toMatch(/every frame, and cannot climb more: .*one rung/);
  });

  test('are not told again, and climb more', async () => {
    const audits = { areMade: true };
    const own = await drifted(audits);
    const before = new Looking();
    audits.areMade = false;
    // 0.86 sure: enough for the operating point's 0.8, not where half as much doubt is borne.
    for (const one of [own, before]) {
      one.hesitates = true;
      one.ran.length = 0;
      await one.look({ yard: 1 });
      await one.look({ yard: 1 });
    }
    expect(before.ran).toEqual(['low']);
    expect(own.ran).toEqual(['low', 'high', 'low', 'high']);
  });

  test('are told again once they agree again', async () => {
    const own = await drifted();
    own.says = { low: 'dog', high: 'dog' };
    for (let at = 0; at < 600; at++) await own.look({ yard: 1 });
    expect(own.notices.at(-1)).toMatch(/again/);
    expect((await own.look({ yard: 1 })).troubles).not.toContain('drift');
  });
});
