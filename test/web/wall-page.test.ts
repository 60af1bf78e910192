import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium, openDashboard } from '../support/dashboard.ts';
import { serveManyCameras } from '../support/many-cameras.ts';
import { CHROMIUM, describeWith } from '../support/parts.ts';

const CAMERAS = 12;
/** Share of a screen's shorter side: on one of 60 cm capitals are 10 mm high, 3 mm for each of three metres. */
const LEAST_LETTER = 0.024;

describeWith([CHROMIUM], `a wall of ${CAMERAS} cameras`, () => {
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

  test.each([
    [1920, 1080],
    [3840, 2160],
    [1080, 1920],
  ])(
    'all are on a screen of %i x %i at once, with pictures, and their labels can be read from afar',
    async (width, height) => {
      const { page, violations } = await openDashboard(browser, `${many.address}/#/wall`, {
        viewport: { width, height },
      });
      await page
        .locator('.tile')
        .nth(CAMERAS - 1)
        .waitFor();
      const labels = page.locator('.tile .label:not(.none)');
      // It may listen a moment later than it knows the cameras.
      const told = async () => {
        many.round();
        return await labels.count();
      };
      await expect.poll(told, { timeout: 15_000 }).toBe(CAMERAS);
      const shown = await page.evaluate<{ bottom: number; right: number; picture: number; letter: number }[]>(`
      [...document.querySelectorAll('.tile')].map((tile) => {
        const { bottom, right } = tile.getBoundingClientRect();
        const picture = tile.querySelector('.picture').getBoundingClientRect().height;
        return { bottom, right, picture, letter: parseFloat(getComputedStyle(tile.querySelector('.label')).fontSize) };
      })`);
      expect(shown).toHaveLength(CAMERAS);
      expect(Math.max(...shown.map(({ bottom }) => bottom))).toBeLessThanOrEqual(height);
      expect(Math.max(...shown.map(({ right }) => right))).toBeLessThanOrEqual(width);
      expect(Math.min(...shown.map(({ picture }) => picture))).toBeGreaterThan(height / 12);
      expect(Math.min(...shown.map(({ letter }) => letter))).toBeGreaterThan(LEAST_LETTER * Math.min(width, height));
      expect(violations).toEqual([]);
      await page.close();
    },
  );
});
