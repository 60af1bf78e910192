import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../support/daemon.ts';

const run = promisify(execFile);
const MAX_BYTES = 5_000;

let folder: string;
beforeAll(() => {
  // What the package ships, alone: no source, and nothing of what Weir depends on.
  folder = mkdtempSync(join(tmpdir(), 'weir-consumer-'));
  const installed = join(folder, 'node_modules/weir');
  mkdirSync(installed, { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(installed, 'package.json'));
  cpSync(join(ROOT, 'dist/src'), join(installed, 'dist/src'), { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test(`a page takes less than ${MAX_BYTES} bytes of it, and no package`, async () => {
  const entry = join(folder, 'page.js');
  writeFileSync(entry, `import { WeirClient } from 'weir/client';\nglobalThis.WeirClient = WeirClient;\n`);
  const { outputFiles, metafile } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    write: false,
    metafile: true,
  });
  const [bundle] = outputFiles;
  expect(bundle?.text).toContain('weir.v1+json');
  expect(gzipSync(bundle?.contents ?? new Uint8Array()).length).toBeLessThan(MAX_BYTES);
  const inputs = Object.keys(metafile.inputs).map((path) => path.replace(/^.*\/dist\/src\//, ''));
  expect(inputs.filter((path) => !path.startsWith('client/') && !path.endsWith('page.js'))).toEqual([]);
  // Not even `ws`, which Node 20 takes by a name that no bundler sees.
  expect(Object.values(metafile.outputs).flatMap(({ imports }) => imports)).toEqual([]);
  expect(bundle?.text).not.toMatch(/import\s*\(?["']|node:/);
});

const CONSUMER = `
import { WeirClient, WeirRefusal, type ClientState, type LabelMessage } from 'weir/client';

const client = new WeirClient({ url: 'wss://weir.example/v1/labels', cameras: ['gate'], every: 'frame', token: 't' });
client.on('label', (label) => {
  const confidence: number | null = label.confidence;
  const [first] = label.path;
  const rung: string | undefined = first?.rung;
  void [confidence, rung];
});
client.on('state', (state: ClientState) => {
  if (state.name === 'waiting') state.retryMs.toFixed();
  // @ts-expect-error only who waits knows for how long
  state.retryMs;
});
// @ts-expect-error there is no such message
client.on('labels', () => {});
const labels: LabelMessage[] = [];
try {
  for await (const message of client) {
    if (message.type === 'label') labels.push(message);
    if (message.type === 'gap') message.reason satisfies 'slow' | 'expired' | 'epoch';
    // @ts-expect-error marks are not iterated
    if (message.type === 'mark') break;
  }
} catch (error) {
  if (error instanceof WeirRefusal) error.code.toFixed();
}
export const since: string | undefined = client.lastSince;
`;

const COMPILER = {
  strict: true,
  noEmit: true,
  target: 'es2022',
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
};

async function check(name: string, source: string, options: object): Promise<string> {
  writeFileSync(join(folder, `${name}.mts`), source);
  const project = join(folder, `${name}.json`);
  const compilerOptions = { ...COMPILER, ...options };
  writeFileSync(project, JSON.stringify({ compilerOptions, files: [`${name}.mts`] }));
  const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  return await run(process.execPath, [compiler, '-p', project]).then(
    () => '',
    (error: { stdout: string }) => error.stdout,
  );
}

describe('its types hold', () => {
  test.each([
    ['nodenext', { module: 'nodenext' }],
    ['bundler', { module: 'esnext', moduleResolution: 'bundler' }],
  ])('in a page, with %s resolution and no types of Node', async (name, options) => {
    expect(await check(name, CONSUMER, { ...options, lib: ['es2022', 'dom'], types: [] })).toBe('');
  });

  test('with the WebSocket of a browser, and that of ws, handed in', async () => {
    for (const name of ['@types', 'undici-types', 'ws'])
      symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
    const source = `
import { WeirClient } from 'weir/client';
import { WebSocket as Ws } from 'ws';
new WeirClient({ url: 'ws://x', WebSocket: Ws });
new WeirClient({ url: 'ws://x', WebSocket });
`;
    const options = { module: 'nodenext', lib: ['es2022', 'dom'], types: ['node'], skipLibCheck: true };
    expect(await check('handed-in', source, options)).toBe('');
  });
});
