import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ExampleKeeper } from '../../src/examples/keeper.ts';
import { temporaryFolder } from '../support/clips.ts';
import { example, grey, LIMITS } from './support.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let nowMs: number;
let notices: string[];
let failures: string[];
let keeper: ExampleKeeper;
beforeEach(async () => {
  folder = await temporaryFolder();
  nowMs = 1_000_000;
  notices = [];
  failures = [];
  keeper = fresh();
});
const fresh = () =>
  new ExampleKeeper({
    folder: folder.path,
    usualLimits: { ...LIMITS, maxAgeMs: 5_000 },
    working: { aspect: 'stretch', width: 8, height: 8 },
    clock: { monotonicMs: () => nowMs, unixMs: () => nowMs },
    random: () => 0,
    onNotice: (camera, text) => notices.push(`${camera}: ${text}`),
    onFailure: (camera, reason) => failures.push(`${camera}: ${reason}`),
  });
afterEach(async () => {
  await keeper.stop();
  await folder.remove();
});

const camera = (id: string, isKept = true, limits = LIMITS) => ({ id, isKept, limits });
async function keepOne(id: string): Promise<void> {
  const picture = { example: { ...example({ id: 'x' }), takenAtMs: nowMs }, file: Buffer.alloc(9), thumbnail: grey(1) };
  await keeper.store(id).add(picture);
}

test('keeping begins, goes on and ends with the configuration', async () => {
  await keeper.apply([camera('gate'), camera('drive', false)]);
  await keepOne('gate');
  expect(keeper.taker('drive')).toBeNull();
  const { taker, store } = { taker: keeper.taker('gate'), store: keeper.store('gate') };
  await keeper.apply([camera('gate', true, { ...LIMITS, maxFrames: 2 }), camera('drive')]);
  expect(keeper.taker('gate')).toBe(taker);
  expect(store.limits.maxFrames).toBe(2);
  expect(keeper.taker('drive')).not.toBeNull();
  await keeper.apply([camera('gate', false)]);
  expect(keeper.taker('gate')).toBeNull();
  expect(() => keeper.store('gate')).toThrow(expect.objectContaining({ code: 'examples-off' }));
  expect(() => keeper.store('drive')).toThrow(expect.objectContaining({ code: 'camera-unknown' }));
  await keeper.apply([camera('gate')]);
  expect(keeper.store('gate').set.size).toBe(1);
});

test('what is left of a camera gets as old as any, is told, and then is gone', async () => {
  await keeper.apply([camera('gate'), camera('drive')]);
  await keepOne('gate');
  await keepOne('drive');
  await keeper.apply([camera('gate', false)]);
  expect(notices).toEqual([
    expect.stringMatching(/^drive: 1 pictures of camera drive from before are left/),
    expect.stringMatching(/^gate: 1 pictures of camera gate from before are left/),
  ]);
  nowMs += 5_001; // the usual age of what nobody configures; gate's own is longer
  await keeper.apply([camera('gate', false)]);
  expect(await readdir(folder.path)).toEqual(['gate']);
  nowMs += LIMITS.maxAgeMs;
  await keeper.apply([camera('gate', false)]);
  expect(await readdir(folder.path)).toEqual([]);
});

test('what another daemon keeps in the same state directory is neither told nor touched, while that runs', async () => {
  await keeper.apply([camera('gate'), camera('drive')]);
  await keepOne('gate');
  await keeper.stop();
  // A process that runs and is not this one: its parent.
  const ticks = (await readFile(`/proc/${process.ppid}/stat`, 'utf8')).replace(/^.*\) /s, '').split(' ')[19];
  const owner = join(folder.path, 'gate', 'owner');
  await writeFile(owner, `${process.ppid} ${ticks}`);
  const another = fresh();
  nowMs += 5_001;
  await another.apply([]);
  expect(notices).toEqual([]);
  await expect(another.use('gate', async () => 'opened')).rejects.toMatchObject({ code: 'camera-unknown' });
  expect((await readdir(join(folder.path, 'gate'))).length).toBe(3);
  await writeFile(owner, `${process.ppid} 1`); // of a process that is gone, whose number another got
  await another.apply([]);
  expect(await readdir(folder.path)).toEqual([]);
  await another.stop();
});

test('a camera whose examples cannot be read goes on without, and they are left alone', async () => {
  await mkdir(join(folder.path, 'gate'));
  await writeFile(join(folder.path, 'gate', 'index.jsonl'), '{"schema":"weir.examples/9"}\n');
  await keeper.apply([camera('gate')]);
  expect(failures).toEqual([expect.stringContaining('cannot be read')]);
  expect(keeper.taker('gate')).toBeNull();
  expect(() => keeper.store('gate')).toThrow(expect.objectContaining({ code: 'examples-broken' }));
  expect(await readdir(join(folder.path, 'gate'))).toEqual(['index.jsonl']);
});
