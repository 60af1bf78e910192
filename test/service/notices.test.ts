import { expect, test } from 'vitest';
import { note } from '../../src/service/notices.ts';

test('equal notices are counted, in the place of the newest', () => {
  const notices: string[] = [];
  for (const text of ['the disk is full', 'it is written again', 'the disk is full', 'the disk']) note(notices, text);
  expect(notices).toEqual(['it is written again', 'the disk is full (2 times)', 'the disk']);
  note(notices, 'the disk is full');
  expect(notices).toEqual(['it is written again', 'the disk', 'the disk is full (3 times)']);
});

test('of notices that differ the newest hundred stay', () => {
  const notices: string[] = [];
  for (let count = 0; count < 250; count++) note(notices, `notice ${count}`);
  expect(notices).toHaveLength(100);
  expect([notices[0], notices.at(-1)]).toEqual(['notice 150', 'notice 249']);
});
