import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { simulate as simulateHere } from '../../src/commands/simulate.ts';
import { framesOf } from '../../src/commands/simulate-frames.ts';
import type { SimulateOptions } from '../../src/commands/simulate-options.ts';
import type { Simulation } from '../../src/simulate/simulation.ts';
import { makeNumberedClip, temporaryFolder } from '../support/clips.ts';
import { expectDone, expectRefusal } from '../support/commands.ts';
import { weir } from '../support/daemon.ts';
import { colourModel, writeLadder } from '../support/ladders.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let tiny: string;
const NEVER = new AbortController().signal;
const WORKING = { width: 64, height: 48, aspect: 'keep' } as const;
const path = (name: string) => join(folder.path, name);
const simulate = (...args: string[]) =>
  weir(['simulate', '--ladder', tiny, ...args.map((text) => text.replace('@', `${folder.path}/`))]);

beforeAll(async () => {
  folder = await temporaryFolder();
  tiny = await writeLadder(folder.path, [
    { id: 'small', model: colourModel(1) },
    { id: 'large', model: colourModel(2), side: 64 },
  ]);
  await makeNumberedClip(path('clip.mp4'), 50, 25);
  const intervals = [{ from: 0, to: 1, label: 'red' }];
  await writeFile(path('truth.json'), JSON.stringify({ classes: { red: 'it is red', blue: '' }, intervals }));
  const clip = ['--footage', path('clip.mp4'), '--truth', path('truth.json')];
  expectDone(await weir(['simulate', '--ladder', tiny, ...clip, '--record', path('clip.trace')]));
});
afterAll(() => folder.remove());

test('what was recorded is played with the numbers of cameras around the one that was asked for', async () => {
  const wanted = ['--cameras', '3', '--seconds', '2', '--json', '@plan.json', '--report', '@page'];
  const ended = await simulate('--trace', '@clip.trace', ...wanted);
  expectDone(ended);
  const { settings, rows, trace } = JSON.parse(await readFile(path('plan.json'), 'utf8')) as Simulation;
  expect(trace).toMatchObject({ clip: 'clip', frames: 10, rateHz: 5 });
  expect(ended.stdout).toMatch(/2 virtual seconds of clip \(10 frames, 5 a second\)/);
  expect(settings).toMatchObject({ asked: 3, fps: 5, costScale: 1, mode: 'hybrid', budgetMs: 100 });
  expect(rows.map(({ cameras }) => cameras)).toEqual([1, 2, 3, 4, 8, 16, 32, 64, 125, 250, 500, 1000]);
  for (const { arrived, answered, dropped, cameras } of rows) {
    expect(arrived).toBe(cameras * 5 * 2);
    expect(answered + dropped).toBe(arrived);
  }
  // Half of the frames have a truth.
  expect(rows[0]?.accuracy).not.toBeNull();
  expect(ended.stdout).toMatch(/^→ +3 /m);
  expect(await readFile(path('page/index.html'), 'utf8')).toMatch(/With <strong>3 cameras<\/strong>[\s\S]*<svg/);
});

test('a machine that is a thousand times slower answers less', async () => {
  const few = ['--trace', '@clip.trace', '--cameras', '20', '--only', '--seconds', '4', '--json', '@scaled.json'];
  expectDone(await simulate(...few, '--cost-scale', '1000'));
  const { rows } = JSON.parse(await readFile(path('scaled.json'), 'utf8')) as Simulation;
  expect(rows.map(({ cameras }) => cameras)).toEqual([20]);
  expect(rows[0]?.answeredShare).toBeLessThan(0.9);
});

test('figures go to stdout where they are wanted there, and the table makes room for them', async () => {
  const ended = await simulate('--trace', '@clip.trace', '--cameras', '2', '--only', '--seconds', '1', '--json', '-');
  expect(JSON.parse(ended.stdout)).toMatchObject({ schema: 'weir.simulation/1', settings: { asked: 2 } });
  expect(ended.stderr).toMatch(/^→ +2 /m);
});

test('of a clip that is too long it is known that there was more', async () => {
  const wanted = { fps: 25, working: WORKING, progress: () => {}, stop: NEVER };
  for (const [most, frames, isCut] of [
    [49, 49, true],
    [50, 50, false],
  ] as const) {
    const taken = await framesOf(path('clip.mp4'), { ...wanted, most });
    expect(taken.seconds).toHaveLength(frames);
    expect(taken.isCut).toBe(isCut);
  }
});

const RECORDED = { footage: '@clip.mp4', record: '@x.trace' };
const USUAL = { fps: 5, costScale: 1, seconds: 4, seed: 1 };

describe('weir simulate refuses', () => {
  test.each<[string, string[], RegExp]>([
    ['no number of cameras', [], /it is not said how many cameras there are\n {2}→ give --cameras N/],
    ['more cameras than can be', ['--cameras', '1001'], /must be at most 1000/],
    ['a file of figures that is none', ['--json', '--cameras', '2'], /--json.*it takes a file, as --json plan\.json/],
    ['a scale of nothing', ['--cameras', '2', '--cost-scale', '0'], /must be a number above 0/],
  ])('%s', async (_what, args, message) => {
    expectRefusal(await simulate(...args), 2, message);
  });

  test.each<[string, Partial<SimulateOptions>, string, RegExp]>([
    ['a trace and footage', { trace: '@clip.trace', footage: '@clip.mp4' }, 'simulate-trace', /--trace and --footage/],
    [
      'more frames a second than were recorded',
      { trace: '@clip.trace', fps: 15 },
      'trace-too-slow',
      /clip\.trace has 5 frames a second and cannot be played at 15/,
    ],
    ['more than the clip has', { footage: '@clip.mp4', fps: 60 }, 'trace-too-slow', /clip has 25 .*played at 60/],
    ['figures without cameras', { ...RECORDED, json: '@x.json' }, 'simulate-cameras', /nothing for --json/],
    ['a page without cameras', { ...RECORDED, report: '@page' }, 'simulate-cameras', /nothing for --report/],
    ['truth of nothing', { truth: '@truth.json' }, 'simulate-truth', /--truth needs the clip/],
    ['a trace that is not there', { trace: '@none' }, 'trace-missing', /there is no trace file .*none/],
    ['what is no trace', { trace: '@truth.json' }, 'trace-invalid', /trace file .*truth\.json:[\s\S]*schema/],
    ['a clip that is not there', { footage: '@none.mp4' }, 'source-missing', /there is no file .*none\.mp4/],
    ['what is no clip', { footage: '@ladder.json' }, 'footage-failed', /it (has no video stream|is not a video)/],
    ['a mode that is not', { trace: '@clip.trace', mode: 'fixed:none' }, 'unknown-rung', /none/],
    ['no place to write to', { trace: '@clip.trace', json: '/proc/x/y' }, 'write-failed', /cannot write/],
    [
      'another ladder',
      { trace: '@clip.trace', ladder: 'imagenet-1k' },
      'trace-other-ladder',
      /with another ladder \(tiny\)/,
    ],
  ])('%s', async (_what, options, code, message) => {
    const cameras = options.record === undefined ? { cameras: 2 } : {};
    const placed = Object.entries({ ladder: tiny, ...cameras, ...options }).map(([key, value]) => [
      key,
      typeof value === 'string' ? value.replace('@', `${folder.path}/`) : value,
    ]);
    const refused = expect(simulateHere({ ...USUAL, ...Object.fromEntries(placed) }, NEVER)).rejects;
    await refused.toMatchObject({ code, message: expect.stringMatching(message) });
  });
});
