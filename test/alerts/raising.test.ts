import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Alerts } from '../../src/alerts/alerts.ts';
import { Courier } from '../../src/alerts/courier.ts';
import { AlertJournal } from '../../src/alerts/journal.ts';
import { parseWhen } from '../../src/alerts/parse-when.ts';
import { AlertQueue } from '../../src/alerts/queue.ts';
import type { SequencedMessage } from '../../src/protocol/messages.ts';
import { waitFor } from '../support/processes.ts';

test('an alert is on disk though its picture and a reload hang', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'weir-alerts-'));
  const limits = { maxAlerts: 10, maxBytes: 1_000_000 };
  const clock = { unixMs: () => 0, monotonicMs: () => 0 };
  const log = { info: () => {}, warn: () => {} };
  const target = { id: 't', deliver: async () => ({ kind: 'delivered' }) as const, close: async () => {} };
  const queue = await AlertQueue.open(folder, limits, () => {});
  const path = join(folder, 'journal');
  const journal = await AlertJournal.open({ path, keepDays: 1, clock, onTrouble: () => {} });
  const courier = new Courier({
    ...{ target, queue, book: journal, giveUpAfterMs: 1_000, clock, log, random: () => 0 },
    sleep: async () => {},
  });
  const alerts = new Alerts({
    ...{ clock: clock as never, log, journal, newId: () => 'a', cameras: () => null },
    ruleParts: () => ({ wall: () => ({}) as never, gapSeconds: () => 10, answers: () => null }),
    snapshot: () => new Promise(() => {}),
  });
  const rule = { id: 'r', when: parseWhen('car'), repeatAfterSeconds: null, to: ['t'], fingerprint: 'r' };
  alerts.apply({ timeZone: 'UTC', rules: [rule], outlets: new Map([['t', { target, courier }]]) }, []);
  void alerts.exchange(
    () => new Promise(() => {}),
    () => [],
  );
  const label = { type: 'label', camera: 'gate', question: 'q', label: 'car', confidence: 1, stable: null, stream: 1 };
  const view = { kind: 'frame', box: [0, 0, 1, 1] };
  alerts.publish({ ...label, view, ptsSeconds: 1, arrivedAtMs: 0, epoch: 'e', seq: 1 } as unknown as SequencedMessage);
  await waitFor(() => courier.waiting === 1, 'the alert');
  const found = await AlertQueue.open(folder, limits, () => {});
  const first = await found.first(AbortSignal.abort());
  expect(first?.delivery).toMatchObject({ alert: { id: 'a', rule: 'r' }, snapshot: null });
  await courier.close();
});
