// Takes the pictures of docs/dashboard-pages.md: one camera of the fixture clip in a real Chromium.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('..', import.meta.url));
const SHOTS = [
  { name: 'point', scheme: 'light', tab: 'Operating point' },
  { name: 'figures', scheme: 'dark', tab: 'Figures' },
];
/** So that the figures have something to show. */
const BEFORE_MS = 25_000;

const state = mkdtempSync(join(tmpdir(), 'weir-screenshots-'));
const daemon = spawn(
  process.execPath,
  ['dist/src/main.js', 'run', '--source', 'gate=fixtures/demo.mp4', '--loop', '--port', '0', '--state-dir', state],
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
  for (const { scheme } of SHOTS) {
    const page = await browser.newPage({ colorScheme: scheme, viewport: { width: 1180, height: 900 } });
    await page.goto(`${address}/#/camera/gate`);
    pages.push(page);
  }
  await new Promise((resolve) => setTimeout(resolve, BEFORE_MS));
  for (const [index, { name, tab }] of SHOTS.entries()) {
    const page = pages[index];
    await page.bringToFront();
    await page.getByRole('tab', { name: tab }).click();
    await page.waitForTimeout(2500);
    const path = join(root, `docs/images/camera-${name}.png`);
    if (name === 'point') await page.locator('.points').screenshot({ path });
    else {
      // The charts, below what is told in words.
      await page.evaluate("document.querySelector('.figures .figure').scrollIntoView(); scrollBy(0, -70)");
      await page.waitForTimeout(300);
      await page.screenshot({ path });
    }
  }
} finally {
  await browser.close();
  daemon.kill('SIGTERM');
  rmSync(state, { recursive: true, force: true });
}
