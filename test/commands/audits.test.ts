import { mkdir, rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseMode } from '../../src/cascade/policy.ts';
import { planEngine, type Use } from '../../src/commands/engine.ts';
import { settleCameras, usesOf, wishOf } from '../../src/commands/settled.ts';
import { taughtQuestions } from '../../src/commands/taught.ts';
import { configSchema } from '../../src/config/schema.ts';
import { ladderPath, readLadder } from '../../src/infer/ladder.ts';
import { missingRungs } from '../../src/pipeline/question.ts';
import { temporaryFolder } from '../support/clips.ts';
import { writeYard } from '../support/yard.ts';

const REFERENCE = 'lite2@300-int8';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let yard: Awaited<ReturnType<typeof writeYard>>;
beforeAll(async () => {
  folder = await temporaryFolder();
  await mkdir(folder.path, { recursive: true });
  yard = await writeYard(folder.path);
}, 60_000);
afterAll(async () => {
  await rm(folder.path, { recursive: true, force: true });
});

async function rungsOf(use: Partial<Use>, rungs: string[] | null = ['lite0@96-int8']): Promise<string[]> {
  const uses = [{ mode: parseMode('cascade'), operatingPoint: 'balanced', ...use }];
  return (await planEngine({ ladder: 'imagenet-1k', premodel: null, rungs, uses })).rungs.map(({ id }) => id);
}

describe('the top rung', () => {
  test('is loaded while answers are audited, and only then', async () => {
    expect(await rungsOf({ isAudited: true })).toEqual(['lite0@96-int8', REFERENCE]);
    expect(await rungsOf({ isAudited: false })).toEqual(['lite0@96-int8']);
    expect(await rungsOf({})).toEqual(['lite0@96-int8']);
  });

  test('is not loaded for a rung that is fixed: nothing of it is told again', async () => {
    expect(await rungsOf({ mode: parseMode('fixed:lite0@128-int8'), isAudited: true })).toEqual(['lite0@128-int8']);
  });

  test('is what a taught question is audited by, with its own head', () => {
    const held = { ids: ['low'], p95Ms: [2], zeroMs: 0.1 };
    const [question] = taughtQuestions(yard.heads, { kind: 'hybrid' }, 'fast', held, { reference: 'top' });
    expect(question?.top?.policy).toMatchObject({ mode: 'fixed', rungs: [{ id: 'top' }] });
    expect(question?.top).toMatchObject({ id: 'yard', classes: question?.classes });
    expect(question?.top?.reader).toBeTypeOf('function');
    // It is to be loaded as any other rung that is asked for.
    expect(question === undefined ? [] : missingRungs(question)).toContain('top');
  });

  test('is begun with what footage has shown, where it has', () => {
    const held = { ids: ['low'], p95Ms: [2], zeroMs: 0.1 };
    const [question] = yard.heads.questions;
    const shown = {
      ...yard.heads,
      questions: [{ ...question, reuse: { threshold: 1.25, pairs: 500, disagreements: 1 } }],
    };
    const thresholds = [yard.heads, shown as typeof yard.heads].map(
      (heads) => taughtQuestions(heads, { kind: 'hybrid' }, 'fast', held)[0]?.reuseThreshold,
    );
    expect(thresholds).toEqual([question?.reuse?.threshold, 1.25]);
  });

  test.each([
    ['a fixed rung', parseMode('fixed:low'), 'top'],
    ['no reference', parseMode('hybrid'), null],
    ['a reference without a head', parseMode('hybrid'), 'nope'],
  ])('audits no taught question with %s', (_what, mode, reference) => {
    const held = { ids: ['low', 'top'], p95Ms: [2, 6], zeroMs: 0.1 };
    for (const question of taughtQuestions(yard.heads, mode, 'balanced', held, { reference }))
      expect(question.top).toBe(undefined);
  });
});

describe('a camera', () => {
  const wishFor = async (more: object) => {
    const cameras = [{ id: 'gate', source: 'rtsp://192.0.2.7/x', ...more }];
    const ladder = await readLadder(ladderPath('imagenet-1k'));
    const config = configSchema.parse({ cameras });
    const settled = await settleCameras(config, { ladder, env: { XDG_STATE_HOME: folder.path } });
    return { wish: wishOf(settled[0] as (typeof settled)[0]), uses: usesOf(config, settled) };
  };

  test.each([
    ['by itself', {}, true],
    ['not without reuse', { reuse: { enabled: false } }, false],
    ['not where audits are off', { reuse: { auditRatio: 0 } }, false],
    ['not where objects are all that it is asked', { view: 'motion' }, false],
  ])('is audited %s', async (_what, more, expected) => {
    const { wish, uses } = await wishFor(more);
    expect(wish.isAudited).toBe(expected);
    expect(uses.at(-1)?.isAudited).toBe(expected);
  });
});
