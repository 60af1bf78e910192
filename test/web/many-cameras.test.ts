import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium, openDashboard } from '../support/dashboard.ts';
import { serveManyCameras } from '../support/many-cameras.ts';
import { CHROMIUM, describeWith } from '../support/parts.ts';

const CAMERAS = 60;
const ROUNDS = 200;
/** All labels of these rounds, kept, would be above 10 MB. */
const MOST_GROWN_BYTES = 4_000_000;
/** Draws are 300 ms apart, and once a second the ages are counted up: four or five a second, where there are some eighty rounds. */
const MOST_DRAWS_PER_SECOND = 12;

describeWith([CHROMIUM], `the dashboard of ${CAMERAS} cameras`, () => {
  let many: Awaited<ReturnType<typeof serveManyCameras>>;
  let browser: Browser;
  beforeAll(async () => {
    many = await serveManyCameras(CAMERAS);
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
    many.close();
  });

  test('draws a few times a second however much is said, keeps its size, and moves nothing when labels change', async () => {
    const { page, violations } = await openDashboard(browser, many.address);
    const devtools = await page.context().newCDPSession(page);
    const size = async () => {
      await devtools.send('HeapProfiler.collectGarbage');
      const { metrics } = await devtools.send('Performance.getMetrics');
      const of = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
      return { nodes: of('Nodes'), heapBytes: of('JSHeapUsedSize') };
    };
    await devtools.send('Performance.enable');
    await page
      .locator('.tile')
      .nth(CAMERAS - 1)
      .waitFor({ state: 'attached' });
    // Strips become as full as they ever are.
    for (let round = 0; round < 200; round++) many.round();
    await page.locator('.tile').first().locator('.legend .key').nth(2).waitFor();
    await page.locator('.picture img').nth(2).waitFor();
    // On a busy machine not all that was said is drawn yet.
    for (let nodes = 0, now = (await size()).nodes; now > nodes * 1.01; now = (await size()).nodes) {
      nodes = now;
      await page.waitForTimeout(1_000);
    }
    await page.evaluate(`
      globalThis.moved = 0;
      globalThis.draws = 0;
      new PerformanceObserver((list) => {
        for (const { value } of list.getEntries()) moved += value;
      }).observe({ type: 'layout-shift' });
      new MutationObserver(() => draws++).observe(document.querySelector('.tile .tile-told'), { subtree: true, childList: true, characterData: true, attributes: true });
    `);
    const before = await size();
    const begun = performance.now();
    for (let round = 0; round < ROUNDS; round++) {
      many.round();
      await page.waitForTimeout(10);
    }
    const seconds = (performance.now() - begun) / 1000;
    const after = await size();
    expect((await page.evaluate<number>('draws')) / seconds).toBeLessThan(MOST_DRAWS_PER_SECOND);
    expect(await page.evaluate<number>('draws')).toBeGreaterThan(2);
    expect(await page.evaluate<number>('moved')).toBeLessThan(0.001);
    expect(after.nodes).toBeLessThan(before.nodes * 1.1);
    expect(after.heapBytes - before.heapBytes).toBeLessThan(MOST_GROWN_BYTES);
    expect(violations).toEqual([]);
    await page.close();
  });
});
