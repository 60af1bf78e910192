import { afterEach, beforeEach, expect, test } from 'vitest';
import { attempts } from '../../bench/fuzz-attempts.ts';
import { fuzz } from '../../bench/fuzz-run.ts';
import { FuzzTarget } from '../../bench/fuzz-target.ts';
import { waitFor } from '../support/processes.ts';
import fc from '../support/property.ts';

const TRIES = 600;
const LIMIT_MS = 5_000;

let target: FuzzTarget;
beforeEach(async () => {
  target = new FuzzTarget();
  await target.open();
});
afterEach(() => target.close());

test('whatever strangers send, nothing breaks, and who does nothing wrong gets every message', async () => {
  const end = performance.now() + LIMIT_MS;
  const counts = await fuzz(target.port, 9, (tries) => tries >= TRIES || performance.now() > end);
  // biome-ignore lint/suspicious/noConsole: what was tried is to be seen
  console.info(JSON.stringify(counts));
  expect(await target.missing()).toEqual([]);
  await waitFor(() => target.subscribers === 1, 'the strangers to be let go');
  // It tried what it is to try: all of these were met.
  expect(Object.keys(counts.ends)).toEqual(expect.arrayContaining(['1002', '1008', '1009', 'open', 'http 400']));
  expect(Object.keys(counts.answers)).toEqual(
    expect.arrayContaining(['hello', 'subscribed', 'camera', 'error bad-message']),
  );
}, 30_000);

test('the same seed tries the same', () => {
  const sample = () => fc.sample(attempts, { seed: 4, numRuns: 20 });
  expect(sample()).toEqual(sample());
});
