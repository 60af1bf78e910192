import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../support/clips.ts';
import { Daemon } from '../support/daemon.ts';
import { axeFindings, launchChromium, openDashboard, outside } from '../support/dashboard.ts';
import { CHROMIUM, describeWith } from '../support/parts.ts';

const PAGES = ['#/', '#/wall', '#/add', '#/system', '#/camera/demo', '#/nowhere'];
const TABS = ['Figures', 'Operating point', 'Teach'];

/** The page's policy lets nothing be evaluated in it over and over. */
const until = <T>(value: () => Promise<T>) => expect.poll(value, { timeout: 15_000 });

describeWith([CHROMIUM], 'the dashboard in Chromium', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let browser: Browser;
  let daemon: Daemon;
  let address = '';
  const run = (port: string) =>
    new Daemon(['--source', 'demo=fixtures/demo.mp4', '--loop', '--port', port, '--state-dir', folder.path]);

  beforeAll(async () => {
    folder = await temporaryFolder();
    browser = await launchChromium();
    daemon = run('0');
    await daemon.subscribe();
    address = daemon.address;
  });
  afterAll(async () => {
    daemon.child.kill('SIGKILL');
    await browser.close();
    await folder.remove();
  });

  const tile = (page: Page, camera = 'demo') => page.getByRole('article', { name: camera });
  const label = (page: Page, camera = 'demo') => tile(page, camera).locator('.label:not(.none)').first();
  const pictureOf = (page: Page, camera = 'demo') => tile(page, camera).locator('.picture img');

  test('shows a tile with a picture that moves on, a label, and how sure it is; asks nobody else for anything', async () => {
    const watched = await openDashboard(browser, `${address}/`);
    const { page } = watched;
    await label(page).waitFor();
    expect(await tile(page).locator('.sure').textContent()).toMatch(/^\d+ % sure$/);
    await pictureOf(page).waitFor();
    await until(() =>
      pictureOf(page).evaluate((image) => (image as { naturalWidth?: number }).naturalWidth),
    ).toBeGreaterThan(100);
    const first = await pictureOf(page).getAttribute('src');
    await until(() => pictureOf(page).getAttribute('src')).not.toBe(first);
    expect(await tile(page).locator('.strip > svg').getAttribute('aria-label')).toMatch(/^Last 5 minutes: \S/);
    expect(outside(watched, address)).toEqual([]);
    expect(watched.violations).toEqual([]);
    await page.close();
  });

  test('goes on without a reload when the daemon is killed and started again', async () => {
    const { page, violations } = await openDashboard(browser, `${address}/`);
    await label(page).waitFor();
    await pictureOf(page).waitFor();
    await page.evaluate(() => Object.assign(globalThis, { isSamePage: true }));
    daemon.child.kill('SIGKILL');
    await page.getByText(/again in \d+ s|reconnecting/).waitFor();
    expect(await pictureOf(page).isVisible()).toBe(true);
    // What is shown is old, and says so.
    await tile(page).getByText('was live').waitFor();
    await tile(page)
      .getByText(/^heard \d+ s ago$/)
      .waitFor();
    expect(await axeFindings(page)).toEqual([]);
    daemon = run(new URL(address).port);
    await page.locator('.told .chip.good', { hasText: 'live' }).waitFor();
    const before = await tile(page).locator('.budget').textContent();
    await until(() => tile(page).locator('.budget').textContent()).not.toBe(before);
    expect(await page.evaluate(() => 'isSamePage' in globalThis)).toBe(true);
    expect(violations).toEqual([]);
    await page.close();
  });

  test('a camera that somebody adds appears, and leaves when it is removed', async () => {
    const { page } = await openDashboard(browser, `${address}/`);
    await label(page).waitFor();
    const answer = await fetch(`${address}/api/cameras`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ id: 'yard', source: `${process.cwd()}/fixtures/demo.mp4` }),
    });
    expect(answer.status).toBe(201);
    await label(page, 'yard').waitFor();
    await pictureOf(page, 'yard').waitFor();
    await fetch(`${address}/api/cameras/yard`, { method: 'DELETE' });
    await tile(page, 'yard').waitFor({ state: 'detached' });
    await page.close();
  });

  test('a camera that was added with a wrong address is mended on its page, and asked for no picture that there is not', async () => {
    const { page, violations } = await openDashboard(browser, `${address}/#/add`);
    const refused: string[] = [];
    page.on('response', (response) => {
      if (response.status() >= 500) refused.push(response.url());
    });
    await page.getByLabel('Name', { exact: true }).fill('shed');
    await page.getByLabel('Source').fill('rtsp://127.0.0.1:9/stream');
    await page.getByLabel('User name').fill('viewer');
    await page.getByLabel('Password').fill('first');
    await page.getByLabel('Budget per frame, ms').fill('');
    await page.getByRole('button', { name: 'Add camera' }).click();
    await tile(page, 'shed').getByRole('link', { name: 'Change its source or password' }).click();
    await page.getByText(/^No picture: it failed: /).waitFor();
    await page.getByRole('button', { name: 'Edit …' }).click();
    expect(await page.getByLabel('Source').inputValue()).toBe('rtsp://127.0.0.1:9/stream');
    expect(await page.getByLabel('Password').inputValue()).toBe('');
    expect(await axeFindings(page)).toEqual([]);
    await page.getByLabel('Source').fill(`${process.cwd()}/fixtures/demo.mp4`);
    await page.getByRole('button', { name: 'Change it' }).click();
    await page.locator('.now .picture img').waitFor();
    expect(await page.getByRole('button', { name: 'Change it' }).count()).toBe(0);
    expect(refused).toEqual([]);
    expect(violations).toEqual([]);
    await fetch(`${address}/api/cameras/shed`, { method: 'DELETE' });
    await page.close();
  });

  test('a picture is asked for as large as the screen shows it, and larger when its tile grows', async () => {
    const { page, requests } = await openDashboard(browser, `${address}/`, {
      viewport: { width: 390, height: 844 },
      deviceScaleFactor: 2,
    });
    const asked = () => requests.filter((url) => url.includes('/snapshot.jpg')).map((url) => Number(url.split('=')[1]));
    const shown = async () => Number((await pictureOf(page).boundingBox())?.width);
    await pictureOf(page).waitFor();
    expect(asked().at(-1)).toBeGreaterThanOrEqual(2 * (await shown()));
    expect(asked().at(-1)).toBeLessThan(4 * (await shown()));
    await page.setViewportSize({ width: 1440, height: 900 });
    await until(async () => Number(asked().at(-1)) >= 2 * (await shown())).toBe(true);
    await page.close();
  });

  test.each(['light', 'dark'] as const)('axe finds nothing on any page, %s', async (colorScheme) => {
    const { page, violations } = await openDashboard(browser, `${address}/`, { colorScheme });
    await pictureOf(page).waitFor();
    for (const hash of PAGES) {
      await page.goto(`${address}/${hash}`);
      await page.locator('main h1').waitFor();
      if (hash === '#/') await page.getByRole('button', { name: 'Details' }).click();
      if (hash === '#/system') await page.locator('.panel').first().waitFor();
      expect(await axeFindings(page), hash).toEqual([]);
      if (hash !== '#/camera/demo') continue;
      for (const name of TABS) {
        await page.getByRole('tab', { name }).click();
        await page.getByRole('tabpanel', { name }).waitFor();
        expect(await axeFindings(page), name).toEqual([]);
      }
    }
    expect(violations).toEqual([]);
    await page.close();
  });

  test('the keyboard reaches the content and a camera’s page, where the focus goes on', async () => {
    const { page } = await openDashboard(browser, `${address}/`);
    await label(page).waitFor();
    const focused = () =>
      page.evaluate('(document.activeElement.textContent || document.activeElement.tagName).trim()');
    const walked: unknown[] = [];
    do {
      await page.keyboard.press('Tab');
      walked.push(await focused());
    } while (walked.at(-1) !== 'demo' && walked.length < 20);
    expect(walked.slice(0, 4)).toEqual(['Skip to the content', 'Weir', 'Cameras', 'System']);
    expect(walked.slice(-2)).toEqual(['Add a camera', 'demo']);
    await page.keyboard.press('Enter');
    await page.locator('main h1', { hasText: 'demo' }).waitFor();
    await until(() => page.evaluate('document.activeElement.tagName')).toBe('MAIN');
    expect(await page.title()).toBe('demo · Weir');
    await page.goBack();
    await label(page).waitFor();
    await page.keyboard.press('Shift+Tab');
    await page.getByRole('button', { name: 'Skip' }).focus();
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.tagName')).toBe('MAIN');
    await page.close();
  });
});
