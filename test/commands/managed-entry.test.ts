import { expect, test } from 'vitest';
import { changedEntry, checkedEntry } from '../../src/commands/managed-entry.ts';

const before = checkedEntry({ id: 'gate', source: 'rtsp://10.0.0.5/one', username: 'viewer', password: 'p@ss/w#rd?1' });
const sourceAfter = (patch: object) => changedEntry(before, patch).entry.source;
const SECRET = 'p%40ss%2Fw%23rd%3F1';

test.each([
  ['another password leaves source and user', { password: 'b:c' }, 'rtsp://viewer:b%3Ac@10.0.0.5/one'],
  ['another user leaves the password', { username: 'admin' }, `rtsp://admin:${SECRET}@10.0.0.5/one`],
  ['another path leaves both', { source: 'rtsp://10.0.0.5/two' }, `rtsp://viewer:${SECRET}@10.0.0.5/two`],
  ['no password follows to another host', { source: 'rtsp://10.0.0.6/one' }, 'rtsp://10.0.0.6/one'],
  ['nor to another port', { source: 'rtsp://10.0.0.5:554/one' }, 'rtsp://10.0.0.5:554/one'],
  ['nor without encryption', { source: 'http://10.0.0.5/one' }, 'http://10.0.0.5/one'],
  ['a source may name its own', { source: 'rtsp://a:b@10.0.0.5/one' }, 'rtsp://a:b@10.0.0.5/one'],
  ['both are taken away', { username: null }, 'rtsp://10.0.0.5/one'],
  ['nothing of it is touched', { fps: 3 }, `rtsp://viewer:${SECRET}@10.0.0.5/one`],
])('of who opens a source: %s', (_, patch, source) => {
  expect(sourceAfter(patch)).toBe(source);
});

test('a password with an @ as it is stays whole where another path is given', () => {
  const unwritten = checkedEntry({ id: 'gate', source: 'rtsp://viewer:p@ss@10.0.0.5/one' });
  expect(changedEntry(unwritten, { source: 'rtsp://10.0.0.5/two' }).entry.source).toBe(
    'rtsp://viewer:p%40ss@10.0.0.5/two',
  );
});

test('a password for another host needs its user', () => {
  expect(() => sourceAfter({ source: 'rtsp://10.0.0.6/one', password: 'x' })).toThrow('password: needs a username');
});
