import { join } from 'node:path';
import { expect, test } from 'vitest';
import { factsIn, probeFile } from '../../src/decode/probe.ts';
import { makeNumberedClip, NUMBERED_SIZE, temporaryFolder } from '../support/clips.ts';
import { ROOT } from '../support/daemon.ts';
import { BUNDLED_FFMPEG, describeWith, SYSTEM_FFMPEG } from '../support/parts.ts';

const SAID = `Input #0, mov,mp4,m4a,3gp,3g2,mj2, from 'file:a.mp4':
  Duration: 00:01:15.09, start: 1.400000, bitrate: 230 kb/s
  Stream #0:0(und): Audio: aac (LC) (mp4a / 0x6134706D), 48000 Hz, stereo
  Stream #0:1[0x1](und): Video: h264 (High) (avc1 / 0x31637661), yuv420p(tv, bt709), 640x360 [SAR 1:1 DAR 16:9], 229 kb/s
At least one output file must be specified`;

test.each([
  ['says all', SAID, { durationSeconds: 75.09, startSeconds: 1.4, picture: { width: 640, height: 360 } }],
  [
    'has no end',
    SAID.replace('00:01:15.09, start: 1.400000', 'N/A'),
    { durationSeconds: null, startSeconds: null, picture: { width: 640, height: 360 } },
  ],
  ['is none', 'a.json: Invalid data found', { durationSeconds: null, startSeconds: null, picture: null }],
])('what ffmpeg prints of a file that %s', (_name, text, facts) => {
  expect(factsIn(text)).toEqual(facts);
});

async function probes(ffmpeg: string): Promise<void> {
  const folder = await temporaryFolder();
  try {
    const clip = join(folder.path, 'a.mkv');
    await makeNumberedClip(clip, 30, 10);
    expect(await probeFile({ path: ffmpeg }, clip)).toEqual({
      durationSeconds: 3,
      startSeconds: 0,
      picture: NUMBERED_SIZE,
    });
    expect((await probeFile({ path: ffmpeg }, join(ROOT, 'package.json'))).picture).toBe(null);
  } finally {
    await folder.remove();
  }
}

test('the bundled ffmpeg tells it', () => probes(BUNDLED_FFMPEG));
describeWith([SYSTEM_FFMPEG], 'a system ffmpeg', () => {
  test('tells it', () => probes('/usr/bin/ffmpeg'));
});
