import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/clips.ts';
import { expectDone, expectRefusal } from '../support/commands.ts';
import { weir } from '../support/daemon.ts';
import { evaluationFile } from '../support/evaluations.ts';
import { writeStudyClip, writeStudyLadder } from '../support/study.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const path = (name: string) => join(folder.path, name);
const SECONDS = 100;
const RATE_HZ = 2;

beforeAll(async () => {
  folder = await temporaryFolder();
  await writeStudyLadder(path('ladder'));
  await writeStudyClip(path('gate.mp4'), SECONDS, RATE_HZ);
  await writeStudyClip(path('short.mp4'), 60, RATE_HZ);
});
afterAll(() => folder.remove());

const ladder = () => ['--ladder', path('ladder'), '--state-dir', path('state')];
const train = (...args: string[]) => weir(['train', ...ladder(), '--out', path('premodel.json'), ...args]);
const premodel = async () => JSON.parse(await readFile(path('premodel.json'), 'utf8'));
const fitted = async () => (await premodel()).fitted;

describe('weir train --footage', () => {
  test('learns from a clip without labels what the reference says of it, split by time', async () => {
    const ended = await train('--footage', `gate=${path('gate.mp4')}`);
    expectDone(ended);
    expect(ended.stdout).toMatch(/against top alone \(100\.0 % right\)/);
    const { truth, samples } = await fitted();
    expect(truth).toBe('agreement');
    // Of twenty blocks of 5 s, the frames within a second of another block are left out.
    expect(Object.keys(samples)).toEqual(['gate']);
    expect(samples.gate).toBeGreaterThan(0.5 * SECONDS * RATE_HZ);
    expect(samples.gate).toBeLessThan(0.8 * SECONDS * RATE_HZ);
    // Answers change with the colour of all of it, which looks like other light: next to nothing is to be reused.
    const { reuse } = await premodel();
    expect(reuse.threshold).toBeLessThan(0.2);
    expect(reuse.disagreements).toBeGreaterThan(0);
    const texts = [await readFile(path('premodel.json'), 'utf8')];
    expectDone(await train('--footage', `gate=${path('gate.mp4')}`));
    expect(await readFile(path('premodel.json'), 'utf8')).toBe(texts[0]);
  });

  test('takes several clips, and spreads --limit over their whole length', async () => {
    const clips = ['--footage', `gate=${path('gate.mp4')}`, '--footage', `yard=${path('gate.mp4')}`];
    expectDone(await train(...clips, '--limit', '100'));
    expect((await fitted()).samples).toEqual({ gate: 50, yard: 50 });
  });

  test.each([
    [
      'is too short',
      ['--footage', '@short.mp4'],
      1,
      /footage-1: \d+ s are too short to be split by time\n {2}→ give at least 80 s/,
    ],
    ['is not there', ['--footage', 'gate=@none.mp4'], 2, /gate: there is no file .*none\.mp4/],
    ['is no clip', ['--footage', '@ladder/labels.json'], 1, /footage-1: it (has no video stream|is not a video)/],
    ['is of a kind that Weir does not read', ['--footage', 'gate=ftp://host/a.mp4'], 2, /does not read ftp:/],
    [
      'cannot be kept',
      ['--footage', '@gate.mp4', '--cache', '/dev/null/x'],
      1,
      /cannot keep outcomes in \/dev\/null\/x/,
    ],
    [
      'goes with one that is no clip',
      ['--footage', 'a=@gate.mp4', '--footage', 'b=@ladder/labels.json'],
      1,
      /b: it (has no video stream|is not a video)/,
    ],
  ])('refuses what %s', async (_name, args, code, message) => {
    expectRefusal(await train(...args.map((arg) => arg.replace('@', `${folder.path}/`))), code, message);
  });
});

test('weir evaluate --footage measures agreement with the reference', async () => {
  expectDone(await train('--footage', `gate=${path('gate.mp4')}`));
  const args = ['--footage', `gate=${path('gate.mp4')}`, '--premodel', path('premodel.json'), '--modes', 'hybrid'];
  const ended = await weir(['evaluate', ...ladder(), ...args, '--json', path('gate.json')]);
  expectDone(ended);
  const { conditions } = evaluationFile.parse(JSON.parse(await readFile(path('gate.json'), 'utf8')));
  expect(Object.keys(conditions)).toEqual(['gate', 'all']);
  const [low, , top] = conditions.all?.rungs ?? [];
  expect(top?.top1).toBe(1);
  expect(low?.top1).toBeLessThan(1);
  for (const { top1, accuracyGainVsTop } of conditions.all?.policies ?? []) {
    expect(top1).toBeGreaterThan(low?.top1 ?? 1);
    expect(accuracyGainVsTop).toBeCloseTo(top1 - 1, 9);
  }
});
