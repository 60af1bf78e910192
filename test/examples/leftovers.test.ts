import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Leftovers } from '../../src/examples/leftovers.ts';
import { ExampleStore } from '../../src/examples/store.ts';
import { temporaryFolder } from '../support/clips.ts';
import { example, grey, LIMITS } from './support.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

test('what is left is not opened again before the oldest of it is too old', async () => {
  let nowMs = 1_000_000;
  const gate = join(folder.path, 'gate');
  const store = await ExampleStore.open({ folder: gate, limits: LIMITS, nowMs: () => nowMs, onNotice: () => {} });
  for (const afterMs of [0, 5_000]) {
    const made = { ...example({ id: 'x' }), takenAtMs: nowMs + afterMs };
    await store.add({ example: made, file: Buffer.alloc(9), thumbnail: grey(afterMs / 100) });
  }
  await store.close();
  const leftovers = new Leftovers({ folder: folder.path, nowMs: () => nowMs });
  const rules = { kept: new Set<string>(), limitsOf: () => LIMITS };
  await leftovers.sweep(rules, () => {});
  await writeFile(join(gate, 'zzz.webp'), ''); // opening takes away what belongs to no example
  nowMs += LIMITS.maxAgeMs;
  await leftovers.sweepDue(rules);
  expect(await readdir(gate)).toContain('zzz.webp');
  nowMs += 1;
  await leftovers.sweepDue(rules);
  expect(await readdir(gate)).toHaveLength(2);
  await writeFile(join(gate, 'zzz.webp'), '');
  await leftovers.sweep(rules, () => {}); // also where the limits may be others
  expect(await readdir(gate)).not.toContain('zzz.webp');
});
