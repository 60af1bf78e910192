import { createServer, request } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { isLoopback } from '../../src/loopback.ts';
import { type HttpParts, HttpServer } from '../../src/server/http.ts';
import { Metrics } from '../../src/server/metrics.ts';
import type { ClockStateName, Label } from '../../src/types.ts';

let http: HttpServer | undefined;
afterEach(async () => {
  await http?.close();
});

async function serve(parts: Partial<HttpParts> = {}): Promise<string> {
  http = new HttpServer({
    host: '127.0.0.1',
    port: 0,
    metrics: async () => ({ contentType: 'text/plain', text: 'x 1\n' }),
    ready: () => true,
    upgrades: new Map(),
    ...parts,
  });
  return await http.listen();
}

describe('HttpServer', () => {
  test('tells its health and readiness', async () => {
    let ready = false;
    const address = await serve({ ready: () => ready });
    expect((await fetch(`${address}/healthz`)).status).toBe(200);
    expect((await fetch(`${address}/readyz`)).status).toBe(503);
    ready = true;
    expect((await fetch(`${address}/readyz`)).status).toBe(200);
  });

  test.each(['0.0.0.0', '::', '192.0.2.7', 'example.org'])(
    'does not serve on %s without a word on who may ask',
    (host) => {
      expect(
        () =>
          new HttpServer({
            host,
            port: 0,
            metrics: async () => ({ contentType: '', text: '' }),
            ready: () => true,
            upgrades: new Map(),
          }),
      ).toThrow('who may ask');
    },
  );

  test('tells a path that cannot be read as a problem too', async () => {
    const answer = await fetch(`${await serve()}/api/cameras/%zz`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([400, expect.stringContaining('problem+json')]);
    expect(await answer.json()).toMatchObject({ code: 'request-invalid', remedy: expect.stringContaining('%25') });
  });

  test('tells an id that is too long as a path that is not there', async () => {
    const camera: HttpParts['api'] = [(app) => void app.get('/api/cameras/:id/snapshot.jpg', async () => 'x')];
    const answer = await fetch(`${await serve({ api: camera })}/api/cameras/${'a'.repeat(300)}/snapshot.jpg`);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ code: 'path-unknown', detail: expect.stringContaining('longer') });
  });

  test('refuses a Host that is not this machine', async () => {
    const address = await serve();
    const status = await new Promise((resolve) => {
      request(`${address}/metrics`, { headers: { Host: 'evil.example' } }, (response) =>
        resolve(response.statusCode),
      ).end();
    });
    expect(status).toBe(421);
  });

  test('names the remedy for a port in use', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    await expect(serve({ port })).rejects.toMatchObject({
      code: 'port-in-use',
      exitCode: 1,
      remedy: expect.stringContaining('--port'),
    });
    other.close();
  });
});

test.each([
  ['localhost', true],
  ['127.0.0.1', true],
  ['127.9.8.7', true],
  ['::1', true],
  ['[::1]', true],
  ['127.0.0.1.evil.example', false],
  ['0.0.0.0', false],
  ['', false],
])('isLoopback(%s) is %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});

test('Metrics keeps latencies of different clock states apart', async () => {
  const metrics = new Metrics({
    subscribers: () => 3,
    subscriberDrops: () => 0,
    inferenceCrashes: () => 1,
    inferenceQueued: () => 0,
  });
  const label = (state: ClockStateName) =>
    ({
      camera: 'gate',
      question: 'default',
      stop: 'accepted',
      path: [] as Label['path'],
      spentMs: 5,
      clock: { state, source: 'linux' },
    }) as unknown as Label;
  const step = { rung: 'low', waitMs: 0, prepareMs: 0.2, runMs: 2.5, serviceMs: 3, confidence: 1 };
  metrics.frameArrived('gate');
  metrics.frameLost('gate', 'displaced');
  metrics.rungRan(step, { state: 'pinned', source: 'linux' });
  for (let n = 0; n < 2; n++) metrics.rungRan(step, { state: 'floating', source: 'linux' });
  metrics.answered([label('pinned')], 0.1);
  metrics.answered([label('floating')], 0.1);
  metrics.answered([label('mixed')], 0.1);
  metrics.cameraState('gate', 'connecting');
  metrics.cameraState('gate', 'live');
  metrics.cameraState('gate', 'connecting');
  const { text } = await metrics.read();
  for (const line of [
    'weir_frames_in_total{camera="gate"} 1',
    'weir_frames_dropped_total{camera="gate",reason="displaced"} 1',
    'weir_frames_classified_total{camera="gate"} 3',
    'weir_labels_total{camera="gate",question="default",stop="accepted"} 3',
    'weir_rung_runs_total{rung="low"} 3',
    'weir_rung_milliseconds_count{rung="low",stage="run",clock="pinned"} 1',
    'weir_rung_milliseconds_count{rung="low",stage="run",clock="floating"} 2',
    'weir_frame_milliseconds_count{camera="gate",stage="total",clock="pinned"} 1',
    'weir_frame_milliseconds_count{camera="gate",stage="total",clock="mixed"} 1',
    'weir_camera_state{camera="gate",state="connecting"} 1',
    'weir_camera_state{camera="gate",state="live"} 0',
    'weir_camera_restarts_total{camera="gate"} 1',
    'weir_inference_restarts 1',
    'weir_subscribers 3',
  ]) {
    expect(text).toContain(line);
  }
  expect(text).toMatch(/weir_event_loop_delay_p99_milliseconds \d/);
  metrics.stop();
});
