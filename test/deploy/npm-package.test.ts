import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ROOT } from '../support/daemon.ts';
import { beforeAllWithRegistry } from '../support/packages.ts';
import { runWithin, waitFor } from '../support/processes.ts';

const PACK_TIMEOUT_MS = 240_000;
const INSTALL_TIMEOUT_MS = 360_000;

describe('the tarball of npm pack, installed into an empty folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-test-npm-'));
  const home = join(folder, 'home');
  const weir = join(home, 'node_modules/.bin/weir');
  const orphan = join(ROOT, 'dist/src/of-a-source-that-is-gone.js');
  beforeAllWithRegistry(async () => {
    writeFileSync(orphan, '');
    await runWithin(PACK_TIMEOUT_MS, 'npm', ['pack', '--silent', '--pack-destination', folder], { cwd: ROOT });
    const tarball = readdirSync(folder).find((name) => /^weir-.*\.tgz$/.test(name)) ?? '';
    mkdirSync(home);
    writeFileSync(join(home, 'package.json'), '{ "private": true }');
    // As docs/packages.md says: or parts for a GPU, which Weir does not need, would be downloaded.
    const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' };
    const quiet = ['--no-audit', '--no-fund', '--prefer-offline'];
    await runWithin(INSTALL_TIMEOUT_MS, 'npm', ['install', ...quiet, `../${tarball}`], { cwd: home, env });
  }, PACK_TIMEOUT_MS + INSTALL_TIMEOUT_MS);
  afterAll(() => {
    rmSync(orphan, { force: true });
    rmSync(folder, { recursive: true, force: true });
  });

  test('classifies with the models and workers that it brings', async () => {
    const clip = join(home, 'node_modules/weir/fixtures/demo.mp4');
    const stdout = await runWithin(100_000, weir, ['classify', '--json', '--fps', '1', clip], { cwd: '/' });
    const labels = stdout.trim().split('\n');
    expect(labels.length).toBeGreaterThan(10);
    expect(labels[0]).toContain('"label":"bee"');
  }, 120_000);

  test('runs the daemon', async () => {
    const clip = join(home, 'node_modules/weir/fixtures/demo.mp4');
    const daemon = spawn(weir, ['run', '--source', `demo=${clip}`, '--port', '0', '--print'], {
      cwd: '/',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let printed = '';
    daemon.stdout.on('data', (data) => {
      printed += data;
    });
    try {
      await waitFor(() => printed.includes('bee'), 'a label of the clip', 60_000);
    } finally {
      daemon.kill('SIGTERM');
    }
  }, 120_000);

  test('holds the build of sources that are there, and no others', () => {
    expect(readdirSync(join(home, 'node_modules/weir/dist/src'))).toContain('main.js');
    expect(readdirSync(join(home, 'node_modules/weir/dist/src'))).not.toContain('of-a-source-that-is-gone.js');
  });
});
