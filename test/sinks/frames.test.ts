import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { waitFor } from '../support/processes.ts';
import { Served } from './served.ts';

let served: Served;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await served.close();
});

/** A connection that speaks in frames. */
async function raw(): Promise<{ socket: Socket; heard: () => Buffer; isGone: () => boolean }> {
  const socket = connect(served.port, '127.0.0.1');
  sockets.push(socket);
  const chunks: Buffer[] = [];
  let isGone = false;
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.on('error', () => {});
  socket.on('close', () => {
    isGone = true;
  });
  await once(socket, 'connect');
  socket.write(
    `GET /v1/labels HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\nSec-WebSocket-Protocol: weir.v1+json\r\n\r\n`,
  );
  const heard = () => Buffer.concat(chunks);
  await waitFor(() => heard().includes('"hello"'), 'the greeting');
  return { socket, heard, isGone: () => isGone };
}

/** A masked frame of less than 126 bytes; the mask is zero. */
function frame(first: number, text: string): Buffer {
  return Buffer.concat([Buffer.from([first, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]);
}

function fragments(text: string, count: number): Buffer {
  const size = Math.ceil(text.length / count);
  const parts = Array.from({ length: count }, (_, index) => text.slice(index * size, (index + 1) * size));
  return Buffer.concat(
    parts.map((part, index) => frame((index === count - 1 ? 0x80 : 0) | (index === 0 ? 1 : 0), part)),
  );
}

const SUBSCRIBE = '{"type":"subscribe","cameras":"all","every":"frame"}';
const codeOf = (heard: Buffer) => heard.readUInt16BE(heard.lastIndexOf(Buffer.from([0x88])) + 2);

test('a message may come in many fragments, and not in any number of them', async () => {
  served = await new Served().listen();
  const { socket, heard, isGone } = await raw();
  socket.write(fragments(SUBSCRIBE, SUBSCRIBE.length));
  await waitFor(() => heard().includes('"subscribed"'), 'the subscription');
  socket.write(fragments(SUBSCRIBE.padEnd(400), 400));
  await waitFor(isGone, 'the close');
  expect(codeOf(heard())).toBe(1008);
});

test('a message of 16 KiB is read, a longer one closes with 1009', async () => {
  served = await new Served().listen();
  const client = served.client();
  await client.until('hello');
  client.socket.send(SUBSCRIBE.padEnd(16 * 1024));
  await client.until('subscribed');
  client.socket.send(SUBSCRIBE.padEnd(16 * 1024 + 1));
  expect(await client.untilClosed()).toMatchObject({ code: 1009 });
});

test('what nests deeply is not parsed', async () => {
  served = await new Served().listen();
  const client = served.client();
  await client.until('hello');
  client.socket.send('['.repeat(9));
  client.socket.send(`{"type":"subscribe","cameras":"all","every":"frame","x":${'['.repeat(7)}${']'.repeat(7)}}`);
  await client.until('subscribed');
  expect(client.of('error')).toMatchObject([{ message: 'nested deeper than 8 levels' }]);
});

test('who misses two pings is cut off, who answers stays', async () => {
  served = await new Served({ pingEveryMs: 60 }).listen();
  const silent = served.client({ autoPong: false });
  const lively = served.client();
  let pings = 0;
  silent.socket.on('ping', () => pings++);
  expect(await silent.untilClosed()).toMatchObject({ code: 1006 });
  expect(pings).toBe(2);
  await lively.subscribe();
  expect(lively.closed).toBeNull();
});

test('an end that vanished without a word is let go', async () => {
  served = await new Served({ pingEveryMs: 60 }).listen();
  await raw(); // answers no ping: as if its cable had been cut
  expect(served.sink.subscribers).toBe(1);
  await waitFor(() => served.sink.subscribers === 0, 'the end');
});

test('labels are compressed for who offers it, where the configuration says so', async () => {
  served = await new Served({ deflate: true }).listen();
  const [packed, plain] = [served.client({ deflate: true }), served.client()];
  const received = ({ socket }: typeof packed) => (socket as unknown as { _socket: Socket })._socket.bytesRead;
  await packed.subscribe();
  await plain.subscribe();
  const before = [received(packed), received(plain)];
  for (let n = 0; n < 50; n++) served.say('gate', `${n} ${'words of a reason '.repeat(100)}`);
  await packed.until('camera', 50);
  await plain.until('camera', 50);
  expect(packed.messages.at(-1)).toEqual(plain.messages.at(-1));
  expect(packed.of('camera').map(({ seq }) => seq)).toEqual(plain.of('camera').map(({ seq }) => seq));
  expect(received(packed) - (before[0] ?? 0)).toBeLessThan((received(plain) - (before[1] ?? 0)) / 5);
});

test('nothing is compressed unless it says so', async () => {
  served = await new Served().listen();
  const client = served.client({ deflate: true });
  await client.until('hello');
  expect(client.socket.extensions).toBe('');
});

test('hundreds of subscribers get the same, and one more than allowed is closed with 1013', async () => {
  const count = 300;
  served = await new Served({ maxSubscribers: count }).listen();
  const clients = Array.from({ length: count }, () => served.client());
  await Promise.all(clients.map((client) => client.subscribe()));
  for (let n = 0; n < 5; n++) served.say('gate', '×'.repeat(n * 100)); // frames of every length field
  await Promise.all(clients.map((client) => client.until('camera', 5)));
  expect(new Set(clients.map((client) => JSON.stringify(client.of('camera')))).size).toBe(1);
  expect(await served.client().untilClosed()).toMatchObject({ code: 1013 });
});
