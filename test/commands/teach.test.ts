import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readHeads } from '../../src/heads/artifact.ts';
import { readLadder } from '../../src/infer/ladder.ts';
import { temporaryFolder } from '../support/clips.ts';
import { beginWeir, expectDone, expectRefusal } from '../support/commands.ts';
import { weir } from '../support/daemon.ts';
import { GATE_STATES, writeGateClip, writeTeachableLadder } from '../support/gate-clip.ts';
import { waitFor } from '../support/processes.ts';
import { writeStudyLadder, writeStudyPictures } from '../support/study.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const path = (name: string) => join(folder.path, name);
const NAMES = GATE_STATES.map(({ name }) => name);

beforeAll(async () => {
  folder = await temporaryFolder();
  await writeTeachableLadder(path('ladder'));
  await writeStudyLadder(path('plain'));
  await writeGateClip(path('gate'), 40);
  await writeGateClip(path('small'), 8, { side: 32 });
  await writeStudyPictures(path('photos'), { perClass: 12, classes: 3, folders: NAMES });
  await mkdir(path('one/open'), { recursive: true });
  await writeFile(
    path('broken.json'),
    JSON.stringify({ classes: { a: '' }, intervals: [{ from: 1, to: 0, label: 'b' }] }),
  );
}, 60_000);
afterAll(() => folder.remove());

const ladder = () => ['--ladder', path('ladder'), '--state-dir', path('state')];
const gate = () => ['--footage', `gate=${path('gate.mkv')}`, '--truth', path('gate.json')];
const teach = (...args: string[]) => weir(['teach', ...ladder(), ...args]);
const heads = async (name = 'state/heads/gate.json') =>
  await readHeads(path(name), await readLadder(path('ladder/ladder.json')));

describe('weir teach', () => {
  test('teaches a camera what its footage shows when, says what to expect, and writes its heads and a page', async () => {
    const ended = await teach(...gate(), '--to', '28', '--report', path('report'));
    expectDone(ended);
    expect(ended.stdout).toMatch(
      /default: What is with the gate\?\n {2}1\d\d labelled frames of \d+ moments: open \d+, closed \d+, car \d+/,
    );
    expect(ended.stdout).toMatch(/ top +[\d.]+ ms +\d+\.\d % +reference\n/);
    expect(ended.stdout).toMatch(/together: \d+\.\d % right .* in [\d.]+ times less time/);
    expect(ended.stdout).toContain(`${path('state/heads/gate.json')}: `);
    expect(ended.stdout).toContain('a camera "gate" that uses this state directory finds it there');
    const { camera, questions, picture, fitted } = await heads();
    expect(camera).toBe('gate');
    expect(questions.map(({ id, text }) => [id, text])).toEqual([['default', 'What is with the gate?']]);
    expect(questions[0]?.classes.map(({ name, meaning }) => [name, meaning])).toEqual(
      NAMES.map((name) => [name, `it is ${name}`]),
    );
    expect(picture).toEqual({ aspect: 'stretch', width: 64, height: 64 });
    // Of 28 s at 5 per second, what is unclear does not teach.
    expect(fitted.sources).toEqual({ gate: 0.9 * 28 * 5 });
    const page = await readFile(path('report/index.html'), 'utf8');
    for (const words of ['What is with the gate?', 'rung zero', 'Where frames end', 'out of fold'])
      expect(page).toContain(words);
  }, 60_000);

  test('gives the same heads again from what it keeps, and one JSON object for a program', async () => {
    const text = await readFile(path('state/heads/gate.json'), 'utf8');
    const ended = await teach(...gate(), '--to', '28', '--out', path('again.json'), '--json');
    expectDone(ended);
    expect(await readFile(path('again.json'), 'utf8')).toBe(text);
    const told = JSON.parse(ended.stdout);
    expect(told).toMatchObject({ out: path('again.json'), camera: 'gate', skipped: 0, questions: [{ id: 'default' }] });
    expect(told.questions[0].classes.map(({ name }: { name: string }) => name)).toEqual(NAMES);
    expect(told.rungs).toEqual(JSON.parse(text).rungs);
  }, 60_000);

  test('teaches from folders of own classes', async () => {
    const args = ['--dataset', path('photos'), '--name', 'yard', '--question', 'gate', '--no-zero', '--rungs', 'mid'];
    const ended = await teach(...args);
    expectDone(ended);
    const { questions, rungs, picture } = await heads('state/heads/yard.json');
    expect(picture).toEqual({ aspect: 'stretch', width: 24, height: 24, source: { width: 24, height: 24 } });
    expect(questions.map(({ id, classes }) => [id, classes.map(({ name, examples }) => [name, examples])])).toEqual([
      ['gate', [...NAMES].sort().map((name) => [name, 12])],
    ]);
    expect(['mid', 'top']).toEqual(expect.arrayContaining(rungs));
  }, 60_000);

  test('killed, goes on from what it has measured', async () => {
    const args = [
      'teach',
      ...ladder(),
      ...gate(),
      '--to',
      '16',
      '--cache',
      path('killed'),
      '--out',
      path('killed.json'),
    ];
    const running = beginWeir(args);
    const sizes = async () => {
      const names = await readdir(path('killed')).catch(() => []);
      const columns = names.filter((name) => name.endsWith('.column')).sort();
      return await Promise.all(columns.map(async (name) => (await stat(join(path('killed'), name))).size));
    };
    await waitFor(async () => (await sizes()).some((bytes) => bytes > 2000), 'some records');
    process.kill(running.pid, 'SIGKILL');
    await running.ended;
    const before = await sizes();
    expectDone(await weir(args));
    const after = await sizes();
    expect(after.length).toBe(5);
    expect(before.every((bytes, at) => bytes <= (after[at] ?? 0))).toBe(true);
  }, 60_000);

  test('told to stop, ends in order and says that it goes on from there', async () => {
    const running = beginWeir([
      'teach',
      ...ladder(),
      ...gate(),
      '--cache',
      path('stopped'),
      '--out',
      path('never.json'),
    ]);
    await running.until(/embeddings of every rung/);
    process.kill(running.pid, 'SIGTERM');
    const { code, stderr } = await running.ended;
    expect(code).toBe(1);
    expect(stderr).toContain(`stopped; what was measured is kept in ${path('stopped')}`);
    expect(await readdir(folder.path)).not.toContain('never.json');
  }, 60_000);

  test.each([
    ['nothing', ['--name', 'gate'], 2, /there is nothing to learn from/],
    ['footage without truth', ['--footage', 'gate=@gate.mkv'], 2, /1 --footage and 0 --truth are given/],
    ['no camera', ['--dataset', '@photos'], 2, /heads belong to a camera, and none is named/],
    ['a name that none can have', ['--dataset', '@photos', '--name', 'Gate 1'], 2, /"Gate 1" cannot be a camera’s id/],
    [
      'both kinds',
      ['--dataset', '@photos', '--footage', 'a=@gate.mkv', '--name', 'a'],
      2,
      /--dataset and --footage exclude each other/,
    ],
    [
      'a truth file with mistakes',
      ['--footage', 'a=@gate.mkv', '--truth', '@broken.json'],
      2,
      /from 1 is not before to 0\n.*"b" is none of the classes/s,
    ],
    [
      'a question that is not there',
      ['--footage', 'a=@gate.mkv', '--truth', '@gate.json', '--question', 'defualt'],
      2,
      /no question "defualt" in .*did you mean "default"/,
    ],
    [
      'cameras of different sizes',
      ['--footage', 'a=@gate.mkv', '--truth', '@gate.json', '--footage', 'b=@small.mkv', '--truth', '@small.json'],
      2,
      /different sizes: a 64x64, b 32x32/,
    ],
    ['one class', ['--dataset', '@one', '--name', 'a'], 2, /holds no images in folders by class/],
    [
      'a stretch of which nothing is known',
      ['--footage', 'a=@gate.mkv', '--truth', '@gate.json', '--from', '39.7', '--no-teacher'],
      2,
      /not one labelled picture/,
    ],
    [
      'a ladder that gives no embeddings',
      ['--dataset', '@photos', '--name', 'a', '--ladder', '@plain'],
      2,
      /nothing can be taught on any rung of this ladder/,
    ],
    [
      'a rung that is not there',
      ['--dataset', '@photos', '--name', 'a', '--rungs', 'mdi'],
      2,
      /no rung "mdi" \(did you mean "mid"\?\)/,
    ],
    [
      'a place that cannot be written',
      ['--dataset', '@photos', '--name', 'a', '--out', '/dev/null/a.json'],
      1,
      /cannot write \/dev\/null\/a\.json/,
    ],
  ])('refuses %s', async (_name, args, code, message) => {
    expectRefusal(await teach(...args.map((arg) => arg.replace('@', `${folder.path}/`))), code, message);
  });
});
