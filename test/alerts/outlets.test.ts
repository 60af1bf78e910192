import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AlertOutlets } from '../../src/commands/alert-outlets.ts';
import { type AlertsConfig, alerts } from '../../src/config/alerts.ts';
import type { Logger } from '../../src/service/log.ts';
import { temporaryFolder } from '../support/clips.ts';
import { waitFor } from '../support/processes.ts';
import { alertOf, NO_BOOK } from './alert-fixture.ts';

const none = () => {};
const log = { info: none, warn: none, error: none } as unknown as Logger;
const configOf = (webhooks: Record<string, number>): AlertsConfig =>
  alerts.parse({
    log: false,
    webhooks: Object.entries(webhooks).map(([id, timeoutMs]) => ({ id, url: 'http://127.0.0.1:1/', timeoutMs })),
  });

let state: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  state = await temporaryFolder();
});
afterEach(() => state.remove());

/** Targets that note what they got; those of a name in `broken` cannot be opened with another time-out. */
function targets(broken: readonly string[]) {
  const got: string[] = [];
  const outlets = new AlertOutlets(state.path, log, NO_BOOK, async (id, { webhooks }) => {
    const timeoutMs = webhooks.find((hook) => hook.id === id)?.timeoutMs;
    if (broken.includes(id) && timeoutMs !== 500) throw new Error('it is broken');
    return {
      id,
      deliver: async ({ alert }) => {
        got.push(`${id}@${timeoutMs} ${alert.id}`);
        return { kind: 'delivered' };
      },
      close: async () => {},
    };
  });
  return { outlets, got };
}

test.each([
  ['changed', configOf({ a: 600, b: 600 })],
  ['new', configOf({ a: 600, b: 500, c: 600 })],
])('all go on as they were where a %s target cannot be opened', async (_name, next) => {
  const { outlets, got } = targets(['b', 'c']);
  const was = configOf({ a: 500, b: 500 });
  const first = await outlets.exchange(new Map(), was, was);
  const second = await outlets.exchange(first.outlets, was, next);
  expect(second.failure).toMatchObject({ message: 'it is broken' });
  expect([...second.outlets.keys()]).toEqual(['a', 'b']);
  for (const { courier } of second.outlets.values()) await courier.add({ alert: alertOf('x'), snapshot: null });
  await waitFor(() => got.length === 2, 'both alerts');
  expect(got.sort()).toEqual(['a@500 x', 'b@500 x']);
  for (const { courier } of second.outlets.values()) await courier.close();
});

test('what is raised while a target is opened anew goes to the new one', async () => {
  const { outlets, got } = targets([]);
  const was = configOf({ a: 500 });
  const next = configOf({ a: 600 });
  const first = await outlets.exchange(new Map(), was, was);
  const second = await outlets.exchange(first.outlets, was, next);
  await first.outlets.get('a')?.courier.add({ alert: alertOf('x'), snapshot: null });
  await waitFor(() => got.length === 1, 'the alert');
  expect(got).toEqual(['a@600 x']);
  await second.outlets.get('a')?.courier.close();
});

test('old alerts for targets that are gone are removed; newer ones and other files stay', async () => {
  const old = new Date(Date.now() - 100 * 3_600_000);
  const write = async (path: string, isOld: boolean) => {
    await mkdir(join(state.path, 'alerts', path, '..'), { recursive: true });
    await writeFile(join(state.path, 'alerts', path), '{}');
    if (isOld) await utimes(join(state.path, 'alerts', path), old, old);
  };
  await write('gone/000000000001-x.json', true);
  await write('gone/000000000002-x.json.7.tmp', true);
  await write('late/000000000001-x.json', true);
  await write('late/000000000002-y.json', false);
  await write('mine/notes.json', true);
  const { outlets } = targets([]);
  await outlets.exchange(new Map(), configOf({}), configOf({}));
  expect((await readdir(join(state.path, 'alerts'), { recursive: true })).sort()).toEqual([
    ...['late', 'late/000000000002-y.json', 'mine', 'mine/notes.json'],
  ]);
});
