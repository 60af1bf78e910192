import { describe, expect, test } from 'vitest';
import { fitWithReport } from '../../src/premodel/fit-report.ts';
import { fitInThread } from '../../src/premodel/fit-thread.ts';
import { logitsSaying, syntheticInput } from '../support/premodels.ts';

const input = syntheticInput({}, 120);
const quiet = () => {};

describe('fitInThread', () => {
  test('gives what fitting in this thread gives, and tells the same stages in the same order', async () => {
    const untimed = ({ rivals, ...rest }: Awaited<ReturnType<typeof fitInThread>>) => ({
      ...rest,
      rivals: rivals.map((rival) => ({ ...rival, predictMs: 0 })),
    });
    const here: string[] = [];
    const there: string[] = [];
    const expected = fitWithReport(input, (...step) => here.push(step.join()));
    const fitted = await fitInThread(input, (...step) => there.push(step.join()));
    expect(untimed(fitted)).toEqual(untimed(expected));
    expect(there).toEqual(here);
  });

  test('says what is hopeless as such', async () => {
    const logits = input.logits.map(() => logitsSaying(input.truth));
    await expect(fitInThread({ ...input, logits }, quiet)).rejects.toMatchObject({
      name: 'WeirError',
      code: 'train-hopeless',
      remedy: expect.stringContaining('--mode fixed:'),
    });
  });

  test('says what to do where memory runs out', async () => {
    const keys = Array.from({ length: 1_000_000 }, (_, i) => `key ${i}`);
    const fitting = fitInThread({ ...input, keys }, quiet, undefined, { maxOldGenerationSizeMb: 16 });
    await expect(fitting).rejects.toMatchObject({
      name: 'WeirError',
      code: 'fit-crashed',
      message: expect.stringContaining('the fitting thread died: '),
      remedy: expect.stringContaining('--max-old-space-size'),
    });
  });

  test('ends when it is stopped, with the reason', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const stages: string[] = [];
    const fitting = fitInThread(
      syntheticInput({}, 1500),
      (stage) => {
        stages.push(stage);
        stop.abort(reason);
      },
      stop.signal,
    );
    await expect(fitting).rejects.toBe(reason);
    expect(stages).not.toContain('comparing premodels');
  });

  test('does not begin when it is stopped already', async () => {
    const reason = new Error('never');
    await expect(fitInThread(input, quiet, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
