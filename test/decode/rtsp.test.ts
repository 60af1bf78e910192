import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Ffmpeg } from '../../src/decode/ffmpeg.ts';
import { makeNumberedClip, readNumber, temporaryFolder } from '../support/clips.ts';
import { Daemon, ROOT } from '../support/daemon.ts';
import { bundledFfmpeg, record, systemFfmpeg } from '../support/decoding.ts';
import { BUNDLED_FFMPEG, describeWith, RTSP_SERVER, SYSTEM_FFMPEG } from '../support/parts.ts';
import { ffmpegChildren, waitFor } from '../support/processes.ts';
import { rtspServers } from '../support/rtsp.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const serve = rtspServers();

beforeAll(async () => {
  folder = await temporaryFolder();
  await makeNumberedClip(join(folder.path, 'numbers.mp4'), 250, 25);
});
afterEach(() => expect(ffmpegChildren()).toEqual([]));
afterAll(() => folder.remove());

function overRtsp(find: () => Promise<Ffmpeg>): void {
  test.each(['tcp', 'udp'] as const)(
    'over %s, each frame carries the time of the source frame that it is',
    async (transport) => {
      const server = await serve(join(folder.path, 'numbers.mp4'));
      const frames: [number, number][] = [];
      const { decoder, until } = record(await find(), { source: server.url, transport, fps: 5 }, (frame) => {
        frames.push([readNumber(frame), frame.ptsSeconds]);
        frame.release();
        return undefined;
      });
      void decoder.start();
      await until((states) => states.some(({ state }) => state === 'live'));
      await waitFor(() => frames.length >= 15, '15 frames');
      await decoder.stop();
      const [firstNumber, firstPts] = frames[0] ?? [Number.NaN, Number.NaN];
      for (const [number, pts] of frames)
        expect(Math.abs(pts - firstPts - (number - firstNumber) / 25)).toBeLessThan(0.02);
      expect(firstNumber).toBeLessThan(10); // the first key frame was not thrown away
    },
  );
}

describeWith([RTSP_SERVER], 'the bundled ffmpeg', () => overRtsp(bundledFfmpeg));
describeWith([RTSP_SERVER, SYSTEM_FFMPEG], 'the system’s ffmpeg', () => overRtsp(systemFfmpeg));

describeWith([RTSP_SERVER], 'a camera over RTSP', () => {
  test('that is pulled away and comes back gives labels again, as a new stream', async () => {
    const clip = join(ROOT, 'fixtures/demo.mp4');
    const server = await serve(clip);
    const running = new Daemon(['--source', `gate=${server.url}`], { WEIR_FFMPEG: BUNDLED_FFMPEG });
    try {
      await running.subscribe();
      await running.untilLabels(3);
      await server.stop();
      await waitFor(() => running.states('gate').filter((state) => state === 'connecting').length >= 2, 'the next try');
      const before = running.labels.length;
      await serve(clip, { port: server.port });
      await running.untilLabels(before + 3);
      expect(ffmpegChildren(running.pid).length).toBe(1);
      const states = running.states('gate');
      const lost = states.indexOf('stalled');
      expect(states.slice(lost, lost + 2)).toEqual(['stalled', 'connecting']);
      expect(states.at(-1)).toBe('live');
      expect(running.labels.at(-1)?.stream).toBeGreaterThan(running.labels[0]?.stream ?? Infinity);
    } finally {
      const { code } = await running.stop();
      expect(code).toBe(0);
    }
  }, 60_000);
});
