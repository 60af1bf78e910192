import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { readLadder } from '../src/infer/ladder.ts';
import { InferencePool } from '../src/infer/pool.ts';
import { SYSTEM_CLOCK } from '../src/service/clock.ts';
import { temporaryFolder } from './support/clips.ts';
import { colourModel, writeLadder } from './support/ladders.ts';

const SESSION = { executionProviders: ['cpu'], allowFallback: false, threadsPerSlot: 1 };

let pool: InferencePool | undefined;
afterEach(() => pool?.stop());

/** How many threads of this process yield to all others. */
function yielding(): number {
  return readdirSync('/proc/self/task').filter((thread) => {
    const stat = readFileSync(`/proc/self/task/${thread}/stat`, 'utf8');
    return Number(stat.replace(/^.*\) /s, '').split(' ')[16]) > 10; // the 19th field: its nice value
  }).length;
}

test.each([
  [true, 2],
  [false, 0],
])('threads of a pool in the background (%s) yield to all others', async (isBackground, expected) => {
  const folder = await temporaryFolder();
  const ladder = await readLadder(await writeLadder(folder.path, [{ id: 'a', model: colourModel(1) }]));
  const before = yielding();
  const { rungs } = ladder;
  pool = await InferencePool.start({
    rungs,
    classes: 3,
    slots: 2,
    settings: SESSION,
    clock: SYSTEM_CLOCK,
    isBackground,
  });
  expect(yielding() - before).toBe(expected);
  await folder.remove();
});
