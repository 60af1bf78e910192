import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ANYONE } from '../../src/principal.ts';
import { waitFor } from '../support/processes.ts';
import { Served, Tokens } from './served.ts';

let tokens: Tokens;
let served: Served;
beforeEach(async () => {
  tokens = new Tokens();
  tokens.allow('right');
  tokens.allow('narrow', ['yard']);
  served = await new Served({ access: tokens, authWithinMs: 300 }).listen();
});
afterEach(() => served.close());

describe('a token', () => {
  test('comes in the header', async () => {
    await served.client({ headers: { Authorization: 'Bearer right' } }).subscribe();
  });

  test('comes as a subprotocol, and the other one is chosen', async () => {
    const client = served.client({ token: 'right' });
    await client.subscribe();
    expect(client.socket.protocol).toBe('weir.v1+json');
  });

  test('comes as the first message; before it there is no greeting and no subscription', async () => {
    const client = served.client();
    await once(client.socket, 'open');
    client.say({ type: 'subscribe', cameras: 'all', every: 'frame' });
    expect(await client.until('error')).toMatchObject({ code: 'token-missing' });
    served.say();
    expect(client.messages.map(({ type }) => type)).toEqual(['error']);
    client.say({ type: 'auth', token: 'right' });
    await client.subscribe();
  });

  test('that does not come in time ends the connection with 1008', async () => {
    const client = served.client();
    expect(await client.untilClosed()).toEqual({ code: 1008, reason: 'token-missing' });
    expect(client.messages).toMatchObject([{ type: 'error', code: 'token-missing' }]);
  });

  test.each([['header'], ['subprotocol'], ['message']])('that is wrong ends it with 1008: %s', async (way) => {
    const client = served.client({
      ...(way === 'header' ? { headers: { Authorization: 'Bearer wrong' } } : {}),
      ...(way === 'subprotocol' ? { token: 'wrong' } : {}),
    });
    await once(client.socket, 'open');
    if (way === 'message') client.say({ type: 'auth', token: 'wrong' });
    expect(await client.untilClosed()).toEqual({ code: 1008, reason: 'token-invalid' });
    expect(client.messages).toMatchObject([{ type: 'error', code: 'token-invalid' }]);
  });

  test('counts where none is needed, too', async () => {
    tokens.open = ANYONE;
    await served.client().subscribe();
    expect(await served.client({ token: 'wrong' }).untilClosed()).toMatchObject({ code: 1008 });
    const narrow = served.client({ token: 'narrow' });
    expect((await narrow.until('hello')).cameras).toMatchObject([{ id: 'yard' }]);
  });
});

describe('who has not said who it is', () => {
  beforeEach(async () => {
    await served.close();
    served = await new Served({ access: tokens, authWithinMs: 60_000, maxSubscribers: 2, maxStrangers: 2 }).listen();
  });
  async function stranger() {
    const client = served.client();
    await once(client.socket, 'open');
    return client;
  }

  test('keeps out others like it, but nobody with a token', async () => {
    const [first] = [await stranger(), await stranger()];
    expect(await served.client().untilClosed()).toEqual({ code: 1013, reason: 'too many subscribers' });
    expect(await served.client({ token: 'wrong' }).untilClosed()).toMatchObject({ code: 1013 });
    for (const _ of [1, 2]) await served.client({ token: 'right' }).subscribe();
    expect(served.sink.subscribers).toBe(2);
    first?.socket.close();
    await first?.untilClosed();
    await stranger();
  });

  test('finds no room by its first message where there is none', async () => {
    const late = await stranger();
    for (const _ of [1, 2]) await served.client({ token: 'right' }).subscribe();
    late.say({ type: 'auth', token: 'right' });
    expect(await late.untilClosed()).toEqual({ code: 1013, reason: 'too many subscribers' });
    expect(late.of('hello')).toEqual([]);
  });

  test('is whoever comes through a proxy, where only this machine is open', async () => {
    tokens.open = ANYONE;
    tokens.isOpenToDirectOnly = true;
    await served.client().subscribe();
    const far = served.client({ headers: { 'X-Forwarded-For': '192.0.2.7' } });
    await once(far.socket, 'open');
    far.say({ type: 'subscribe', cameras: 'all', every: 'frame' });
    expect(await far.until('error')).toMatchObject({ code: 'token-missing' });
  });
});

describe('a token for some cameras', () => {
  test.each([['all'], [['gate', 'yard']], [['gate']]])('shows those alone, asked for %j', async (cameras) => {
    const client = served.client({ token: 'narrow' });
    expect((await client.until('hello')).cameras).toMatchObject([{ id: 'yard' }]);
    await client.subscribe({ cameras });
    served.say('gate');
    served.say('yard');
    await served.hub.close();
    await client.until('mark');
    const isAsked = cameras === 'all' || cameras.includes('yard');
    expect(client.of('camera').map(({ camera }) => camera)).toEqual(isAsked ? ['yard'] : []);
  });

  test('shows those alone of what was missed', async () => {
    served.say('gate');
    served.say('yard');
    const client = served.client({ token: 'narrow' });
    await client.subscribe({ since: 'now:0' });
    await client.until('camera');
    expect(client.of('camera')).toMatchObject([{ seq: 2, camera: 'yard' }]);
  });
});

describe('a token that changes while its holder is connected', () => {
  test('revoked: closed with 1008, and nothing comes any more', async () => {
    const client = served.client({ token: 'right' });
    await client.subscribe();
    tokens.revoke('right');
    served.say();
    expect(await client.untilClosed()).toEqual({ code: 1008, reason: 'token-invalid' });
    expect(client.of('camera')).toEqual([]);
  });

  test('for fewer cameras: they alone come from then on', async () => {
    const client = served.client({ token: 'right' });
    await client.subscribe();
    served.say('gate');
    tokens.allow('right', ['yard']);
    served.say('gate');
    served.say('yard');
    await client.until('camera', 2);
    expect(client.of('camera').map(({ seq }) => seq)).toEqual([1, 3]);
  });

  test('while it catches up: it becomes live all the same', async () => {
    for (let n = 0; n < 2_000; n++) served.say('yard');
    const client = served.client({ token: 'right' });
    await client.subscribe({ since: 'now:0' });
    tokens.allow('right', ['yard']);
    await waitFor(() => client.of('camera').length >= 2_000, 'what was missed');
    served.say('yard');
    await client.until('camera', 2_001);
    expect(client.of('camera').map(({ seq }) => seq)).toEqual(Array.from({ length: 2_001 }, (_, index) => index + 1));
  });

  test('another one for more cameras takes its place', async () => {
    const client = served.client({ token: 'narrow' });
    await client.subscribe();
    client.say({ type: 'auth', token: 'right' });
    client.say({ type: 'nothing' });
    await client.until('error');
    served.say('gate');
    await client.until('camera');
    expect(client.of('hello').length).toBe(1);
  });
});
