import { once } from 'node:events';
import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Courier } from '../../src/alerts/courier.ts';
import { AlertQueue } from '../../src/alerts/queue.ts';
import { DELIVERED, later, type Target } from '../../src/alerts/target.ts';
import { outcomeOf, sign, Webhook } from '../../src/alerts/webhook.ts';
import { waitFor } from '../support/processes.ts';
import { alertOf, NO_BOOK } from './alert-fixture.ts';

const folder = () => mkdtemp(join(tmpdir(), 'weir-alerts-'));
const LIMITS = { maxAlerts: 10, maxBytes: 1_000_000 };
const log = { info: () => {}, warn: () => {} };

test('alerts raised while a receiver fails arrive afterwards, signed, in order, once each', async () => {
  let fails = 2;
  const got: { id: string; isSigned: boolean }[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    const signature = String(request.headers['weir-signature']);
    const seconds = Number(/^t=(\d+)/.exec(signature)?.[1]);
    if (fails-- > 0) {
      response.writeHead(500).end();
      return;
    }
    got.push({ id: JSON.parse(body).id, isSigned: signature === sign(body, 'secret', seconds) });
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const target = new Webhook({ id: 'hook', url, secret: 'secret', timeoutMs: 2_000 }, () => 1_000_000);
  const parts = {
    target,
    book: NO_BOOK,
    giveUpAfterMs: 1_000,
    clock: { unixMs: () => 0, monotonicMs: () => 0 },
    random: () => 0,
    log,
  };
  const queue = await AlertQueue.open(await folder(), LIMITS, () => {});
  const courier = new Courier({ ...parts, queue, sleep: async () => {} });
  for (const id of ['a', 'b', 'c']) await courier.add({ alert: alertOf(id), snapshot: Buffer.from('jpeg') });
  await waitFor(() => courier.delivered === 3, 'three alerts');
  await courier.close();
  server.closeAllConnections();
  server.close();
  expect(got).toEqual(['a', 'b', 'c'].map((id) => ({ id, isSigned: true })));
});

test('what waits is there after a restart; beyond its bound the oldest go and are counted', async () => {
  const path = await folder();
  const before = await AlertQueue.open(path, LIMITS, () => {});
  for (const id of ['a', 'b', 'c']) await before.add({ alert: alertOf(id), snapshot: Buffer.from(id) }, 0);
  const after = await AlertQueue.open(path, { ...LIMITS, maxAlerts: 2 }, () => {});
  expect(after.dropped).toBe(1);
  const first = await after.first(new AbortController().signal);
  expect([first?.delivery.alert.id, String(first?.delivery.snapshot)]).toEqual(['b', 'b']);
  await after.remove(first?.name ?? '');
  expect(await readdir(path)).toHaveLength(1);
});

test('an alert is sent when it is written down, not before, and what became of it is', async () => {
  const happened: string[] = [];
  let write = () => {};
  const courier = new Courier({
    target: {
      id: 'hook',
      deliver: async ({ alert }) => {
        happened.push(`sent ${alert.id}`);
        return alert.id === 'a' ? DELIVERED : { kind: 'refused', reason: 'no' };
      },
      close: async () => {},
    },
    book: {
      kept: ({ id }) =>
        new Promise((resolve) => {
          happened.push(`to be written ${id}`);
          write = () => resolve(void happened.push(`written ${id}`));
        }),
      settle: ({ id }, target, outcome) => void happened.push(`${outcome} ${id} ${target}`),
    },
    ...{ giveUpAfterMs: 1_000, clock: { unixMs: () => 0, monotonicMs: () => 0 }, random: () => 0, log },
    queue: await AlertQueue.open(await folder(), LIMITS, () => {}),
    sleep: async () => {},
  });
  for (const id of ['a', 'b']) await courier.add({ alert: alertOf(id), snapshot: null });
  for (const id of ['a', 'b']) {
    await waitFor(() => happened.includes(`to be written ${id}`), 'its turn');
    write();
  }
  await waitFor(() => courier.waiting === 0, 'both');
  await courier.close();
  expect(happened).toEqual([
    ...['to be written a', 'written a', 'sent a', 'delivered a hook'],
    ...['to be written b', 'written b', 'sent b', 'refused b hook'],
  ]);
});

test('a receiver that is set up wrongly is told of once, and gets its alerts when it is set right', async () => {
  const answers = [404, 404, 401, 404, 204];
  const told: string[] = [];
  const waited: number[] = [];
  const target: Target = {
    id: 'hook',
    deliver: async () => outcomeOf(answers.shift() ?? 204, null, 0),
    close: async () => {},
  };
  const courier = new Courier({
    ...{
      target,
      book: NO_BOOK,
      giveUpAfterMs: 1_000,
      clock: { unixMs: () => 0, monotonicMs: () => 0 },
      random: () => 0,
    },
    queue: await AlertQueue.open(await folder(), LIMITS, () => {}),
    sleep: async (ms) => void waited.push(ms),
    log: { info: () => {}, warn: (_, text) => told.push(text) },
  });
  await courier.add({ alert: alertOf('a'), snapshot: null });
  await waitFor(() => courier.delivered === 1, 'the alert');
  await courier.close();
  expect(waited).toEqual([60_000, 60_000, 60_000, 60_000]);
  expect(told).toEqual([expect.stringContaining('404'), expect.stringContaining('401')]);
});

describe('an alert whose picture is still being taken', () => {
  const NEVER = new AbortController().signal;
  const onDisk = async (path: string) => {
    const queue = await AlertQueue.open(path, LIMITS, () => {});
    const first = await queue.first(NEVER);
    return [first?.delivery.alert.id, first === null ? null : String(first.delivery.snapshot)];
  };

  test('is on disk at once, and goes with its picture when that is there', async () => {
    const path = await folder();
    const queue = await AlertQueue.open(path, LIMITS, () => {});
    let give: (jpeg: Uint8Array) => void = () => {};
    const picture = new Promise<Uint8Array>((resolve) => {
      give = resolve;
    });
    await queue.add({ alert: alertOf('a'), snapshot: null }, 0, picture);
    await queue.add({ alert: alertOf('b'), snapshot: null }, 0);
    expect(await onDisk(path)).toEqual(['a', 'null']);
    const next = queue.first(NEVER);
    give(Buffer.from('jpeg'));
    expect(String((await next)?.delivery.snapshot)).toBe('jpeg');
    expect(await onDisk(path)).toEqual(['a', 'jpeg']);
    expect(await readdir(path)).toHaveLength(2);
  });

  test('goes without where it is not waited for any longer', async () => {
    const queue = await AlertQueue.open(await folder(), LIMITS, () => {});
    await queue.add({ alert: alertOf('a'), snapshot: null }, 0, new Promise(() => {}));
    expect((await queue.first(AbortSignal.abort()))?.delivery.snapshot).toBeNull();
  });

  test('leaves nothing behind where its place was needed', async () => {
    const path = await folder();
    const queue = await AlertQueue.open(path, { ...LIMITS, maxAlerts: 2 }, () => {});
    const gives: ((jpeg: Uint8Array) => void)[] = [];
    for (const id of ['a', 'b', 'c']) {
      const picture = new Promise<Uint8Array>((resolve) => gives.push(resolve));
      await queue.add({ alert: alertOf(id), snapshot: null }, 0, picture);
    }
    for (const give of gives) give(Buffer.from('jpeg'));
    await queue.settled();
    expect([await onDisk(path), (await readdir(path)).length, queue.dropped]).toEqual([['b', 'jpeg'], 2, 1]);
  });

  test('is dropped where the disk takes nothing and too many wait for it', async () => {
    const queue = await AlertQueue.open(await folder(), LIMITS, () => {});
    const adding = Array.from({ length: 15 }, (_, at) => queue.add({ alert: alertOf(`a${at}`), snapshot: null }, 0));
    await Promise.all(adding);
    expect([queue.length, queue.dropped]).toEqual([LIMITS.maxAlerts, 5]);
  });

  test('is kept whole in memory where the disk refuses it', async () => {
    const path = join(await folder(), 'file');
    await writeFile(path, '');
    const queue = await AlertQueue.open(path, LIMITS, () => {});
    await queue.add({ alert: alertOf('a'), snapshot: null }, 0, Promise.resolve(Buffer.from('jpeg')));
    expect(String((await queue.first(NEVER))?.delivery.snapshot)).toBe('jpeg');
  });
});

describe('the age at which an alert is given up', () => {
  const HOUR_MS = 3_600_000;
  const NOW_MS = Date.UTC(2026, 5, 1);

  /** What becomes of an alert. @param atMs when it was raised @param clock meanwhile; the receiver is away until its end */
  async function endOf(atMs: number, isOfEarlierRun: boolean, clock: readonly (readonly [number, number])[]) {
    const path = await folder();
    const before = await AlertQueue.open(path, LIMITS, () => {});
    if (isOfEarlierRun) await before.add({ alert: alertOf('a', atMs), snapshot: null }, 0);
    const steps = [...clock];
    let [unixMs, monotonicMs] = steps.shift() ?? [0, 0];
    const courier = new Courier({
      book: NO_BOOK,
      target: {
        id: 't',
        deliver: async () => (steps.length > 0 ? later('away') : DELIVERED),
        close: async () => {},
      },
      ...{ queue: await AlertQueue.open(path, LIMITS, () => {}), giveUpAfterMs: HOUR_MS, random: () => 0, log },
      clock: { unixMs: () => unixMs, monotonicMs: () => monotonicMs },
      sleep: async () => {
        [unixMs, monotonicMs] = steps.shift() ?? [0, 0];
      },
    });
    if (!isOfEarlierRun) await courier.add({ alert: alertOf('a', atMs), snapshot: null });
    await waitFor(() => courier.waiting === 0, 'its end');
    await courier.close();
    return courier.delivered === 1 ? 'delivered' : 'given up';
  }

  const LEAP = [
    [60_000, 60_000],
    [NOW_MS, 120_000],
  ] as const;
  test.each<[string, number, boolean, readonly (readonly [number, number])[], string]>([
    ['the clock is set meanwhile', 59_000, false, LEAP, 'delivered'],
    ['the clock is set meanwhile, after a restart', 59_000, true, LEAP, 'delivered'],
    ['the clock was set before a restart', 59_000, true, [[NOW_MS, 1_000]], 'delivered'],
    ['it waits too long', NOW_MS, false, [...LEAP, [NOW_MS, 2 * HOUR_MS]], 'given up'],
    ['it has waited before the restart', NOW_MS - 2 * HOUR_MS, true, [[NOW_MS, 1_000]], 'given up'],
    [
      'it has waited before the restart, and after',
      NOW_MS - 0.6 * HOUR_MS,
      true,
      [
        [NOW_MS, 0],
        [NOW_MS, 0.6 * HOUR_MS],
      ],
      'given up',
    ],
  ])('%s', async (_name, atMs, isOfEarlierRun, clock, expected) => {
    expect(await endOf(atMs, isOfEarlierRun, clock)).toBe(expected);
  });
});

test.each([
  [204, null, { kind: 'delivered' }],
  [400, null, { kind: 'refused' }],
  [410, null, { kind: 'refused' }],
  [413, null, { kind: 'refused' }],
  [422, null, { kind: 'refused' }],
  [302, null, { kind: 'later', afterMs: 60_000 }],
  [401, null, { kind: 'later', afterMs: 60_000 }],
  [403, null, { kind: 'later', afterMs: 60_000 }],
  [404, null, { kind: 'later', afterMs: 60_000 }],
  [404, '90', { kind: 'later', afterMs: 90_000 }],
  [429, '7', { kind: 'later', afterMs: 7_000 }],
  [503, null, { kind: 'later', afterMs: null }],
])('status %i is understood', (status, retryAfter, expected) => {
  expect(outcomeOf(status, retryAfter, 0)).toMatchObject(expected);
});
