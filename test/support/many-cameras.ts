import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import { type WebSocket, WebSocketServer } from 'ws';
import { loadWebFiles } from '../../src/server/web.ts';

const CLOCK = { state: 'floating', source: 'cpufreq' };
const NAMES = ['car', 'empty', 'person', 'van', 'a dog that is very far away and seen badly', 'bus'];

/** Serves the dashboard and plays a daemon of many cameras: no picture is decoded and no model run, so that only the page works. */
export async function serveManyCameras(count: number): Promise<{
  readonly address: string;
  /** Sends a label of each camera to whoever listens, another one than before. */
  readonly round: () => void;
  readonly close: () => void;
}> {
  const files = loadWebFiles();
  const jpeg = await sharp({ create: { width: 480, height: 270, channels: 3, background: '#345' } })
    .jpeg()
    .toBuffer();
  const ids = Array.from({ length: count }, (_, at) => `camera-${at}`);
  const status = { state: 'live', reason: '', degraded: [], questions: [{ id: 'default' }] };
  const cameras = ids.map((id) => ({ id, ...status }));

  const server = createServer(({ url = '/' }, response) => {
    const file = files.find(({ path }) => path === url);
    if (file !== undefined) return response.setHeader('Content-Type', file.type).end(file.content);
    if (url.includes('/snapshot.jpg')) return response.setHeader('Content-Type', 'image/jpeg').end(jpeg);
    if (url === '/api/cameras') return response.end(JSON.stringify({ clock: { ...CLOCK, reasons: [] }, cameras }));
    return response.writeHead(404).end('{}');
  });
  const sockets = new Set<WebSocket>();
  new WebSocketServer({ server, handleProtocols: () => 'weir.v1+json' }).on('connection', (socket) => {
    const say = (message: object) => socket.send(JSON.stringify(message));
    say({ type: 'hello', version: 1, epoch: 'e', first: 1, last: 0, cameras });
    socket.on('message', () => {
      say({ type: 'subscribed', cameras: 'all', every: 'frame', questions: null, since: null });
      sockets.add(socket);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  let seq = 0;
  let turn = 0;
  // A second of the cameras' time for each round, so that strips are soon as full as they become.
  let atMs = Date.now() - 200_000;
  const label = (camera: string, place: number) => {
    const name = NAMES[(turn + place) % NAMES.length];
    return JSON.stringify({
      type: 'label',
      epoch: 'e',
      seq: ++seq,
      emittedAtMs: atMs,
      ...{ camera, question: 'default', stream: 1, ptsSeconds: turn, arrivedAtMs: atMs, decidedAtMs: atMs },
      ...{ view: { kind: 'frame', box: [0, 0, 1, 1] }, label: name, classId: name, confidence: (turn % 100) / 100 },
      ...{ top: [], stable: { label: name, sinceMs: atMs }, changed: true },
      path: [{ rung: 'lite0', waitMs: 1, runMs: 5, confidence: 0.8 }],
      ...{ stop: 'accepted', budgetMs: 100, spentMs: turn % 130, operatingPoint: 'balanced', clock: CLOCK },
    });
  };
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    round: () => {
      turn++;
      atMs = Math.min(Date.now(), atMs + 1_000);
      const texts = ids.map(label);
      for (const socket of sockets) for (const text of texts) socket.send(text);
    },
    close: () => {
      for (const socket of sockets) socket.terminate();
      server.closeAllConnections();
      server.close();
    },
  };
}
