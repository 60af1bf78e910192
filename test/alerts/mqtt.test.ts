import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Courier } from '../../src/alerts/courier.ts';
import type { DevicePlan } from '../../src/alerts/device-plan.ts';
import { loadMqtt, type MqttSettings, type MqttTarget, openMqtt } from '../../src/alerts/mqtt.ts';
import { AlertQueue } from '../../src/alerts/queue.ts';
import type { SequencedMessage } from '../../src/protocol/messages.ts';
import { ROOT } from '../support/daemon.ts';
import { Broker, freePort, Listener } from '../support/mosquitto.ts';
import { describeWith, MOSQUITTO } from '../support/parts.ts';
import { waitFor } from '../support/processes.ts';
import { alertOf, NO_BOOK } from './alert-fixture.ts';

const settingsOf = (url: string): MqttSettings => ({
  ...{ id: 'home', url, username: null, password: null, clientId: 'weir-test', timeoutMs: 2_000, reconnectMs: 50 },
  ...{ base: 'weir/attic', node: 'attic', prefix: 'homeassistant', version: '0', isDiscovered: true },
});
const PLAN: DevicePlan = {
  cameras: [{ id: 'gate', questions: [{ id: 'kind' }] }],
  rules: [{ id: 'night', kind: 'label', fingerprint: '1', cameras: null }],
};
const labelOf = (label: string, changed: boolean) =>
  ({
    ...{ type: 'label', camera: 'gate', question: 'kind', label, changed, arrivedAtMs: 5 },
    ...{ stable: { label, sinceMs: 5 }, view: { kind: 'frame', box: [0, 0, 1, 1] } },
  }) as unknown as SequencedMessage;
const CONFIG = 'homeassistant/sensor/weir_attic/gate-label-kind/config';

test('without its package a target says what to install', async () => {
  const parts = { onTrouble: () => {}, load: () => Promise.reject(new Error("Cannot find package 'mqtt'")) };
  await expect(openMqtt(settingsOf('mqtt://127.0.0.1:1'), parts)).rejects.toMatchObject({
    code: 'mqtt-missing',
    remedy: expect.stringMatching(/npm install mqtt/),
  });
});

describeWith([MOSQUITTO], 'a real broker', () => {
  let port: number;
  let broker: Broker;
  let target: MqttTarget;
  let listener: Listener | null = null;
  const troubles: string[] = [];
  beforeEach(async () => {
    port = await freePort();
    broker = new Broker(port);
    target = await openMqtt(settingsOf(broker.url), { onTrouble: (text) => troubles.push(text), load: loadMqtt });
  });
  afterEach(async () => {
    await listener?.stop();
    listener = null;
    await target.close();
    await broker.stop();
  });

  test('gets alerts that were raised before it was there, in order, with their pictures', async () => {
    const queue = await AlertQueue.open(
      await mkdtemp(join(tmpdir(), 'weir-alerts-')),
      { maxAlerts: 10, maxBytes: 1_000_000 },
      () => {},
    );
    // Longer than the test: only that the broker is there again ends the wait.
    const sleep = (ms: number, signal: AbortSignal) => delay(ms * 100, undefined, { signal }).catch(() => {});
    const log = { info: () => {}, warn: () => {} };
    const clock = { unixMs: () => 0, monotonicMs: () => 0 };
    const courier = new Courier({
      target,
      queue,
      book: NO_BOOK,
      giveUpAfterMs: 1_000,
      clock,
      random: () => 1,
      sleep,
      log,
    });
    broker = new Broker(port, true);
    await broker.start();
    // Its session outlives the broker: it misses nothing that the broker was given.
    const session = { clean: false, clientId: 'listener', properties: { sessionExpiryInterval: 600 } };
    listener = await Listener.start(broker.url, session);
    await broker.stop();
    await waitFor(() => !target.isConnected, 'the loss of the broker');
    for (const id of ['a', 'b', 'c']) await courier.add({ alert: alertOf(id), snapshot: Buffer.from(`jpeg ${id}`) });
    await waitFor(() => troubles.length > 0, 'a word about the broker');
    expect(courier.delivered).toBe(0);
    await broker.start();
    await waitFor(() => listener?.texts('weir/attic/gate/alert').length === 3, 'three alerts');
    await courier.close();
    await broker.stop();
    const heard = listener.heard.filter(({ topic }) => topic.startsWith('weir/attic/gate/'));
    expect(heard.map(({ topic, text }) => (topic.endsWith('alert') ? JSON.parse(text).id : text))).toEqual([
      ...['jpeg a', 'a', 'jpeg b', 'b', 'jpeg c', 'c'],
    ]);
  });

  test('is told labels when they change, and what a rule holds', async () => {
    await broker.start();
    listener = await Listener.start(broker.url);
    target.setup(PLAN);
    await waitFor(() => listener?.texts('weir/attic/status').at(-1) === 'online', 'online');
    for (const label of ['car', 'car', 'car', 'van']) target.observe(labelOf(label, false));
    target.holding('night', 'gate', true);
    await waitFor(() => /night/.test(listener?.texts('weir/attic/gate/state').at(-1) ?? ''), 'the rule');
    const states = listener.texts('weir/attic/gate/state').map((text) => JSON.parse(text));
    expect(states.map(({ questions }) => questions.kind?.label).filter(Boolean)).toEqual(['car', 'van', 'van']);
    expect(states.at(-1).rules).toEqual(['night']);
  });

  test('knows the cameras, again after it restarted, and no more when they are gone', async () => {
    await broker.start();
    target.setup(PLAN);
    await waitFor(() => target.isConnected, 'the connection');
    await broker.stop();
    await broker.start();
    const first = await Listener.start(broker.url);
    await waitFor(() => first.texts(CONFIG).length > 0, 'discovery');
    const config = JSON.parse(first.texts(CONFIG)[0] ?? '');
    expect(config).toMatchObject({
      unique_id: 'weir_attic_gate-label-kind',
      state_topic: 'weir/attic/gate/state',
      availability_topic: 'weir/attic/status',
      device: { identifiers: ['weir_attic_gate'] },
      origin: { name: 'Weir' },
    });
    const before = first.texts(CONFIG).length;
    await first.client.publishAsync('homeassistant/status', 'online');
    await waitFor(() => first.texts(CONFIG).length > before, 'discovery again');
    target.setup({ cameras: [], rules: [] });
    await waitFor(() => first.texts(CONFIG).at(-1) === '', 'the removal');
    await first.stop();
    listener = await Listener.start(broker.url);
    await waitFor(() => listener?.texts('weir/attic/status').at(-1) === 'online', 'what is retained');
    expect(listener.heard.filter(({ topic, text }) => topic.startsWith('homeassistant/') && text !== '')).toEqual([]);
  });

  test('forgets what went while nobody told it', async () => {
    await broker.start();
    listener = await Listener.start(broker.url);
    const stale = 'homeassistant/sensor/weir_attic/yard-state/config';
    const others = 'homeassistant/sensor/weir_cellar/yard-state/config';
    await target.close();
    for (const topic of [stale, others, 'weir/attic/yard/state']) {
      await listener.client.publishAsync(topic, '{}', { qos: 1, retain: true });
    }
    target = await openMqtt(settingsOf(broker.url), { onTrouble: () => {}, load: loadMqtt });
    target.setup(PLAN);
    await waitFor(() => listener?.texts('weir/attic/yard/state').at(-1) === '', 'the removal');
    expect(listener.texts(stale)).toEqual(['{}', '']);
    expect(listener.texts(others)).toEqual(['{}']);
  });

  test('says offline when Weir is killed', async () => {
    await broker.start();
    listener = await Listener.start(broker.url);
    await target.close();
    const child = spawn(process.execPath, [join(ROOT, 'test/alerts/mqtt-child.mjs'), broker.url], { stdio: 'ignore' });
    await waitFor(() => listener?.texts('weir/child/status').at(-1) === 'online', 'online');
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    await waitFor(() => listener?.texts('weir/child/status').at(-1) === 'offline', 'the last will');
  });
});
