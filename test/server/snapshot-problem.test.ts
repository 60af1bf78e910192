import { expect, test } from 'vitest';
import { noPicture } from '../../src/server/snapshot-problem.ts';
import type { CameraState } from '../../src/types.ts';

test.each<[CameraState, string, RegExp, RegExp]>([
  ['paused', 'it is paused', /^camera gate is paused/, /POST \/api\/cameras\/gate\/resume/],
  ['ended', 'the source has ended', /^camera gate has ended: the source has ended$/, /loop: true/],
  ['failed', 'wrong password', /^camera gate has failed: wrong password$/, /mend/],
  ['stalled', 'no frame for 5 s', /gives no frames at present: no frame for 5 s$/, /try again/],
  ['connecting', '', /is being connected to, and no frame of it has come yet$/, /try again/],
  ['live', '', /^camera gate is live, and no frame/, /try again/],
])('without a picture of a camera that is %s, that is said, and what to do', (state, reason, message, remedy) => {
  const told = noPicture({ id: 'gate', state, reason });
  expect(told.code).toBe('no-picture');
  expect(told.message).toMatch(message);
  expect(told.remedy).toMatch(remedy);
});
