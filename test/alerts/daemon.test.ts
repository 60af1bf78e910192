import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sign } from '../../src/alerts/webhook.ts';
import { ffmpeg, temporaryFolder } from '../support/clips.ts';
import { Daemon, weir } from '../support/daemon.ts';
import { freePort } from '../support/mosquitto.ts';
import { waitFor } from '../support/processes.ts';

const SECRET = 'a secret for this test';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let daemon: Daemon | null = null;
let receiver: Server | null = null;
let port: number;
const got: { id: string; rule: string; camera: string; picture: Buffer; isSigned: boolean }[] = [];

beforeEach(async () => {
  folder = await temporaryFolder();
  port = await freePort();
  got.length = 0;
});
afterEach(async () => {
  await daemon?.stop('SIGKILL');
  daemon = null;
  receiver?.closeAllConnections();
  receiver?.close();
  receiver = null;
  await folder.remove();
});

async function listen(): Promise<void> {
  receiver = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    const signature = String(request.headers['weir-signature']);
    const isSigned = signature === sign(body, SECRET, Number(/^t=(\d+)/.exec(signature)?.[1]));
    const { id, rule, camera, snapshot } = JSON.parse(body);
    got.push({ id, rule, camera, picture: Buffer.from(snapshot?.base64 ?? '', 'base64'), isSigned });
    response.end();
  }).listen(port, '127.0.0.1');
  await once(receiver, 'listening');
}

async function configure(rules: object[]): Promise<void> {
  await writeFile(
    join(folder.path, 'weir.yaml'),
    JSON.stringify({
      ...{ mode: 'cascade', rungs: ['lite0@96-int8'], inference: { slots: 1 } },
      cameras: [{ id: 'gate', source: 'clip.mp4', loop: true, only: ['tabby'] }],
      alerts: { rules, log: false, webhooks: [{ id: 'guard', url: `http://127.0.0.1:${port}/in`, secret: SECRET }] },
    }),
  );
}

async function start(stateDir = folder.path): Promise<Daemon> {
  daemon = new Daemon(['--config', join(folder.path, 'weir.yaml'), '--state-dir', stateDir]);
  await daemon.subscribe();
  return daemon;
}

const alertsOf = async ({ address }: Daemon) => (await (await fetch(`${address}/api/alerts`)).json()) as Alerts;
interface Alerts {
  readonly rules: readonly { readonly id: string; readonly raised: number; readonly lastAtMs: number | null }[];
  readonly targets: readonly { readonly id: string; readonly waiting: number; readonly delivered: number }[];
  readonly recent: readonly { readonly id: string; readonly text: string; readonly outcomes: object }[];
}

async function makeClip(): Promise<void> {
  const clip = join(folder.path, 'clip.mp4');
  await ffmpeg(['-f', 'lavfi', '-i', 'testsrc=size=160x120:rate=5:duration=120', '-pix_fmt', 'yuv420p', clip]);
}

test('an alert that was raised while its receiver was down arrives after kill -9 and a restart, signed, with its picture', async () => {
  await makeClip();
  await configure([{ id: 'watch', when: 'other for 1s on gate' }]);
  const first = await start();
  await waitFor(async () => (await alertsOf(first)).targets[0]?.waiting === 1, 'an alert that waits');
  const told = await alertsOf(first);
  expect(told.rules).toMatchObject([{ id: 'watch', raised: 1 }]);
  expect(told.recent[0]?.text).toMatch(/^watch: other .*on gate/);
  const metrics = await (await fetch(`${first.address}/metrics`)).text();
  expect(metrics).toContain('weir_alerts_raised_total{rule="watch"} 1');
  expect(metrics).toContain('weir_alerts_waiting{target="guard"} 1');
  const waiting = join(folder.path, 'alerts/guard');
  const hasPicture = async () => {
    const [name = ''] = await readdir(waiting);
    return name.endsWith('.json') && /"snapshot":"/.test(await readFile(join(waiting, name), 'utf8').catch(() => ''));
  };
  await waitFor(hasPicture, 'its picture on disk');
  await first.stop('SIGKILL');
  expect(await readdir(waiting)).toHaveLength(1);

  await listen();
  const second = await start();
  await waitFor(() => got.length > 0, 'the alert');
  expect(got[0]).toMatchObject({ id: told.recent[0]?.id, rule: 'watch', camera: 'gate', isSigned: true });
  expect(got[0]?.picture.subarray(0, 3).toString('hex')).toBe('ffd8ff');

  // A reload keeps what rules have seen, and takes new ones in.
  await waitFor(async () => (await alertsOf(second)).rules[0]?.raised === 2, 'the rule to come true again');
  await configure([
    { id: 'watch', when: 'other for 1s on gate' },
    { id: 'new', when: 'camera gate is live' },
  ]);
  second.child.kill('SIGHUP');
  await waitFor(
    async () => (await alertsOf(second)).rules.some(({ id, raised }) => id === 'new' && raised === 1),
    'the new rule',
  );
  await waitFor(() => got.some(({ rule }) => rule === 'new'), 'its alert');
  await second.untilLabels(second.labels.length + 8);
  expect((await alertsOf(second)).rules).toMatchObject([
    { id: 'watch', raised: 2 },
    { id: 'new', raised: 1 },
  ]);

  const tried = await weir(['alerts', 'test', '--url', second.address]);
  expect(tried).toMatchObject({ code: 0, stdout: 'guard  delivered\n' });
  expect(got.at(-1)).toMatchObject({ rule: 'test', camera: 'gate', isSigned: true });
  const mistaken = await weir(['alerts', 'test', 'gaurd', '--url', second.address]);
  expect(mistaken.code).toBe(2);
  expect(mistaken.stderr).toMatch(/did you mean "guard"/);
  receiver?.closeAllConnections();
  receiver?.close();
  const away = await weir(['alerts', 'test', '--url', second.address]);
  expect(away).toMatchObject({ code: 1, stdout: expect.stringMatching(/^guard {2}later: .*ECONNREFUSED/) });
  expect((await second.stop()).code).toBe(0);
});

test('alerts are listed and counted on after kill -9, an end as asked for, and a restored backup; what repeats by minutes waits on', async () => {
  await makeClip();
  await listen();
  await configure([
    { id: 'often', when: 'camera gate is live' },
    { id: 'seldom', when: 'camera gate is live', repeatMinutes: 60 },
  ]);
  const took = async (of: Daemon, count: number) => {
    const taken = async () => (await alertsOf(of)).recent.filter(({ outcomes }) => 'guard' in outcomes).length;
    await waitFor(async () => (await taken()) === count, `${count} alerts that are taken`);
    return await alertsOf(of);
  };
  const first = await start();
  const one = await took(first, 2);
  expect(one.recent.map(({ outcomes }) => outcomes)).toEqual([{ guard: 'delivered' }, { guard: 'delivered' }]);
  const journal = () => readFile(join(folder.path, 'alerts/journal.jsonl'), 'utf8');
  await waitFor(async () => (await journal()).split('"outcome":').length === 3, 'what became of both on disk');
  await waitFor(async () => (await readdir(join(folder.path, 'alerts/guard'))).length === 0, 'nothing that waits');
  await first.stop('SIGKILL');

  const second = await start();
  const two = await took(second, 3);
  expect(two.recent.slice(1)).toEqual(one.recent);
  const seldom = { id: 'seldom', raised: 1, lastAtMs: one.rules[1]?.lastAtMs };
  expect(two.rules).toMatchObject([{ id: 'often', raised: 2 }, seldom]);
  expect(await (await fetch(`${second.address}/metrics`)).text()).toContain('weir_alerts_raised_total{rule="often"} 2');
  expect((await second.stop()).code).toBe(0);

  const [copy, restored] = [join(folder.path, 'copy'), join(folder.path, 'restored')];
  expect(await weir(['backup', copy, '--state-dir', folder.path])).toMatchObject({ code: 0 });
  await mkdir(restored);
  expect(await weir(['restore', copy, '--state-dir', restored])).toMatchObject({ code: 0 });
  const third = await start(restored);
  const three = await took(third, 4);
  expect(three.recent.slice(1)).toEqual(two.recent);
  expect(three.rules).toMatchObject([{ id: 'often', raised: 3 }, seldom]);
  expect(new Set(got.map(({ id }) => id)).size).toBe(got.length);
});
