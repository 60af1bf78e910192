import { afterEach, expect, test } from 'vitest';
import { WeirClient, WeirRefusal } from '../../src/client/client.ts';
import { waitFor } from '../support/processes.ts';
import { numbered, type ScriptedSocket, scripted } from './scripted.ts';

let client: WeirClient;
afterEach(() => client.close());

async function begin(buffer = 3): Promise<{ socket: ScriptedSocket; reader: AsyncIterator<{ type: string }> }> {
  const { sockets, WebSocket } = scripted();
  client = new WeirClient({ url: 'ws://x', WebSocket, buffer });
  const reader = client[Symbol.asyncIterator]();
  await waitFor(() => sockets.length === 1, 'the connection');
  const socket = sockets[0] as ScriptedSocket;
  socket.accept('e', 0);
  expect((await reader.next()).value).toMatchObject({ type: 'hello' });
  return { socket, reader };
}

test('an iteration gives each message, and its place is that of the message it gave last', async () => {
  const { socket, reader } = await begin();
  const waiting = reader.next();
  socket.say(numbered(1), numbered(2), numbered(3));
  expect((await waiting).value).toMatchObject({ seq: 1 });
  expect(client.lastSince).toBe('e:1');
  expect((await reader.next()).value).toMatchObject({ seq: 2 });
  expect(client.lastSince).toBe('e:2');
});

test('a mark moves the place of who has read everything, and of no other', async () => {
  const { socket, reader } = await begin();
  socket.say({ type: 'mark', epoch: 'e', seq: 5 });
  expect(client.lastSince).toBe('e:5');
  socket.say(numbered(6), numbered(7), { type: 'mark', epoch: 'e', seq: 9 });
  expect(client.lastSince).toBe('e:5');
  await reader.next();
  expect(client.lastSince).toBe('e:6');
  await reader.next();
  expect(client.lastSince).toBe('e:9');
});

test('of what is not read in time the oldest is dropped, and told', async () => {
  const { socket, reader } = await begin(3);
  socket.say(...[1, 2, 4, 7, 8, 9].map((seq) => numbered(seq)));
  const gap = { type: 'gap', epoch: 'e', from: 1, to: 4, missed: 3, reason: 'slow' };
  expect((await reader.next()).value).toEqual(gap);
  expect(client.lastSince).toBe('e:4');
  for (const seq of [7, 8, 9]) expect((await reader.next()).value).toMatchObject({ seq });
});

test('a gap that is dropped is told in the wider one, and the newest greeting is kept', async () => {
  const { socket, reader } = await begin(1);
  socket.say({ type: 'gap', epoch: 'e', from: 1, to: 10, missed: 10, reason: 'expired' }, numbered(11));
  socket.accept('f', 20);
  socket.say(numbered(21, 'f'), numbered(22, 'f'));
  const values = [await reader.next(), await reader.next(), await reader.next()].map(({ value }) => value);
  expect(values).toMatchObject([
    { type: 'hello', epoch: 'f' },
    { type: 'gap', epoch: 'f', from: 1, to: 21, missed: 12 },
    { seq: 22 },
  ]);
});

test('a refusal is thrown, once, behind what came before it', async () => {
  const { socket, reader } = await begin();
  socket.say(numbered(1));
  socket.drop(1008, 'revoked');
  expect((await reader.next()).value).toMatchObject({ seq: 1 });
  await expect(reader.next()).rejects.toEqual(new WeirRefusal('revoked', 1008));
  expect(await reader.next()).toEqual({ done: true, value: undefined });
});

test('who leaves the loop has left the daemon', async () => {
  const { sockets, WebSocket } = scripted();
  client = new WeirClient({ url: 'ws://x', WebSocket });
  setTimeout(() => sockets[0]?.accept('e', 0));
  for await (const message of client) if (message.type === 'hello') break;
  expect(client.state.name).toBe('closed');
  expect(sockets[0]?.closedWith).toBe(1000);
});

test('closing ends an iteration that waits', async () => {
  const { reader } = await begin();
  const waiting = reader.next();
  client.close();
  expect((await waiting).done).toBe(true);
});
