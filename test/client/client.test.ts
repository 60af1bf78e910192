import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type ClientState, WeirClient, type WeirClientOptions } from '../../src/client/client.ts';
import { numbered, type ScriptedSocket, scripted } from './scripted.ts';

let sockets: ScriptedSocket[];
let client: WeirClient;
let states: ClientState[];
let seen: (number | string)[];

function connect(options: Partial<WeirClientOptions> = {}): void {
  const script = scripted();
  sockets = script.sockets;
  client = new WeirClient({ url: 'ws://x/v1/labels', WebSocket: script.WebSocket, ...options });
  states = [];
  seen = [];
  client.on('state', (state) => states.push(state));
  client.on('label', ({ seq }) => seen.push(seq));
  client.on('gap', ({ from, to }) => seen.push(`${from}-${to}`));
  client.connect();
}

/** The connection with this number, from 0, once it is there. */
async function socket(index: number): Promise<ScriptedSocket> {
  for (let round = 0; round < 100 && sockets[index] === undefined; round++) await vi.advanceTimersByTimeAsync(500);
  const found = sockets[index];
  if (found === undefined) throw new Error(`no connection ${index}`);
  return found;
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  client.close();
  vi.useRealTimers();
});

describe('a client that was cut off goes on', () => {
  test('behind the last message', async () => {
    connect();
    const first = await socket(0);
    first.accept('e', 4);
    first.say(numbered(5), numbered(6));
    first.drop();
    const second = await socket(1);
    second.accept('e', 9);
    expect(second.sent[0]).toMatchObject({ type: 'subscribe', cameras: 'all', every: 'change', since: 'e:6' });
  });

  test('behind a mark, or a gap: who hears nothing else misses nothing either', async () => {
    connect();
    (await socket(0)).accept('e', 4);
    sockets[0]?.say({ type: 'mark', epoch: 'e', seq: 40 });
    sockets[0]?.drop();
    (await socket(1)).accept('f', 60);
    expect(sockets[1]?.sent[0]).toMatchObject({ since: 'e:40' });
    sockets[1]?.say({ type: 'gap', epoch: 'f', from: 41, to: 55, missed: 15, reason: 'epoch' });
    sockets[1]?.drop();
    (await socket(2)).accept('f', 60);
    expect(sockets[2]?.sent[0]).toMatchObject({ since: 'f:55' });
  });

  test('from its first greeting on, if it was cut off before anything came', async () => {
    connect();
    (await socket(0)).say({ type: 'hello', version: 1, epoch: 'e', first: 1, last: 4, cameras: [] });
    expect(sockets[0]?.sent[0]).toMatchObject({ since: 'e:4' });
    sockets[0]?.drop();
    (await socket(1)).accept('e', 7);
    expect(sockets[1]?.sent[0]).toMatchObject({ since: 'e:4' });
  });

  test('from the place that it was given', async () => {
    connect({ since: 'd:3', cameras: ['gate'], every: 'frame', questions: ['door'] });
    (await socket(0)).accept('e', 4);
    expect(sockets[0]?.sent[0]).toEqual({
      type: 'subscribe',
      cameras: ['gate'],
      every: 'frame',
      questions: ['door'],
      since: 'd:3',
    });
  });

  test('from now, where its place is still to come', async () => {
    connect({ since: 'e:90' });
    (await socket(0)).accept('e', 4);
    sockets[0]?.say({ type: 'error', code: 'since-future', message: 'not yet' });
    expect(client.state.name).toBe('live');
    expect(client.lastSince).toBe('e:4');
  });

  test('and takes nothing from the connection before', async () => {
    connect();
    (await socket(0)).accept('e', 0);
    await vi.advanceTimersByTimeAsync(20_000); // silence: given up, though the socket was never closed
    (await socket(1)).accept('e', 1);
    sockets[0]?.say(numbered(1));
    sockets[1]?.say(numbered(1), numbered(2));
    expect(seen).toEqual([1, 2]);
  });
});

describe('state', () => {
  test('tells each step, with how long it waits and why', async () => {
    connect({ backoff: { firstMs: 1000 } });
    (await socket(0)).accept('e', 0);
    sockets[0]?.drop(1012, 'the daemon stops');
    await socket(1);
    expect(states.map(({ name }) => name)).toEqual(['connecting', 'live', 'waiting', 'connecting']);
    const waiting = states.find((state) => state.name === 'waiting');
    expect(waiting?.reason).toBe('the daemon stops');
    expect(waiting?.retryMs).toBeGreaterThanOrEqual(500);
    expect(waiting?.retryMs).toBeLessThanOrEqual(1000);
  });

  test.each([1000, 1006, 1012, 1013])(
    'a connection that ends with %i is tried again, later and later until it lives',
    async (code) => {
      connect({ backoff: { firstMs: 100, maxMs: 100_000 } });
      for (const index of [0, 1, 2, 3]) (await socket(index)).drop(code);
      const waits = () => states.flatMap((state) => (state.name === 'waiting' ? [state.retryMs] : []));
      expect(waits()[3]).toBeGreaterThanOrEqual(400);
      (await socket(4)).accept('e', 0);
      sockets[4]?.say({ type: 'mark', epoch: 'e', seq: 0 });
      sockets[4]?.drop(code);
      expect(waits()[4]).toBeLessThanOrEqual(100);
    },
  );

  test('1008 is final, and told', async () => {
    connect();
    (await socket(0)).drop(1008, 'the token has expired');
    expect(client.state).toMatchObject({ name: 'closed', reason: 'the token has expired', error: { code: 1008 } });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sockets.length).toBe(1);
  });

  test.each([401, 403])('so is an upgrade that was answered by %i', async (status) => {
    connect();
    (await socket(0)).emit('error', { message: `Unexpected server response: ${status}` });
    sockets[0]?.drop();
    expect(client.state.name).toBe('closed');
  });

  test('a subscription that is refused is final too', async () => {
    connect({ cameras: ['gate'] });
    (await socket(0)).say({ type: 'hello', version: 1, epoch: 'e', first: 1, last: 0, cameras: [] });
    sockets[0]?.say({ type: 'error', code: 'bad-message', message: 'cameras: too many' });
    expect(client.state).toMatchObject({ name: 'closed', reason: 'cameras: too many' });
    expect(sockets[0]?.closedWith).toBe(4000);
  });

  test('an address that the platform does not take is told, not thrown into the void', async () => {
    connect({
      WebSocket: class {
        constructor() {
          throw new SyntaxError('invalid URL');
        }
      } as never,
    });
    await vi.advanceTimersByTimeAsync(0);
    expect(client.state).toMatchObject({ name: 'closed', reason: 'invalid URL' });
  });

  test('a signal closes it, also while it waits', async () => {
    const stop = new AbortController();
    connect({ signal: stop.signal });
    (await socket(0)).drop();
    stop.abort();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(client.state).toMatchObject({ name: 'closed', error: null });
    expect(sockets.length).toBe(1);
  });
});

test('silence is death, and a mark is life', async () => {
  connect({ silenceMs: 10_000 });
  (await socket(0)).accept('e', 0);
  for (let round = 0; round < 10; round++) {
    await vi.advanceTimersByTimeAsync(9_000);
    sockets[0]?.say({ type: 'mark', epoch: 'e', seq: round });
  }
  expect(client.state.name).toBe('live');
  await vi.advanceTimersByTimeAsync(13_000);
  expect(states).toContainEqual({ name: 'waiting', reason: 'silent for 10 s', retryMs: expect.any(Number) });
});

test('a token travels as a subprotocol', async () => {
  connect({ token: 'abc' });
  expect((await socket(0)).protocols).toEqual(['weir.v1+json', 'weir.token.abc']);
});

test('a listener that fails keeps nothing from the others', async () => {
  const unhandled: unknown[] = [];
  const keep = (error: unknown) => unhandled.push(error);
  const former = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', keep);
  connect();
  client.on('hello', () => {
    throw new Error('mine');
  });
  const labels: number[] = [];
  client.on('label', ({ seq }) => labels.push(seq));
  (await socket(0)).accept('e', 0);
  sockets[0]?.say(numbered(1));
  await vi.advanceTimersByTimeAsync(0);
  vi.useRealTimers();
  await new Promise((resolve) => setTimeout(resolve));
  process.off('uncaughtException', keep);
  for (const listener of former) process.on('uncaughtException', listener);
  expect(labels).toEqual([1]);
  expect(unhandled).toEqual([new Error('mine')]);
});

test('a listener that was taken away hears nothing more', async () => {
  connect();
  const labels: number[] = [];
  const off = client.on('label', ({ seq }) => labels.push(seq));
  (await socket(0)).accept('e', 0);
  sockets[0]?.say(numbered(1));
  off();
  sockets[0]?.say(numbered(2));
  expect(labels).toEqual([1]);
});
