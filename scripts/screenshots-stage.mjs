// What pictures of the dashboard are taken of: a daemon of the fixture clip, and a real Chromium.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** @param cameras their ids */
export async function openStage(cameras) {
  const state = mkdtempSync(join(tmpdir(), 'weir-screenshots-'));
  const sources = cameras.flatMap((id) => ['--source', `${id}=fixtures/demo.mp4`]);
  const daemon = spawn(
    process.execPath,
    ['dist/src/main.js', 'run', ...sources, '--loop', '--port', '0', '--state-dir', state],
    { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const address = await new Promise((resolve, reject) => {
    let log = '';
    daemon.stderr.on('data', (data) => {
      log += data;
      const found = /"address":"(http:[^"]+)"/.exec(log);
      if (found !== null) resolve(found[1]);
    });
    daemon.once('exit', () => reject(new Error(log)));
  });
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
  const close = async () => {
    await browser.close();
    daemon.kill('SIGTERM');
    rmSync(state, { recursive: true, force: true });
  };
  return { address, browser, close };
}
