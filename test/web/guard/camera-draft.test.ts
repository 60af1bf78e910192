import { expect, test } from 'vitest';
import { changeProblem, changeRequest, draftOf } from '../../../src/web/guard/camera-draft.ts';

const before = draftOf({ id: 'gate', source: 'rtsp://***@10.0.0.5/one', fps: 5, budgetMs: 100 });

test('a form shows a source without its user, and sends only what was changed', () => {
  expect(before).toMatchObject({
    source: 'rtsp://10.0.0.5/one',
    username: '',
    password: '',
    fps: '5',
    budgetMs: '100',
  });
  expect(changeRequest(before, before)).toEqual({});
  expect(changeRequest(before, { ...before, password: 'x' })).toEqual({ password: 'x' });
  expect(changeRequest(before, { ...before, source: 'rtsp://10.0.0.5/two', fps: '2', budgetMs: '' })).toEqual({
    source: 'rtsp://10.0.0.5/two',
    fps: 2,
    budgetMs: 'none',
  });
});

test('what a secret was blotted out with is no part of a new source', () => {
  const hidden = draftOf({ id: 'gate', source: 'http://10.0.0.5/?token=***' });
  expect(changeProblem(hidden, { ...hidden, password: 'x' })).toBeNull();
  expect(changeProblem(hidden, { ...hidden, source: `${hidden.source}&hd=1` })?.message).toContain('not shown');
});

test('frames per second that are told as a word stay as they are', () => {
  const all = draftOf({ id: 'gate', source: 'rtsp://10.0.0.5/one', fps: 'all' as unknown as number });
  expect(changeProblem(all, all)).toBeNull();
  expect(changeProblem(all, { ...all, fps: 'many' })?.message).toContain('many');
});
