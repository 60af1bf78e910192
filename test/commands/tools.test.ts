import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { ffmpeg, temporaryFolder } from '../support/clips.ts';
import { Daemon, ROOT, weir } from '../support/daemon.ts';
import { waitFor } from '../support/processes.ts';
import { writeStudyLadder } from '../support/study.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const path = (name: string) => join(folder.path, name);

beforeAll(async () => {
  folder = await temporaryFolder();
  await ffmpeg(['-ss', '6', '-i', join(ROOT, 'fixtures/demo.mp4'), '-frames:v', '1', path('cat.png')]);
  await sharp(path('cat.png'))
    .rotate(90)
    .jpeg({ quality: 95 })
    .withMetadata({ orientation: 8 })
    .toFile(path('turned.jpg'));
  await writeFile(path('text.jpg'), 'not a picture');
  await writeFile(path('text.mp4'), 'not a video');
});
afterAll(() => folder.remove());

const FAST = ['--mode', 'fixed:lite0@192-int8'];

describe('weir classify', () => {
  test('tells what an image shows, upright by its orientation', async () => {
    const { code, stdout } = await weir(['classify', '--json', '--top', '3', path('cat.png'), path('turned.jpg')]);
    expect(code).toBe(0);
    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    for (const answer of answers) {
      expect(['Egyptian cat', 'tabby', 'tiger cat']).toContain(answer.label);
      expect(answer.top.length).toBe(3);
      expect(answer.path[0]).toMatchObject({ rung: expect.stringMatching(/^lite\d@\d+-/), runMs: expect.any(Number) });
    }
    expect(answers.map(({ file }) => file)).toEqual([path('cat.png'), path('turned.jpg')]);
  });

  test('prints a line per frame of a video, for a person', async () => {
    const { stdout } = await weir(['classify', '--fps', '1', ...FAST, 'fixtures/demo.mp4']);
    const lines = stdout.trim().split('\n');
    expect(lines.length).toBe(34);
    expect(lines[6]).toMatch(
      /^fixtures\/demo\.mp4 +6\.000 s {2}Egyptian cat +\d\.\d\d +[\d.]+ ms {2}lite0@192-int8 \(fixed\)$/,
    );
  });

  test('goes on after a file that it cannot read, and ends with 1', async () => {
    const { code, stdout, stderr } = await weir([
      'classify',
      ...FAST,
      path('text.jpg'),
      path('text.mp4'),
      path('none.png'),
      path('cat.png'),
    ]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/text\.jpg: cannot be decoded as an image/);
    expect(stderr).toMatch(/text\.mp4: it is not a video/);
    expect(stderr).toMatch(/there is no file .*none\.png/);
    expect(stderr.match(/→/g)?.length).toBe(3);
    expect(stdout).toMatch(/cat\.png/);
  });

  test('says that no rung fits the budget', async () => {
    const { code, stderr } = await weir(['classify', '--budget', '0', path('cat.png')]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /no rung fits the budget; the cheapest, lite\d@\S+, takes \d[\d.]* ms here\n {2}→ give a larger --budget/,
    );
  });

  test('ends quietly with 0 when its reader has seen enough', async () => {
    const child = spawn(
      process.execPath,
      ['dist/src/main.js', 'classify', '--fps', 'all', ...FAST, 'fixtures/demo.mp4'],
      { cwd: ROOT },
    );
    let stderr = '';
    child.stderr.on('data', (data) => {
      stderr += data;
    });
    await once(child.stdout, 'data');
    child.stdout.destroy();
    const [code] = await once(child, 'close');
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });
});

test('results that cannot be written end a command with 1, a reader that leaves does not', async () => {
  const shell = (command: string) =>
    promisify(execFile)('/bin/sh', ['-c', command], { cwd: ROOT }).then(
      ({ stderr }) => ({ code: 0, stderr }),
      ({ code, stderr }: { code: number; stderr: string }) => ({ code, stderr }),
    );
  const full = await shell('node dist/src/main.js config show > /dev/full');
  expect(full).toEqual({ code: 1, stderr: expect.stringMatching(/cannot write the results: ENOSPC.*\n {2}→/) });
  const left = await shell('(node dist/src/main.js config show; echo $? >&2) | true');
  expect(left).toEqual({ code: 0, stderr: '0\n' });
});

describe('weir watch', () => {
  test('prints a daemon’s changes for a person, or every message as JSON, and finds it again', async () => {
    const daemon = new Daemon(['--source', `demo=${join(ROOT, 'fixtures/demo.mp4')}`, '--loop']);
    await daemon.subscribe();
    const watch = (...args: string[]) => {
      const child = spawn(process.execPath, ['dist/src/main.js', 'watch', daemon.address, ...args], { cwd: ROOT });
      const seen = { out: '', err: '', child };
      child.stdout.on('data', (data) => {
        seen.out += data;
      });
      child.stderr.on('data', (data) => {
        seen.err += data;
      });
      return seen;
    };
    const person = watch();
    const program = watch('--json', '--every', 'frame', '--cameras', 'demo');
    const mistaken = watch('--cameras', 'yard');
    await waitFor(() => /demo +\S.* lite\d@\d+-.* ms$/m.test(person.out), 'a line for a person');
    await waitFor(() => /connected to .*: demo is (connecting|live)/.test(person.err), 'the camera’s state');
    await waitFor(() => /no camera yard; it has demo/.test(mistaken.err), 'the unknown camera to be told');
    await waitFor(() => program.out.split('\n').length > 8, 'messages for a program');
    const messages = program.out
      .trim()
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
    expect(messages.slice(0, 2).map(({ type }) => type)).toEqual(['hello', 'subscribed']);
    expect(messages.some(({ type, camera }) => type === 'label' && camera === 'demo')).toBe(true);
    await daemon.stop();
    await waitFor(
      () => /no connection to ws:\/\/127\S+ \(.*\); next try in .*does a daemon run there/.test(person.err),
      'the loss to be told',
    );
    const connections = () => person.err.match(/connected to /g)?.length ?? 0;
    const before = connections();
    const { port } = new URL(daemon.address);
    const again = new Daemon(['--source', `demo=${join(ROOT, 'fixtures/demo.mp4')}`, '--loop', '--port', port]);
    await waitFor(() => connections() > before, 'the daemon to be found again', 30_000);
    await again.stop();
    for (const { child } of [person, program, mistaken]) {
      child.kill('SIGINT');
      expect((await once(child, 'close'))[0]).toBe(0);
    }
  });

  test.each([
    ['http://me:hunter22@127.0.0.1:1', 2, /credentials have no place/],
    ['127.0.0.1:1/#x', 0, /no connection/],
  ])('%s', async (url, code, message) => {
    const child = spawn(process.execPath, ['dist/src/main.js', 'watch', url], { cwd: ROOT });
    const closed = once(child, 'close');
    let stderr = '';
    child.stderr.on('data', (data) => {
      stderr += data;
    });
    await waitFor(() => message.test(stderr), String(message));
    if (code === 0) child.kill('SIGTERM'); // else it has ended by itself
    expect((await closed)[0]).toBe(code);
    expect(stderr).not.toContain('hunter22');
  });

  test('what is no Weir is told', async () => {
    const other = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(other, 'listening');
    other.on('connection', (socket) => socket.send('hi there'));
    const { port } = other.address() as { port: number };
    const child = spawn(process.execPath, ['dist/src/main.js', 'watch', `127.0.0.1:${port}`], { cwd: ROOT });
    let stderr = '';
    child.stderr.on('data', (data) => {
      stderr += data;
    });
    await waitFor(() => /does not speak weir\.v1\+json/.test(stderr), 'the word');
    child.kill('SIGTERM');
    expect((await once(child, 'close'))[0]).toBe(0);
    for (const socket of other.clients) socket.terminate();
    await new Promise((resolve) => other.close(resolve));
  });

  test('refuses a place in the line that is none', async () => {
    expect(await weir(['watch', '--since', 'here'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('epoch:seq'),
    });
  });

  test('refuses what is no address', async () => {
    const { code, stderr } = await weir(['watch', 'ftp://host']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/not a Weir daemon's address/);
  });
});

describe('weir config', () => {
  test('check says that a file is right, or what is wrong with it', async () => {
    await writeFile(path('good.yaml'), 'cameras: [{id: a, source: a.mp4}]');
    await writeFile(path('bad.yaml'), 'cameras: [{id: a, source: a.mp4, fsp: 3}]');
    expect(await weir(['config', 'check', path('good.yaml')])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('right, 1 camera'),
    });
    const bad = await weir(['config', 'check', path('bad.yaml')]);
    expect(bad).toMatchObject({ code: 2, stdout: '' });
    expect(bad.stderr).toMatch(/line 1: cameras\[0\]\.fsp: unknown key \(did you mean "fps"\?\)/);
  });

  test('show prints what is in force, without credentials', async () => {
    await writeFile(path('secret.yaml'), 'cameras: [{id: a, source: "rtsp://me:geheim@h/x"}]');
    const { stdout } = await weir(['config', 'show', '--json', path('secret.yaml')]);
    const shown = JSON.parse(stdout);
    expect(shown.cameras[0]).toMatchObject({ id: 'a', source: 'rtsp://***@h/x', fps: 5, budgetMs: 100 });
    expect(shown.server.port).toBe(8700);
    expect((await weir(['config', 'show', path('secret.yaml')])).stdout).not.toContain('geheim');
  });

  test.each([
    ['mode: fixed:nope', /mode fixed:nope: the ladder imagenet-1k has no rung "nope"/],
    ['ladder: /none', /no ladder file/],
    ['inference: {executionProviders: [quantum]}', /does not know "quantum"/],
    ['ffmpeg: {path: /none/ffmpeg}', /cannot run \/none\/ffmpeg/],
  ])('check finds what is not there: %s', async (text, message) => {
    await writeFile(path('parts.yaml'), text);
    const { code, stderr } = await weir(['config', 'check', path('parts.yaml')]);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/→/);
    expect(code).toBe(2);
  });

  test('check finds a model that was changed, and a profile that is none', async () => {
    const ladder = await writeStudyLadder(path('changed'));
    await writeFile(path('parts.yaml'), `ladder: ${ladder}`);
    expect((await weir(['config', 'check', path('parts.yaml')])).code).toBe(0);
    await writeFile(path('torn.json'), '{');
    await writeFile(path('profiled.yaml'), `ladder: ${ladder}\nprofile: ${path('torn.json')}`);
    const torn = await weir(['config', 'check', path('profiled.yaml')]);
    expect(torn.code).toBe(2);
    expect(torn.stderr).toMatch(/profile file .*torn\.json: is not JSON.*\n {2}→ measure one: `weir profile --out/);
    await writeFile(path('changed/mid.onnx'), 'other bytes');
    const changed = await weir(['config', 'check', path('parts.yaml')]);
    expect(changed.code).toBe(2);
    expect(changed.stderr).toMatch(/mid\.onnx is not the model that the ladder names/);
  });
});

test('ONNX Runtime reports nothing to its maker', async () => {
  const home = path('home');
  await mkdir(home);
  // The runtime keeps quiet by itself where it believes to be tested.
  const env = { HOME: home, XDG_CACHE_HOME: '', CI: '', ORT_RUNNING_UNIT_TESTS: '' };
  expect((await weir(['classify', ...FAST, path('cat.png')], { env })).code).toBe(0);
  expect((await weir(['doctor', '--port', '0'], { env })).code).toBe(0);
  expect(await readdir(home)).toEqual([]);
});

describe('weir doctor', () => {
  test('reports every part as weir.doctor/1', async () => {
    const { code, stdout } = await weir(['doctor', '--json', '--port', '0']);
    const report = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(report).toMatchObject({
      schema: 'weir.doctor/1',
      clock: {
        state: expect.stringMatching(/^(pinned|floating|throttled|unreadable)$/),
        source: expect.stringMatching(/^(jetson|linux|none)$/),
      },
    });
    expect(report.clock.reasons.length).toBeGreaterThan(0);
    const clocks = report.checks.find(({ id }: { id: string }) => id === 'clocks');
    expect(clocks).toMatchObject({ ok: true, message: expect.stringContaining(report.clock.reasons[0]) });
    // What would pin them is said unless they are.
    expect(clocks.remedy === undefined).toBe(report.clock.state === 'pinned');
    const ids = report.checks.map(({ id }: { id: string }) => id);
    for (const id of ['node', 'ffmpeg', 'decoders', 'runtime', 'ladder', 'port', 'clocks']) expect(ids).toContain(id);
  });

  test('names a remedy for what is missing, and ends with 1', async () => {
    const { code, stdout } = await weir(['doctor', '--ladder', '/none', '--port', '0'], {
      env: { WEIR_FFMPEG: '/none/ffmpeg' },
    });
    expect(code).toBe(1);
    expect(stdout).toMatch(/✗ ffmpeg +cannot run \/none\/ffmpeg.*\n +→ install one/);
    expect(stdout).toMatch(/✗ ladder +there is no ladder file \/none\/ladder\.json\n +→ check the path/);
  });
});
