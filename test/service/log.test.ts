import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test, vi } from 'vitest';
import { RateLimiter } from '../../src/service/log.ts';
import { Shutdown } from '../../src/service/shutdown.ts';
import { temporaryFolder } from '../support/clips.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Runs a script that logs, and gives the lines of its stderr. */
async function logged(body: string): Promise<Record<string, unknown>[]> {
  return (await linesOf(body)).map((line) => JSON.parse(line));
}

async function linesOf(body: string, format = 'json', journal = false): Promise<string[]> {
  const script = `
    const { createLogger } = await import('./dist/src/service/log.js');
    const { Redactor } = await import('./dist/src/secrets.js');
    const redactor = new Redactor();
    const log = createLogger({ level: 'info', format: '${format}' }, redactor);
    ${body}
    await log.flush();`;
  // The journal tells a program the file that its stderr goes to; here any file may be that.
  const shell =
    'exec 2>"$1"; [ -z "$3" ] || export JOURNAL_STREAM=$(stat -Lc %d:%i "$1"); exec "$0" --input-type=module -e "$2"';
  const folder = await temporaryFolder();
  const path = join(folder.path, 'stderr');
  const args = ['-c', shell, process.execPath, path, script, journal ? 'journal' : ''];
  await promisify(execFile)('/bin/sh', args, { cwd: ROOT, env: { ...process.env, JOURNAL_STREAM: '1:1' } });
  const text = await readFile(path, 'utf8');
  await folder.remove();
  return text.trim().split('\n');
}

describe('the log', () => {
  test('blots secrets out of texts and fields, and leaves keys, numbers, ids and Weir’s own words whole', async () => {
    const [line] = await logged(`
      for (const secret of ['1795!', 'camera', 'gate', 'live']) redactor.register(secret);
      log.warn({ camera: 'gate', port: 17950, url: ['rtsp://u:p@h/1795!'] }, 'camera gate is live: 1795! of rtsp://u:p@h');`);
    expect(line).toMatchObject({
      camera: 'gate',
      port: 17950,
      url: ['rtsp://***@h/***'],
      msg: 'camera gate is live: *** of rtsp://***@h',
    });
    expect(line?.time).toBeTypeOf('number');
  });

  test('has sentences with priorities in the journal, line by line, then fields', async () => {
    const body = `redactor.register('hu$h'); log.info({}, 'all is well'); log.warn({ camera: 'gate' }, 'hu$h is late');
      log.error({}, 'two\\nlines');`;
    expect(await linesOf(body, 'auto', true)).toEqual([
      '<6>all is well',
      '<4>*** is late {"camera":"gate"}',
      '<3>two',
      '<3>lines',
    ]);
    const [line] = await linesOf(body, 'json', true);
    expect(line).toMatch(/^<6>\{"level":30,.*"msg":"all is well"\}$/);
    expect((await linesOf(body, 'auto', false))[0]).toMatch(/^\{"level":30/);
  });

  test('changes its level while it runs', async () => {
    const lines = await logged("log.setLevel('error'); log.warn({}, 'a'); log.setLevel('debug'); log.debug({}, 'b');");
    expect(lines.map(({ msg }) => msg)).toEqual(['b']);
  });

  test('keeps its level', async () => {
    expect((await logged("log.debug({}, 'a'); log.info({}, 'b'); log.error({}, 'c');")).map(({ msg }) => msg)).toEqual([
      'b',
      'c',
    ]);
  });
});

test('RateLimiter lets one through a second, and counts what it held back', () => {
  const limiter = new RateLimiter();
  const said: number[] = [];
  for (const nowMs of [0, 100, 999, 1000, 1500, 2100]) limiter.run('key', nowMs, (held) => said.push(held));
  limiter.run('other', 2100, (held) => said.push(held));
  expect(said).toEqual([0, 2, 1, 0]);
});

test('Shutdown ends everything in reverse order, once, whatever goes wrong', async () => {
  const ended: string[] = [];
  const told: string[] = [];
  const log = { error: (_fields: object, text: string) => told.push(text) };
  const shutdown = new Shutdown(1000, log as unknown as ConstructorParameters<typeof Shutdown>[1]);
  shutdown.add('first', async () => void ended.push('first'));
  shutdown.add('broken', async () => {
    throw new Error('no luck');
  });
  shutdown.add('last', async () => void ended.push('last'));
  await shutdown.run(0);
  await shutdown.run(0);
  expect(ended).toEqual(['last', 'first']);
  expect(told).toEqual(['while stopping broken: no luck']);
});

test('when the deadline strikes, what must not be cut off is ended all the same before the process is', async () => {
  const log = { error: () => {} } as unknown as ConstructorParameters<typeof Shutdown>[1];
  const shutdown = new Shutdown(20, log);
  const order: string[] = [];
  const exited = new Promise<void>((resolve) => {
    vi.spyOn(process, 'exit').mockImplementationOnce((code) => {
      order.push(`exit ${code}`);
      resolve();
      return undefined as never;
    });
  });
  const seal = async () => void order.push('sealed');
  shutdown.add('history', async () => {}, seal);
  shutdown.add('not begun', async () => void order.push('ended'));
  shutdown.add('hangs', () => new Promise(() => {}));
  shutdown.add(
    'over',
    async () => void order.push('over'),
    async () => void order.push('twice'),
  );
  void shutdown.run(3);
  await exited;
  expect(order).toEqual(['over', 'sealed', 'exit 3']);
  vi.restoreAllMocks();
});
