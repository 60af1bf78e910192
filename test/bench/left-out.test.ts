import { expect, test } from 'vitest';
import { eachClip, leftOutRows } from '../../bench/left-out.ts';
import { WeirError } from '../../src/errors.ts';

const CLIPS = [{ name: 'good.mp4' }, { name: 'bad.mp4' }, { name: 'fine.mp4' }];
const fails =
  (code: string) =>
  async ({ name }: { name: string }) => {
    if (name === 'bad.mp4') throw new WeirError(code, 'it is not a video', { remedy: 'look at it' });
    return name.length;
  };

test.each(['footage-failed', 'truth-invalid', 'bench-clip', 'teach-few-classes'])(
  'a clip that fails with %s costs only its own figures, and has a row that says why',
  async (code) => {
    const { results, leftOut, errors } = await eachClip(CLIPS, 'weir', fails(code));
    expect(results).toEqual([8, 8]);
    expect(errors).toMatchObject([{ code }]);
    expect(leftOutRows(leftOut)).toEqual([
      { case: 'bad.mp4', variant: 'weir', figure: 'leftOut', value: 1, unit: '', n: 0, reason: 'it is not a video' },
    ]);
  },
);

test.each(['inference-failed', 'cache-failed', 'teach-crashed'])(
  'what is no clip’s fault (%s) is not passed over',
  async (code) => {
    await expect(eachClip(CLIPS, 'weir', fails(code))).rejects.toMatchObject({ code });
  },
);
