import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createSocketServer } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { LogTarget } from '../../src/alerts/log-target.ts';
import { loadMqtt, openMqtt } from '../../src/alerts/mqtt.ts';
import type { Target } from '../../src/alerts/target.ts';
import { Webhook } from '../../src/alerts/webhook.ts';
import { Broker, freePort, Listener } from '../support/mosquitto.ts';
import { describeWith, MOSQUITTO, type Part } from '../support/parts.ts';
import { waitFor } from '../support/processes.ts';
import { alertOf } from './alert-fixture.ts';

/** A target with its other side. */
interface Setting {
  readonly target: Target;
  /** Ids of alerts that came, in order. */
  readonly ids: () => string[];
  /** Resolves when the target can be reached. */
  readonly ready: () => Promise<void>;
  readonly end: () => Promise<void>;
}

interface Kind {
  readonly name: string;
  readonly parts: Part[];
  readonly open: () => Promise<Setting>;
  /** With a port behind which somebody takes the connection and says nothing; `null`: it has no other side. */
  readonly openTo: ((port: number) => Promise<Target>) | null;
}

const TIMEOUT_MS = 300;
const mqttTo = (url: string) =>
  openMqtt(
    {
      ...{ id: 't', url, username: null, password: null, clientId: 'weir-test', timeoutMs: TIMEOUT_MS },
      ...{ reconnectMs: 20, base: 'weir/n', node: 'n', prefix: 'homeassistant', version: '0', isDiscovered: false },
    },
    { onTrouble: () => {}, load: loadMqtt },
  );
const webhookTo = (port: number) =>
  new Webhook({ id: 't', url: `http://127.0.0.1:${port}/`, secret: null, timeoutMs: TIMEOUT_MS }, () => 0);

const KINDS: readonly Kind[] = [
  {
    name: 'log',
    parts: [],
    openTo: null,
    open: async () => {
      const lines: { alert: { id: string } }[] = [];
      const target = new LogTarget('t', { warn: (fields) => lines.push(fields as { alert: { id: string } }) });
      const none = async () => {};
      return { target, ids: () => lines.map(({ alert }) => alert.id), ready: none, end: none };
    },
  },
  {
    name: 'webhook',
    parts: [],
    openTo: async (port) => webhookTo(port),
    open: async () => {
      const ids: string[] = [];
      const server = createServer(async (request, response) => {
        let body = '';
        for await (const piece of request) body += piece;
        ids.push(JSON.parse(body).id);
        response.end();
      });
      const port = await freePort();
      const ready = async () => void (await once(server.listen(port, '127.0.0.1'), 'listening'));
      return {
        target: webhookTo(port),
        ids: () => ids,
        ready,
        end: async () => void server.close().closeAllConnections(),
      };
    },
  },
  {
    name: 'MQTT',
    parts: [MOSQUITTO],
    openTo: (port) => mqttTo(`mqtt://127.0.0.1:${port}`),
    open: async () => {
      const broker = new Broker(await freePort());
      const target = await mqttTo(broker.url);
      let listener: Listener | null = null;
      return {
        target,
        ids: () => (listener?.texts('weir/n/gate/alert') ?? []).map((text) => JSON.parse(text).id),
        ready: async () => {
          await broker.start();
          listener = await Listener.start(broker.url);
          await waitFor(() => target.isConnected, 'the connection');
        },
        end: async () => {
          await listener?.stop();
          await broker.stop();
        },
      };
    },
  },
];

const NEVER = new AbortController().signal;

for (const { name, parts, open, openTo } of KINDS) {
  describeWith(parts, `a target of kind ${name}`, () => {
    const endings: (() => Promise<void>)[] = [];
    afterEach(async () => {
      for (const end of endings.splice(0).reverse()) await end();
    });

    test('takes alerts in order, with a picture and without', async () => {
      const { target, ids, ready, end } = await open();
      endings.push(end, () => target.close());
      await ready();
      for (const [id, snapshot] of [
        ['a', null],
        ['b', Buffer.from('jpeg')],
      ] as const) {
        expect(await target.deliver({ alert: alertOf(id), snapshot }, NEVER)).toEqual({ kind: 'delivered' });
      }
      await waitFor(() => ids().length === 2, 'both');
      expect(ids()).toEqual(['a', 'b']);
    });

    if (openTo === null) return;

    test('says later, and throws nothing, where nobody is', async () => {
      const target = await openTo(await freePort());
      endings.push(() => target.close());
      const outcome = await target.deliver({ alert: alertOf('a'), snapshot: null }, NEVER);
      expect(outcome).toMatchObject({ kind: 'later', reason: expect.stringMatching(/./) });
    });

    test('waits for nobody for ever, and ends while it waits', async () => {
      const silent = createSocketServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1');
      await once(silent, 'listening');
      const target = await openTo((silent.address() as { port: number }).port);
      endings.push(async () => void silent.close());
      expect(await target.deliver({ alert: alertOf('a'), snapshot: null }, NEVER)).toMatchObject({ kind: 'later' });
      const stop = new AbortController();
      const outcome = target.deliver({ alert: alertOf('b'), snapshot: null }, stop.signal);
      stop.abort();
      expect(await outcome).toMatchObject({ kind: 'later' });
      await target.close();
    });
  });
}
