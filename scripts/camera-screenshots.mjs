// Takes the pictures of docs/dashboard-pages.md: one camera of the fixture clip in a real Chromium.
import { join } from 'node:path';
import { openStage, root } from './screenshots-stage.mjs';

const SHOTS = [
  { name: 'point', scheme: 'light', tab: 'Operating point' },
  { name: 'figures', scheme: 'dark', tab: 'Figures' },
];
/** So that the figures have something to show. */
const BEFORE_MS = 25_000;

const { address, browser, close } = await openStage(['gate']);
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
  await close();
}
