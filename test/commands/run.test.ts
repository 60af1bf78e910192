import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ffmpeg, temporaryFolder } from '../support/clips.ts';
import { Daemon, ROOT, weir } from '../support/daemon.ts';
import { childProcesses, ffmpegChildren, waitFor } from '../support/processes.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const path = (name: string) => join(folder.path, name);
const daemons: Daemon[] = [];
/** Whatever those of the machine are: the reader of them has its own tests. */
const CLOCK_STATE = /^(pinned|floating|throttled|mixed|unreadable)$/;

function daemon(args: string[], env: Record<string, string> = {}): Daemon {
  const started = new Daemon(args, env);
  daemons.push(started);
  return started;
}

beforeAll(async () => {
  folder = await temporaryFolder();
  await ffmpeg([
    '-f',
    'lavfi',
    '-i',
    'testsrc=s=320x240:d=2:r=25',
    '-c:v',
    'libx264',
    '-pix_fmt',
    'yuv420p',
    path('short.mp4'),
  ]);
  await writeFile(path('text.mp4'), 'not a video');
});
afterEach(async () => {
  for (const { child } of daemons.splice(0)) child.kill('SIGKILL');
});
afterAll(() => folder.remove());

describe('weir run', () => {
  test('plays a file once, tells its labels in order, and ends with 0', async () => {
    const running = daemon(['--source', `clip=${path('short.mp4')}`, '--budget', 'none']);
    await running.subscribe();
    expect(await running.exit()).toBe(0);
    expect(running.states('clip').at(-1)).toBe('ended');
    const { labels } = running;
    expect(labels.length).toBeGreaterThanOrEqual(9);
    for (const [i, label] of labels.entries()) {
      expect(label).toMatchObject({
        camera: 'clip',
        stream: 1,
        budgetMs: null,
        clock: { state: expect.stringMatching(CLOCK_STATE), source: expect.stringMatching(/^(jetson|linux|none)$/) },
      });
      if (i > 0) expect(label.ptsSeconds).toBeGreaterThan(labels[i - 1]?.ptsSeconds ?? Infinity);
    }
    const numbers = running.messages.flatMap(({ type, seq }) =>
      ['label', 'event', 'camera'].includes(type) ? [Number(seq)] : [],
    );
    for (const [i, seq] of numbers.entries()) if (i > 0) expect(seq).toBe((numbers[i - 1] ?? 0) + 1);
  });

  test('at a fast pace, classifies every sampled frame and drops none', async () => {
    const running = daemon([
      '--source',
      path('short.mp4'),
      '--pace',
      'fast',
      '--fps',
      'all',
      '--loop',
      '--budget',
      'none',
      '--mode',
      'fixed:lite0@96-int8',
    ]);
    await running.subscribe();
    await running.untilLabels(120);
    const metrics = await (await fetch(`${running.address}/metrics`)).text();
    await running.stop();
    expect(metrics).not.toMatch(/weir_frames_dropped_total\{.*reason="(displaced|skipped)"/);
    const whole = running.labels
      .filter(({ stream }) => stream === 2)
      .map(({ ptsSeconds }) => Math.round(ptsSeconds * 25));
    expect(whole).toEqual([...whole.keys()]);
  });

  test('without cameras it idles and serves', async () => {
    const running = daemon([]);
    await running.subscribe();
    await waitFor(async () => (await fetch(`${running.address}/readyz`)).status === 200, 'readiness');
    expect(running.messages[0]).toMatchObject({ type: 'hello', cameras: [] });
    expect((await running.stop()).code).toBe(0);
  });

  test('serves health and metrics by camera, rung and stage', async () => {
    const running = daemon(['--source', `demo=${join(ROOT, 'fixtures/demo.mp4')}`, '--loop']);
    await running.subscribe();
    await running.untilLabels(5);
    const metrics = await (await fetch(`${running.address}/metrics`)).text();
    for (const pattern of [
      /weir_frames_in_total\{camera="demo"\} \d+/,
      /weir_labels_total\{camera="demo",question="default",stop="accepted"\} \d+/,
      /weir_rung_milliseconds_bucket\{le="4",rung="lite\d@[^"]+",stage="run",clock="\w+"\} \d+/,
      /weir_frame_milliseconds_count\{camera="demo",stage="total",clock="\w+"\} \d+/,
      /weir_clock_state\{state="\w+",source="\w+"\} 1/,
      /weir_clock_info\{device="[^"]+",state="\w+",power_mode="\w*",governor="[^"]*",reasons="[^"]+"\} 1/,
      /weir_camera_state\{camera="demo",state="live"\} 1/,
      /weir_event_loop_delay_p99_milliseconds [\d.]+/,
    ]) {
      expect(metrics).toMatch(pattern);
    }
    await running.stop();
  });

  test('one camera in trouble does not affect another', async () => {
    await writeFile(
      path('mixed.yaml'),
      `cameras:
  - {id: good, source: ${join(ROOT, 'fixtures/demo.mp4')}, loop: true}
  - {id: text, source: text.mp4, loop: true}
  - {id: gone, source: missing.mp4}
  - {id: dark, source: "rtsp://user:topsecret@127.0.0.1:9/x"}
`,
    );
    const running = daemon(['--config', path('mixed.yaml')]);
    await running.subscribe();
    await running.untilLabels(10);
    await running.stop();
    expect(new Set(running.labels.map(({ camera }) => camera))).toEqual(new Set(['good']));
    expect(running.states('text')).toContain('failed');
    expect(running.states('dark')).toContain('failed');
    expect(JSON.stringify(running.messages) + running.stdout + running.stderr).not.toContain('topsecret');
    expect(running.stderr).toMatch(/camera text is failed: it is not a video/);
    expect(running.stderr).toMatch(/camera gone is failed: there is no such file/);
  });

  test('ends with 1 when its only file cannot be read', async () => {
    const { code, stderr } = await weir(['run', '--port', '0', '--source', path('text.mp4')]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/not a video/);
    expect(stderr).not.toMatch(/ at .*\.js:\d+/);
  });
});

describe('a budget', () => {
  const BUDGETS = [0, 3, 10, 100];

  // Every frame is asked, so that as many are at every budget.
  beforeAll(async () => {
    await writeFile(
      path('asked.yaml'),
      `cameras:\n  - {id: demo, source: ${join(ROOT, 'fixtures/demo.mp4')}, reuse: {enabled: false}}\n`,
    );
  });

  test('that is larger never gives fewer rungs, and none runs that its p95 would carry past it', async () => {
    const meanRungs: number[] = [];
    for (const budget of BUDGETS) {
      const running = daemon(['--config', path('asked.yaml'), '--pace', 'fast', '--budget', String(budget)]);
      await running.subscribe();
      expect(await running.exit()).toBe(0);
      const { timings } = JSON.parse(/^\{.*"timings".*$/m.exec(running.stderr)?.[0] ?? '{}') as {
        timings: { rung: string; p95Ms: number }[];
      };
      for (const { path, stop, spentMs } of running.labels) {
        let beforeMs = 0;
        for (const { rung, waitMs, runMs } of path) {
          const p95Ms = timings.find((timing) => timing.rung === rung)?.p95Ms ?? Infinity;
          expect(beforeMs + p95Ms).toBeLessThanOrEqual(budget);
          beforeMs += waitMs + runMs;
        }
        expect(spentMs).toBeGreaterThanOrEqual(beforeMs);
        expect(['accepted', 'top', 'budget']).toContain(stop);
        if (path.length === timings.length) expect(stop).toBe('top');
      }
      if (budget === 0) {
        expect(running.labels).toEqual([]);
        const degraded = running.messages.filter(({ type }) => type === 'camera').map((message) => message.degraded);
        expect(degraded).toContainEqual(['too-slow']);
      }
      const FRAMES = 167;
      meanRungs.push(running.labels.reduce((sum, { path }) => sum + path.length, 0) / FRAMES);
    }
    expect(meanRungs).toEqual([...meanRungs].sort((a, b) => a - b));
    expect(meanRungs.at(-1)).toBeGreaterThan(1);
  }, 60_000);
});

describe('weir run ends', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('at %s in under 5 s with 0, and leaves no process', async (signal) => {
    const running = daemon(['--source', `demo=${join(ROOT, 'fixtures/demo.mp4')}`, '--loop']);
    await running.subscribe();
    await running.untilLabels(2);
    const children = [...childProcesses(running.pid).keys()];
    expect(ffmpegChildren(running.pid).length).toBe(1);
    const { code, tookMs } = await running.stop(signal);
    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(5000);
    const alive = new Set((await readdir('/proc')).map(Number));
    expect(children.filter((pid) => alive.has(pid))).toEqual([]);
  });

  test('in the middle of a reconnect, and of a connection that hangs', async () => {
    const hanging = createTcpServer(() => {});
    await new Promise<void>((resolve) => hanging.listen(0, '127.0.0.1', resolve));
    const { port } = hanging.address() as { port: number };
    const running = daemon([
      '--source',
      'refused=rtsp://127.0.0.1:9/x',
      '--source',
      `hangs=rtsp://127.0.0.1:${port}/x`,
    ]);
    await running.subscribe();
    await waitFor(
      () => running.states('refused').includes('failed') && ffmpegChildren(running.pid).length >= 1,
      'both states',
    );
    const { code, tookMs } = await running.stop();
    hanging.close();
    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(5000);
  });

  test('while it is still starting', async () => {
    const running = daemon(['--source', `demo=${join(ROOT, 'fixtures/demo.mp4')}`, '--loop']);
    await waitFor(() => /serving/.test(running.stderr), 'the address');
    expect((await running.stop()).code).toBe(0);
  });

  test('in time, however long it would have measured, and without opening a camera', async () => {
    const config = path('patient.yaml');
    await writeFile(config, `inference: {warmupRuns: 1000}\ncameras: [{id: a, source: ${ROOT}fixtures/demo.mp4}]`);
    const running = daemon(['--config', config]);
    await waitFor(() => /serving/.test(running.stderr), 'the address');
    await new Promise((resolve) => setTimeout(resolve, 1500)); // models are loaded, measuring has begun
    const { code, tookMs } = await running.stop();
    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(5000);
    expect(running.stderr).not.toMatch(/"camera":"a"/);
  });

  test('although nobody reads what it prints', async () => {
    const child = spawn(
      process.execPath,
      [
        'dist/src/main.js',
        'run',
        '--port',
        '0',
        '--print',
        '--loop',
        '--pace',
        'fast',
        '--mode',
        'fixed:lite0@96-int8',
        '--source',
        'fixtures/demo.mp4',
      ],
      { cwd: ROOT, stdio: ['ignore', 'pipe', 'ignore'] },
    );
    const closed = once(child, 'exit');
    await once(child.stdout, 'readable');
    child.stdout.pause();
    await new Promise((resolve) => setTimeout(resolve, 6000));
    const begun = performance.now();
    child.kill('SIGTERM');
    expect((await closed)[0]).toBe(0);
    expect(performance.now() - begun).toBeLessThan(5000);
  });

  test('a device that is not there yet is a failed camera, tried again', async () => {
    const running = daemon([
      '--source',
      'cam=/dev/video63',
      '--source',
      `demo=${join(ROOT, 'fixtures/demo.mp4')}`,
      '--loop',
    ]);
    await running.subscribe();
    await running.untilLabels(1);
    await waitFor(() => running.states('cam').filter((state) => state === 'failed').length > 1, 'another try');
    expect((await running.stop()).code).toBe(0);
  });

  test('not because the reader of its stdout leaves', async () => {
    const source = ['--source', `demo=${join(ROOT, 'fixtures/demo.mp4')}`, '--loop', '--pace', 'fast'];
    const running = daemon(['--print', ...source]);
    await running.subscribe('change');
    await waitFor(() => / demo /.test(running.stdout), 'the first printed label');
    running.child.stdout?.destroy();
    await running.untilLabels(running.labels.length + 2); // each of these would have been printed
    const { code } = await running.stop();
    expect(code).toBe(0);
    expect(running.stderr).not.toMatch(/EPIPE|unexpected/);
  });
});
