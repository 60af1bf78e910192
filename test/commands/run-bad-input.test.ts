import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/clips.ts';
import { ROOT, weir } from '../support/daemon.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const path = (name: string) => join(folder.path, name);
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

describe('weir run with bad input', () => {
  test.each([
    ['an unknown option', ['run', '--buget', '5'], /unknown option '--buget'[\s\S]*Did you mean --budget/],
    ['an unknown command', ['rnu'], /unknown command 'rnu'[\s\S]*Did you mean run/],
    ['a budget that is none', ['run', '--budget', 'soon'], /--budget/],
    ['a missing configuration', ['run', '--config', '/none.yaml'], /no config file \/none\.yaml/],
    ['a missing source', ['run', '--source', 'none.mp4'], /there is no file none\.mp4/],
    ['a source twice', ['run', '--source', 'a=fixtures/demo.mp4', '--source', 'a=fixtures/demo.mp4'], /given twice/],
    [
      'an unknown rung',
      ['run', '--port', '0', '--mode', 'fixed:lite9'],
      /mode fixed:lite9: the ladder imagenet-1k has no rung "lite9"/,
    ],
    ['an unknown rung in the list', ['run', '--port', '0', '--rungs', 'lite0@96-int9'], /did you mean "lite0@96-int8"/],
    [
      'an unknown rung beside a fixed one',
      ['run', '--port', '0', '--mode', 'fixed:lite0@96-int8', '--rungs', 'nope'],
      /no rung "nope"/,
    ],
    ['an empty list of rungs', ['run', '--rungs', ','], /must be a list/],
    ['an unknown ladder', ['run', '--port', '0', '--ladder', '/none'], /no ladder file \/none\/ladder\.json/],
    ['an address that others reach', ['run', '--host', '0.0.0.0'], /does not serve on 0\.0\.0\.0/],
  ])('%s: one clear line, a remedy, exit code 2', async (_name, args, message) => {
    const { code, stdout, stderr } = await weir(args);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/→|--help|Did you mean/);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  test('an ffmpeg that is not there ends the daemon', async () => {
    const { code, stderr } = await weir(['run', '--port', '0', '--source', 'fixtures/demo.mp4'], {
      env: { WEIR_FFMPEG: '/none/ffmpeg' },
      timeoutMs: 20_000,
    });
    expect(stderr).toMatch(/cannot run \/none\/ffmpeg[\s\S]*→ install one/);
    expect(code).toBe(2);
  });

  test('a password in a source whose scheme was forgotten is not shown', async () => {
    const { code, stderr } = await weir(['run', '--source', 'me:hunter22@192.0.2.7/x']);
    expect(stderr).toMatch(/there is no file \*\*\*@192\.0\.2\.7\/x\n.*rtsp:\/\//);
    expect(stderr).not.toContain('hunter22');
    expect(code).toBe(2);
  });

  test('a port in use: exit code 1 and another port as the remedy', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    const { code, stderr } = await weir(['run', '--port', String(port)]);
    other.close();
    expect(code).toBe(1);
    expect(stderr).toMatch(new RegExp(`port ${port} .* is in use[\\s\\S]*--port N`));
  });

  test.each([
    ['missing', async () => {}, /there is no model file/],
    ['changed', async (file: string) => writeFile(file, 'other bytes'), /is not the model that the ladder names/],
  ])('a model file that is %s', async (name, change, message) => {
    const ladder = path(`ladder-${name}`);
    const shipped = join(ROOT, 'models/imagenet-1k');
    await mkdir(ladder);
    for (const file of ['ladder.json', 'labels.json']) await copyFile(join(shipped, file), join(ladder, file));
    await change(join(ladder, 'efficientnet-lite0-int8.onnx'));
    const { code, stderr } = await weir(['run', '--port', '0', '--ladder', ladder, '--mode', 'fixed:lite0@96-int8']);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });

  test('a label file of the wrong length', async () => {
    const ladder = path('ladder-labels');
    const shipped = join(ROOT, 'models/imagenet-1k');
    await mkdir(ladder);
    for (const file of ['ladder.json', 'efficientnet-lite0-int8.onnx'])
      await copyFile(join(shipped, file), join(ladder, file));
    const labels = JSON.parse(await readFile(join(shipped, 'labels.json'), 'utf8'));
    await writeFile(join(ladder, 'labels.json'), JSON.stringify(labels.slice(0, 999)));
    const { code, stderr } = await weir(['run', '--port', '0', '--ladder', ladder, '--mode', 'fixed:lite0@96-int8']);
    expect(stderr).toMatch(/answers with 1000 classes, the labels file has 999/);
    expect(code).toBe(2);
  });
});
