import { afterEach, describe, expect, test } from 'vitest';
import { Heartbeat } from '../../src/service/heartbeat.ts';
import type { WatchedCamera } from '../../src/service/known.ts';
import { Notifier, openNotifier, watchdogMs } from '../../src/service/notifier.ts';
import { socketAddress } from '../../src/service/notify-socket.ts';
import { temporaryFolder } from '../support/clips.ts';
import { NotifyReceiver } from '../support/notify-receiver.ts';
import { waitFor } from '../support/processes.ts';

/** A log that keeps what it is told. */
class Told {
  readonly lines: string[] = [];
  readonly #keep = (_fields: object, text: string) => void this.lines.push(text);
  readonly warn = this.#keep;
  readonly error = this.#keep;
  readonly info = this.#keep;
}

const ends: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

describe('the notifier', () => {
  test.each(['path', 'abstract name'])('tells a socket with a %s', async (kind) => {
    const folder = await temporaryFolder();
    ends.push(folder.remove);
    const address = kind === 'path' ? `${folder.path}/notify` : `@weir-test-${process.pid}`;
    const receiver = new NotifyReceiver(address);
    ends.push(() => receiver.close());
    const log = new Told();
    const notifier = await openNotifier({ NOTIFY_SOCKET: address, WATCHDOG_USEC: '6000000' }, log);
    expect(notifier?.watchdogMs).toBe(6_000);
    notifier?.status('models\nare loaded');
    notifier?.status('models\nare loaded');
    notifier?.ready();
    notifier?.alive();
    notifier?.reloading();
    notifier?.stopping();
    await receiver.until('STOPPING=1');
    const [reloading] = receiver.messages.splice(3, 1);
    expect(receiver.messages).toEqual(['STATUS=models are loaded', 'READY=1', 'WATCHDOG=1', 'STOPPING=1']);
    const [, microseconds] = /^RELOADING=1\nMONOTONIC_USEC=(\d+)$/.exec(reloading ?? '') ?? [];
    expect(Math.abs(Number(microseconds) - Number(process.hrtime.bigint() / 1000n))).toBeLessThan(60e6);
    expect(log.lines).toEqual([]);
  });

  test('is nothing where nobody listens', async () => {
    const log = new Told();
    expect(await openNotifier({}, log)).toBeNull();
    expect(await openNotifier({ NOTIFY_SOCKET: '' }, log)).toBeNull();
    expect(log.lines).toEqual([]);
  });

  test('warns once of a socket that takes nothing', async () => {
    const log = new Told();
    const notifier = await openNotifier({ NOTIFY_SOCKET: '/nonexistent/notify' }, log);
    for (let n = 0; n < 3; n++) notifier?.alive();
    expect(log.lines).toEqual(['systemd cannot be told anything: ENOENT at its NOTIFY_SOCKET']);
  });

  test.each(['notify', '/', '@', 'vsock:2:1', `/${'x'.repeat(200)}`])(
    'warns of %s, which is no address',
    async (address) => {
      const log = new Told();
      expect(await openNotifier({ NOTIFY_SOCKET: address }, log)).toBeNull();
      expect(log.lines).toEqual([expect.stringContaining('neither a path nor an abstract name')]);
    },
  );

  test('writes addresses as the kernel reads them', () => {
    expect([...socketAddress('/a').subarray(2)]).toEqual([47, 97, 0]);
    expect([...socketAddress('@a').subarray(2)]).toEqual([0, 97]);
  });
});

test.each([
  [{ WATCHDOG_USEC: '30000000', WATCHDOG_PID: '7' }, 30_000],
  [{ WATCHDOG_USEC: '500000' }, 500],
  [{ WATCHDOG_USEC: '30000000', WATCHDOG_PID: '8' }, null],
  [{ WATCHDOG_USEC: '0' }, null],
  [{ WATCHDOG_USEC: 'soon' }, null],
  [{}, null],
])('the watchdog of %j is %j ms', (env, expected) => {
  expect(watchdogMs(env, 7)).toBe(expected);
});

describe('the heartbeat', () => {
  test('says READY once it is so, and that all is well only while every camera is known', async () => {
    const sent: string[] = [];
    const log = new Told();
    let nowMs = 0;
    let isReady = false;
    const cameras: WatchedCamera[] = [
      { camera: 'gate', state: 'live', expectations: [{ what: 'its next frame', sinceMs: 0, limitMs: 1_000 }] },
    ];
    const keep = (text: string) => {
      sent.push(text);
      return null;
    };
    const heartbeat = new Heartbeat({
      notifier: new Notifier(keep, 100, log),
      clock: { monotonicMs: () => nowMs, unixMs: () => 0 },
      log,
      isReady: () => isReady,
      status: () => 'all live',
      cameras: () => cameras,
    });
    ends.push(() => heartbeat.stop());
    heartbeat.start();
    await waitFor(() => sent.includes('WATCHDOG=1'), 'a sign of life');
    expect(sent).not.toContain('READY=1');
    isReady = true;
    await waitFor(() => sent.includes('READY=1'), 'READY');

    nowMs = 2_001;
    await waitFor(() => sent.at(-1)?.startsWith('STATUS=camera gate') === true, 'the trouble in the status');
    const quiet = sent.length;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(sent.slice(quiet)).toEqual([]);
    expect(log.lines).toEqual([expect.stringMatching(/^camera gate is live .*: systemd is not told that all is well/)]);

    nowMs = 1_000;
    await waitFor(() => sent.at(-1) === 'WATCHDOG=1', 'signs of life again');
    expect(log.lines.at(-1)).toBe('all cameras are known again');
    expect(sent.filter((text) => text === 'READY=1')).toHaveLength(1);
  });

  /** A heartbeat whose messages are kept; of those that `refuses` names, the queue is full. */
  function beating(isReady: () => boolean, refuses: (text: string) => boolean = () => false) {
    const sent: string[] = [];
    const tried: string[] = [];
    let nowMs = 0;
    const send = (text: string) => {
      tried.push(text);
      if (refuses(text)) return 'EAGAIN';
      sent.push(text);
      return null;
    };
    const log = new Told();
    const heartbeat = new Heartbeat({
      notifier: new Notifier(send, 100, log),
      clock: { monotonicMs: () => nowMs, unixMs: () => 0 },
      log,
      isReady,
      status: () => 'all live',
      cameras: () => [],
    });
    ends.push(() => heartbeat.stop());
    heartbeat.start();
    const pass = (ms: number) => {
      nowMs += ms;
    };
    return { sent, tried, heartbeat, pass };
  }

  test('says READY and the status again when systemd’s queue was full', async () => {
    let isFull = true;
    const { sent, tried } = beating(
      () => true,
      (text) => isFull && text !== 'WATCHDOG=1',
    );
    await waitFor(() => tried.filter((text) => text === 'READY=1').length > 1, 'more tries');
    isFull = false;
    await waitFor(() => sent.includes('READY=1') && sent.includes('STATUS=all live'), 'both sent');
    await waitFor(() => sent.filter((text) => text === 'WATCHDOG=1').length > 5, 'some beats more');
    expect(sent.filter((text) => text === 'READY=1')).toHaveLength(1);
  });

  test('a reload before READY is a part of starting; after it, it is told and so is its end', async () => {
    let isReady = false;
    const { sent, heartbeat } = beating(() => isReady);
    await waitFor(() => sent.includes('WATCHDOG=1'), 'a sign of life');
    expect(sent).toContain('EXTEND_TIMEOUT_USEC=60000000');
    heartbeat.reloading();
    heartbeat.ready();
    expect(sent.join()).not.toMatch(/RELOADING|READY/);
    isReady = true;
    await waitFor(() => sent.includes('READY=1'), 'READY');
    sent.length = 0;
    heartbeat.reloading();
    heartbeat.ready();
    expect(sent.filter((text) => /RELOADING|READY/.test(text))).toEqual([
      expect.stringMatching(/^RELOADING=1\nMONOTONIC_USEC=\d+$/),
      'READY=1',
    ]);
  });

  test('systemd waits for a reload that goes on, until the daemon ends', async () => {
    const { sent, heartbeat, pass } = beating(() => true);
    await waitFor(() => sent.includes('READY=1'), 'READY');
    const more = () => sent.filter((text) => text.startsWith('EXTEND_TIMEOUT_USEC=')).length;
    expect(more()).toBe(0);
    heartbeat.reloading();
    await waitFor(() => more() === 1, 'more time');
    pass(1_000);
    await waitFor(() => more() === 2, 'still more time');
    heartbeat.stopping();
    pass(1_000);
    sent.length = 0;
    await waitFor(() => sent.filter((text) => text === 'WATCHDOG=1').length > 3, 'signs of life');
    expect(more()).toBe(0);
  });
});
