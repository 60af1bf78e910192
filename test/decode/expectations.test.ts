import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { unknownCameras } from '../../src/service/known.ts';
import { makeNumberedClip, temporaryFolder } from '../support/clips.ts';
import { bundledFfmpeg, record } from '../support/decoding.ts';
import { waitFor } from '../support/processes.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const clip = () => join(folder.path, 'clip.mp4');
beforeAll(async () => {
  folder = await temporaryFolder();
  await makeNumberedClip(clip(), 25, 25);
});
afterAll(() => folder.remove());

test('a decoder that connects, fails and tries again says at every moment what it waits for', async () => {
  const sockets = new Set<Socket>();
  const silence = createServer((socket) => sockets.add(socket.on('error', () => {})));
  await new Promise<void>((resolve) => silence.listen(0, '127.0.0.1', resolve));
  const { port } = silence.address() as { port: number };
  const settings = { source: `rtsp://127.0.0.1:${port}/x`, connectTimeoutMs: 600 };
  const { decoder, until } = record(await bundledFfmpeg(), settings);
  const seen = new Set<string>();
  const watch = setInterval(() => seen.add(decoder.expectation?.what ?? 'nothing'), 2);
  const running = decoder.start();
  await waitFor(() => decoder.expectation?.what === 'its first frame', 'the connection');
  expect(decoder.expectation?.limitMs).toBe(600);
  await until((states) => states.filter(({ state }) => state === 'failed').length === 2);
  await waitFor(() => decoder.expectation?.what === 'its next try', 'the pause');
  clearInterval(watch);
  await decoder.stop();
  await running;
  expect(decoder.expectation).toBeNull();
  expect(seen).not.toContain('nothing');
  for (const socket of sockets) socket.destroy();
  silence.close();
});

test('a live source is never overdue nor forgotten, also from one round of a clip to the next', async () => {
  const settings = { source: clip(), loop: true, pace: 'source' as const, fps: 'all' as const };
  const { decoder, until } = record(await bundledFfmpeg(), settings);
  const troubles: string[] = [];
  const running = decoder.start();
  await until((states) => states.some(({ state }) => state === 'live'));
  const watch = setInterval(() => {
    const { expectation } = decoder;
    const expectations = expectation === null ? [] : [expectation];
    troubles.push(...unknownCameras([{ camera: 'test', state: 'live', expectations }], performance.now()));
  }, 2);
  await waitFor(() => decoder.streams >= 3, 'the third round');
  clearInterval(watch);
  await decoder.stop();
  await running;
  expect(troubles).toEqual([]);
});

test('a frame that is held is not the source’s to answer for, and what has ended waits for nothing', async () => {
  let letGo = () => {};
  const { decoder, states } = record(await bundledFfmpeg(), { source: clip() }, (frame) => {
    return new Promise<void>((resolve) => {
      letGo = () => {
        frame.release();
        resolve();
      };
    });
  });
  const running = decoder.start();
  await waitFor(() => states.at(-1)?.state === 'live', 'the first frame');
  expect(decoder.expectation).toBeNull();
  const letting = setInterval(() => letGo(), 1);
  await running;
  clearInterval(letting);
  expect(states.at(-1)?.state).toBe('ended');
  expect(decoder.expectation).toBeNull();
});

test('a decoder counts its streams on from those before it', async () => {
  const streams: number[] = [];
  const { decoder } = record(
    await bundledFfmpeg(),
    { source: clip() },
    (frame) => {
      streams.push(frame.stream);
      frame.release();
      return undefined;
    },
    undefined,
    4,
  );
  await decoder.start();
  expect(new Set(streams)).toEqual(new Set([5]));
  expect(decoder.streams).toBe(5);
});
