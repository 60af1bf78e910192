import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { watch } from '../../src/commands/watch.ts';
import { cameraLine, gapLine, helloLines } from '../../src/commands/watch-words.ts';

test('who connects is told what a camera suffers from already', () => {
  const cameras = [
    { id: 'gate', state: 'live' as const, reason: '', degraded: ['moved', 'too-slow'] },
    { id: 'yard', state: 'stalled' as const, reason: 'no frame', degraded: [] },
  ];
  expect(helloLines('ws://x', ['gate', 'yard', 'shed'], { cameras })).toEqual([
    'connected to ws://x: gate is live (degraded: moved, too-slow), yard is stalled (no frame)',
    'it has no camera shed; it has gate, yard',
  ]);
});

test('the end of a trouble is told as that', () => {
  const troubled = new Set<string>();
  const live = { camera: 'gate', state: 'live' as const, reason: '' };
  expect(cameraLine({ ...live, degraded: [] }, troubled)).toBe('camera gate is live');
  expect(cameraLine({ ...live, degraded: ['moved'] }, troubled)).toBe('camera gate is live (degraded: moved)');
  expect(cameraLine({ ...live, degraded: [] }, troubled)).toBe('camera gate is live (no longer degraded)');
  expect(cameraLine({ ...live, degraded: [] }, troubled)).toBe('camera gate is live');
});

test('a gap is told with what is missing and why', () => {
  const gap = { type: 'gap', epoch: 'e', from: 7, to: 9, missed: 1 } as const;
  expect(gapLine({ ...gap, reason: 'expired' })).toBe('missed 1 message, 7 to 9: they are no longer kept');
});

/** A daemon that does to each connection what the test says; with what it was offered. */
async function daemon(answer: (socket: WebSocket) => void): Promise<{ url: string; offered: string[] }> {
  const offered: string[] = [];
  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    handleProtocols: (protocols) => {
      offered.push(...protocols);
      return 'weir.v1+json';
    },
  });
  server.on('connection', answer);
  await once(server, 'listening');
  onTestFinished(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  return { url: `127.0.0.1:${(server.address() as AddressInfo).port}`, offered };
}

function listen(): () => string {
  const spy = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  onTestFinished(() => spy.mockRestore());
  return () => spy.mock.calls.map(([text]) => String(text)).join('');
}

const OUTPUT = { closed: new AbortController().signal, exitCode: 0 as const };

test('a token that does not hold ends it with what was wrong, and is not tried again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-watch-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'token'), 'weir_abc-1\n');
  listen();
  const { url, offered } = await daemon((socket) => socket.close(1008, 'the token has expired'));
  const options = { every: 'change', tokenFile: join(folder, 'token') } as const;
  await expect(watch(url, options, new AbortController().signal, OUTPUT)).rejects.toMatchObject({
    code: 'refused',
    message: `ws://${url}/v1/labels refuses: the token has expired`,
    exitCode: 1,
  });
  expect(offered).toEqual(['weir.v1+json', 'weir.token.weir_abc-1']);
  writeFileSync(join(folder, 'token'), 'two words');
  await expect(watch(url, options, new AbortController().signal, OUTPUT)).rejects.toMatchObject({
    code: 'token-file-invalid',
    exitCode: 2,
  });
});

test('at its end it says from where to go on', async () => {
  const said = listen();
  const stop = new AbortController();
  const { url } = await daemon((socket) => {
    socket.send(JSON.stringify({ type: 'hello', version: 1, epoch: 'e', first: 1, last: 3, cameras: [] }));
    socket.once('message', () => {
      socket.send(JSON.stringify({ type: 'subscribed' }));
      socket.send(JSON.stringify({ type: 'mark', epoch: 'e', seq: 12 }));
      socket.once('pong', () => stop.abort());
      socket.ping();
    });
  });
  expect(await watch(url, { every: 'change' }, stop.signal, OUTPUT)).toBe(0);
  expect(said()).toContain('to go on from here: --since e:12');
});
