import { expect, test } from 'vitest';
import { teachInThread } from '../../src/teaching/teach-thread.ts';
import { inRuns, madeUpCamera, relabelled } from '../support/taught.ts';

const input = () => madeUpCamera({ labels: inRuns(2, 8, 10), clarity: { low: 0.5, top: 2 } });
const quiet = () => {};

test('what is wrong with the examples is told through the thread as it was said: wrong usage stays that', async () => {
  const one = relabelled(
    input(),
    inRuns(2, 8, 10).map(() => 0),
  );
  await expect(teachInThread(one, quiet)).rejects.toMatchObject({
    code: 'teach-few-classes',
    exitCode: 2,
    message: expect.stringContaining('"things-0" 80'),
    remedy: expect.stringContaining('two classes'),
  });
});

test('a thread that is told to stop ends with the reason', async () => {
  const stop = new AbortController();
  const reason = new Error('enough');
  const teaching = teachInThread(input(), () => stop.abort(reason), stop.signal);
  await expect(teaching).rejects.toBe(reason);
  await expect(teachInThread(input(), quiet, stop.signal)).rejects.toBe(reason);
});

test('a thread that dies says so', async () => {
  const broken = { ...input(), embeddings: [] };
  await expect(teachInThread(broken, quiet)).rejects.toMatchObject({ code: 'teach-crashed', exitCode: 1 });
});
