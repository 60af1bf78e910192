import { expect, test } from 'vitest';
import { apiEntry } from '../../src/config/api-camera.ts';

const problemsOf = (source: string) => {
  const checked = apiEntry({ id: 'gate', source });
  return Array.isArray(checked) ? checked.map(({ path, message }) => `${path.join('.')}: ${message}`) : [];
};

test.each([
  '/home/weir/.gnupg/key.asc',
  'file:///home/weir/.gnupg/key.asc',
  'FILE:///home/weir/notes.nfo',
  '/etc/passwd',
  '/srv/clips.mp4/key',
  '/srv/key.asc%00.mp4',
  'file:///srv/key.asc%00.mp4',
  '/srv/picture.png',
  '/srv/list.m3u8',
  '/dev/video0/../../etc/passwd',
  '/dev/sda',
])('%s is no source over the API, and it is said what to do', (source) => {
  expect(problemsOf(source)).toEqual([
    expect.stringMatching(/^source: .*\(mp4, .*rename it, or add the camera in the conf/),
  ]);
});

test.each([
  'concat:/srv/a.mp4|/etc/passwd',
  'subfile,,start,0,end,9,,:/etc/passwd.mp4',
  'async:file:///srv/a.mp4',
  'cache:///srv/a.mp4',
  'crypto+file:///srv/a.mp4',
  'lavfi://testsrc.mp4',
  'ftp://here/a.mp4',
  'clips/a.mp4',
])('%s is a protocol, or a path, that the API does not take', (source) => {
  expect(problemsOf(source)).toEqual([
    expect.stringMatching(/^source: (Weir does not read|must be a URL, or a path from)/),
  ]);
});

test.each([
  '/srv/clips/gate.mp4',
  '/srv/clips/Gate.MKV',
  'file:///srv/clips/gate%20two.ts',
  '/dev/video0',
  'rtsp://gate.lan/live',
  'https://gate.lan/picture.jpg',
])('%s is', (source) => {
  expect(problemsOf(source)).toEqual([]);
});

test('a source whose path would be taken for its host, with a user in front, is refused as it will be when it is read again', () => {
  const checked = apiEntry({ id: 'gate', source: 'rtsp://h/x@main', username: 'u', password: 'hunter22' });
  expect(checked).toEqual([{ path: ['source'], message: expect.stringContaining('%40') }]);
  expect(JSON.stringify(checked)).not.toContain('hunter22');
});
