// Takes the pictures of docs/dashboard.md: a daemon of the fixture clip in a real Chromium.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import sharp from 'sharp';

const root = fileURLToPath(new URL('..', import.meta.url));
const SHOTS = [
  { name: 'light', scheme: 'light', width: 1280, height: 760, hash: '#/' },
  { name: 'dark', scheme: 'dark', width: 1280, height: 760, hash: '#/', details: true },
  { name: 'phone', scheme: 'light', width: 390, height: 760, hash: '#/' },
  { name: 'wall', scheme: 'dark', width: 1280, height: 720, hash: '#/wall' },
];
/** So that the strips have something to show. */
const BEFORE_MS = 15_000;

const state = mkdtempSync(join(tmpdir(), 'weir-screenshots-'));
const sources = ['gate', 'yard'].flatMap((id) => ['--source', `${id}=fixtures/demo.mp4`]);
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
try {
  const pages = [];
  for (const { scheme, width, height, hash } of SHOTS) {
    const page = await browser.newPage({ colorScheme: scheme, viewport: { width, height } });
    await page.goto(`${address}/${hash}`);
    pages.push(page);
  }
  await new Promise((resolve) => setTimeout(resolve, BEFORE_MS));
  for (const [index, { name, details }] of SHOTS.entries()) {
    const page = pages[index];
    await page.bringToFront();
    if (details) await page.getByRole('button', { name: 'Details' }).click();
    await page.waitForTimeout(2500);
    // A palette keeps photographs small.
    const shot = sharp(await page.screenshot()).png({ palette: true, colours: 64, effort: 10 });
    await shot.toFile(join(root, `docs/images/dashboard-${name}.png`));
  }
} finally {
  await browser.close();
  daemon.kill('SIGTERM');
  rmSync(state, { recursive: true, force: true });
}
