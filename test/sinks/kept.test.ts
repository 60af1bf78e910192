import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openHistory } from '../../src/commands/run-history.ts';
import { temporaryFolder } from '../support/clips.ts';
import { type Client, Served } from './served.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const closing: (() => Promise<void>)[] = [];
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await folder.remove();
});

const CONFIG = { enabled: true, retentionDays: 7, maxMegabytes: 16 };

/** Sockets over what is kept in the folder. */
async function start(): Promise<{ served: Served; epoch: string; stop: () => Promise<void> }> {
  const history = await openHistory(CONFIG, { stateDir: folder.path, onNotice: () => {} });
  const { epoch, last, past, sink } = history;
  const served = await new Served({ past }, { epoch, last }).listen();
  if (sink !== null) served.hub.add({ ...sink, publish: (message, text) => sink.publish(message, text) });
  let isStopped = false;
  const stop = async () => {
    if (isStopped) return;
    isStopped = true;
    await served.close();
    await history.close();
  };
  closing.push(stop);
  return { served, epoch, stop };
}

const seqs = (client: Client) => client.of('camera').map(({ seq }) => seq as number);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

test('who comes back after more than memory holds gets every message once, also those of the meantime', async () => {
  const { served, epoch } = await start();
  const count = 12_000; // memory holds 10,000
  for (let n = 0; n < count; n++) served.say(n % 2 === 0 ? 'gate' : 'yard');
  const client = served.client();
  await client.subscribe({ since: `${epoch}:100` });
  for (let n = 0; n < 50; n++) served.say('gate');
  await client.until('camera', count - 100 + 50);
  expect(seqs(client)).toEqual(range(101, count + 50));
  expect(client.of('gap')).toEqual([]);
  const yard = served.client();
  await yard.subscribe({ since: `${epoch}:0`, cameras: ['yard'] });
  await yard.until('camera', count / 2);
  expect(seqs(yard)).toEqual(range(1, count / 2).map((n) => 2 * n));
}, 20_000);

test('after a clean restart the epoch goes on and nothing is missed', async () => {
  const first = await start();
  for (let n = 0; n < 20; n++) first.served.say();
  await first.stop();
  const second = await start();
  expect(second.epoch).toBe(first.epoch);
  const client = second.served.client();
  await client.subscribe({ since: `${first.epoch}:5` });
  second.served.say();
  await client.until('camera', 16);
  expect(seqs(client)).toEqual(range(6, 21));
});

test('after an unclean end another epoch begins, and what was not kept is told', async () => {
  const first = await start();
  for (let n = 0; n < 20; n++) first.served.say();
  await first.stop();
  await writeFile(join(folder.path, 'history', 'seal.json'), ''); // as if it had been killed
  const second = await start();
  expect(second.epoch).not.toBe(first.epoch);
  const client = second.served.client();
  // It had been sent two more than were kept.
  await client.subscribe({ since: `${first.epoch}:22` });
  second.served.say();
  const { seq } = await client.until('camera');
  expect(client.of('gap')).toEqual([
    {
      type: 'gap',
      epoch: second.epoch,
      from: 23,
      to: (seq as number) - 1,
      missed: (seq as number) - 23,
      reason: 'epoch',
    },
  ]);
});
