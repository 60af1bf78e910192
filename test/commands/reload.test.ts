import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/clips.ts';
import { Daemon, ROOT } from '../support/daemon.ts';
import { NotifyReceiver } from '../support/notify-receiver.ts';
import { ffmpegChildren, waitFor } from '../support/processes.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let silence: Server;
let silentPort = 0;
let running: Daemon | null = null;

beforeAll(async () => {
  folder = await temporaryFolder();
  silence = createServer((socket) => socket.on('error', () => {}));
  await new Promise<void>((resolve) => silence.listen(0, '127.0.0.1', resolve));
  silentPort = (silence.address() as { port: number }).port;
});
afterEach(async () => {
  await running?.stop('SIGKILL');
  running = null;
});
afterAll(async () => {
  silence.close();
  await folder.remove();
});

const file = () => join(folder.path, 'weir.yaml');
const demo = (more = {}) => ({ id: 'demo', source: join(ROOT, 'fixtures/demo.mp4'), loop: true, ...more });
const silent = (id = 'silent') => ({ id, source: `rtsp://127.0.0.1:${silentPort}/x`, connectTimeoutMs: 60_000 });
const refused = (id = 'refused') => ({ id, source: 'rtsp://127.0.0.1:9/x' });

async function configure(cameras: object[], more: object = {}): Promise<void> {
  const common = { mode: 'cascade', rungs: ['lite0@96-int8'], inference: { slots: 1 }, log: { level: 'info' } };
  await writeFile(file(), JSON.stringify({ ...common, cameras, ...more }));
}

async function start(env: Record<string, string> = {}): Promise<Daemon> {
  running = new Daemon(['--config', file()], env);
  await running.subscribe();
  return running;
}

const says = (daemon: Daemon, text: string) =>
  waitFor(() => daemon.stderr.includes(text), `"${text}" in ${daemon.stderr.slice(-1500)}`);

describe('on SIGHUP', () => {
  test('a changed camera is opened anew with its streams counted on, and another one goes on', async () => {
    await configure([demo(), demo({ id: 'other' })]);
    const daemon = await start();
    await daemon.untilLabels(8);
    await configure([demo({ fps: 10 }), demo({ id: 'other' })]);
    daemon.child.kill('SIGHUP');
    await says(daemon, 'the configuration is reloaded: changed demo');
    await daemon.untilLabels(daemon.labels.length + 15);
    const streams = (camera: string) => [
      ...new Set(daemon.labels.filter((label) => label.camera === camera).map(({ stream }) => stream)),
    ];
    expect(streams('demo')).toEqual([1, 2]);
    expect(streams('other')).toEqual([1]);
    expect(daemon.states('other')).toEqual(['connecting', 'live']);
    const metrics = await (await fetch(`${daemon.address}/metrics`)).text();
    expect(metrics).toContain('weir_camera_state{camera="demo",state="live"} 1');
  });

  test('a camera that the configuration pauses has no ffmpeg until a reload finds it without, and the other way round', async () => {
    await configure([demo({ paused: true }), demo({ id: 'other' })]);
    const daemon = await start();
    await daemon.untilLabels(3);
    const paused = async (id: string) =>
      ((await (await fetch(`${daemon.address}/api/cameras/${id}`)).json()) as { paused: boolean }).paused;
    expect([daemon.states('demo'), await paused('demo'), await paused('other')]).toEqual([['paused'], true, false]);
    expect(ffmpegChildren(daemon.pid)).toHaveLength(1);
    await configure([demo(), demo({ id: 'other', paused: true })]);
    daemon.child.kill('SIGHUP');
    await says(daemon, 'the configuration is reloaded: changed demo, other');
    await waitFor(() => daemon.states('demo').includes('live'), 'the camera that is not paused any more');
    expect([daemon.states('other').at(-1), await paused('demo'), await paused('other')]).toEqual([
      'paused',
      false,
      true,
    ]);
    expect(ffmpegChildren(daemon.pid)).toHaveLength(1);
  });

  test('in the middle of connecting, of waiting for the next try, and of another reload, it leaves nothing behind', async () => {
    await configure([demo(), silent(), refused()]);
    const daemon = await start();
    await daemon.untilLabels(3);
    await waitFor(() => daemon.states('refused').includes('failed'), 'a refused camera');
    for (let n = 0; n < 6; n++) {
      await configure(n % 2 === 0 ? [demo(), silent('b'), refused('c')] : [silent(), demo(), refused()]);
      daemon.child.kill('SIGHUP');
      await new Promise((resolve) => setTimeout(resolve, n * 60));
    }
    await configure([demo()]);
    daemon.child.kill('SIGHUP');
    await waitFor(async () => {
      const { cameras } = await hello(daemon);
      return cameras.length === 1 && ffmpegChildren(daemon.pid).length === 1;
    }, 'one camera with one ffmpeg');
    const before = daemon.labels.length;
    await daemon.untilLabels(before + 5);
    const metrics = await (await fetch(`${daemon.address}/metrics`)).text();
    expect(metrics).not.toMatch(/weir_camera_state\{camera="(silent|b|c|refused)"/);
    for (const id of ['silent', 'refused']) expect(daemon.states(id)).toContain('removed');
    expect(daemon.states('demo').filter((state) => state !== 'live' && state !== 'connecting')).toEqual([]);
    expect((await daemon.stop()).code).toBe(0);
  });

  test('what cannot be changed is refused by name; the level of the log can', async () => {
    await configure([demo()]);
    const daemon = await start();
    await daemon.untilLabels(2);
    await configure([], { topK: 2 });
    daemon.child.kill('SIGHUP');
    await says(daemon, 'a running Weir cannot change topK');
    await daemon.untilLabels(daemon.labels.length + 3);
    expect(daemon.states('demo')).not.toContain('removed');
    const length = daemon.stderr.length;
    await configure([demo({ fps: 3 })], { log: { level: 'error' } });
    daemon.child.kill('SIGHUP');
    await waitFor(() => daemon.labels.at(-1)?.stream === 2, 'the changed camera');
    expect(daemon.stderr.slice(length)).toBe('');
  });

  test('rungs that another mode needs are loaded first, while another camera goes on; a signal meanwhile ends it', async () => {
    await configure([demo(), demo({ id: 'other' })]);
    const daemon = await start();
    await daemon.untilLabels(2);
    await configure([demo({ mode: 'fixed:lite1@240-int8' }), demo({ id: 'other' })]);
    daemon.child.kill('SIGHUP');
    await says(daemon, 'the reload loads lite1@240-int8 for camera demo first; frames go on meanwhile');
    await says(daemon, 'the configuration is reloaded: changed demo');
    const rungs = () =>
      daemon.labels
        .filter(({ camera }) => camera === 'demo')
        .at(-1)
        ?.path.map(({ rung }) => rung);
    await waitFor(() => rungs()?.join() === 'lite1@240-int8', 'a label by the new rung');
    expect(daemon.states('other')).toEqual(['connecting', 'live']);
    await configure([demo({ mode: 'fixed:lite0@224-int8' })]);
    daemon.child.kill('SIGHUP');
    await says(daemon, 'the reload loads lite0@224-int8');
    expect((await daemon.stop()).code).toBe(0);
    expect(daemon.stderr).not.toMatch(/"level":"error"|stopping took longer/);
  });

  test('heads that cannot be used are passed over with a word, and what else is new is taken', async () => {
    await configure([demo()]);
    const state = join(folder.path, 'state');
    const daemon = await start({ XDG_STATE_HOME: state, STATE_DIRECTORY: '' });
    await daemon.untilLabels(2);
    await mkdir(join(state, 'weir/heads'), { recursive: true });
    await writeFile(join(state, 'weir/heads/demo.json'), '{');
    await configure([demo(), demo({ id: 'other' })]);
    daemon.child.kill('SIGHUP');
    await says(daemon, 'the configuration is reloaded: added other; changed demo');
    await says(daemon, "camera demo is asked for the ladder's labels, as its heads cannot be used: heads file");
    const degraded = () => daemon.messages.filter(({ type, camera }) => type === 'camera' && camera === 'demo').at(-1);
    await waitFor(() => `${degraded()?.degraded}`.split(',').includes('heads'), 'the word to subscribers');
  });

  test('without a configuration file there is nothing to reload: it ends in order', async () => {
    running = new Daemon(['--source', demo().source, '--loop', '--mode', 'fixed:lite0@96-int8']);
    await running.subscribe();
    await running.untilLabels(2);
    expect((await running.stop('SIGHUP')).code).toBe(0);
  });
});

describe('systemd is told', () => {
  test('of the start, a reload, signs of life and the end, at an abstract socket', async () => {
    const receiver = new NotifyReceiver(`@weir-reload-${process.pid}`);
    await configure([demo()]);
    const daemon = await start({ NOTIFY_SOCKET: `@weir-reload-${process.pid}`, WATCHDOG_USEC: '4000000' });
    await receiver.until('READY=1');
    expect(receiver.messages.indexOf('READY=1')).toBeGreaterThan(
      receiver.messages.findIndex((text) => text.includes('being loaded')),
    );
    await receiver.until(/^STATUS=1 camera live, \d+\.\d labels\/s, p95 \d+ ms, /);
    const before = receiver.messages.length;
    daemon.child.kill('SIGHUP');
    await receiver.until(/^RELOADING=1\n/);
    await waitFor(() => receiver.messages.slice(before).includes('READY=1'), 'READY after the reload');
    const beats = () => receiver.messages.filter((text) => text === 'WATCHDOG=1').length;
    const soFar = beats();
    await waitFor(() => beats() > soFar + 1, 'more signs of life');
    expect((await daemon.stop()).code).toBe(0);
    await receiver.until('STOPPING=1');
    receiver.close();
  });

  test('READY although no camera is configured', async () => {
    const receiver = new NotifyReceiver(`@weir-idle-${process.pid}`);
    await configure([]);
    const daemon = await start({ NOTIFY_SOCKET: `@weir-idle-${process.pid}` });
    await receiver.until('READY=1');
    await receiver.until(/^STATUS=no camera configured/);
    await daemon.stop();
    receiver.close();
  });

  test('nothing where its socket is gone: one warning, and labels go on', async () => {
    await configure([demo()]);
    const daemon = await start({ NOTIFY_SOCKET: join(folder.path, 'gone'), WATCHDOG_USEC: '400000' });
    await daemon.untilLabels(8);
    expect(daemon.stderr.match(/systemd cannot be told/g)).toHaveLength(1);
  });
});

async function hello(daemon: Daemon): Promise<{ cameras: { id: string }[] }> {
  const { WebSocket } = await import('ws');
  const socket = new WebSocket(`${daemon.address.replace('http', 'ws')}/v1/labels`, ['weir.v1+json']);
  return await new Promise((resolve, reject) => {
    socket.once('message', (data) => {
      resolve(JSON.parse(String(data)));
      socket.close();
    });
    socket.once('error', reject);
  });
}
