// Takes the pictures of docs/dashboard.md: a daemon of the fixture clip in a real Chromium.
import { join } from 'node:path';
import sharp from 'sharp';
import { openStage, root } from './screenshots-stage.mjs';

const SHOTS = [
  { name: 'light', scheme: 'light', width: 1280, height: 760, hash: '#/' },
  { name: 'dark', scheme: 'dark', width: 1280, height: 760, hash: '#/', details: true },
  { name: 'phone', scheme: 'light', width: 390, height: 760, hash: '#/' },
  { name: 'wall', scheme: 'dark', width: 1280, height: 720, hash: '#/wall' },
];
/** So that the strips have something to show. */
const BEFORE_MS = 15_000;

const { address, browser, close } = await openStage(['gate', 'yard']);
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
  await close();
}
