import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../support/clips.ts';
import { Daemon } from '../support/daemon.ts';
import { CHROMIUM, describeWith } from '../support/parts.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const IS_ROOT = process.getuid?.() === 0;

interface Watched {
  readonly page: Page;
  readonly violations: string[];
  readonly requests: string[];
}

describeWith([CHROMIUM], 'the dashboard in Chromium', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let browser: Browser;
  let daemon: Daemon;
  let address = '';
  const run = (port: string) =>
    new Daemon(['--source', 'demo=fixtures/demo.mp4', '--loop', '--port', port, '--state-dir', folder.path]);

  beforeAll(async () => {
    folder = await temporaryFolder();
    browser = await chromium.launch({ executablePath: CHROMIUM.path, args: IS_ROOT ? ['--no-sandbox'] : [] });
    daemon = run('0');
    await daemon.subscribe();
    address = daemon.address;
  });
  afterAll(async () => {
    daemon.child.kill('SIGKILL');
    await browser.close();
    await folder.remove();
  });

  async function open(hash = '#/', colorScheme: 'light' | 'dark' = 'light'): Promise<Watched> {
    const page = await browser.newPage({ colorScheme });
    const watched: Watched = { page, violations: [], requests: [] };
    page.on('console', (message) => {
      if (/Content Security Policy/i.test(message.text())) watched.violations.push(message.text());
    });
    page.on('pageerror', (error) => watched.violations.push(error.message));
    page.on('request', (request) => watched.requests.push(request.url()));
    await page.goto(`${address}/${hash}`);
    return watched;
  }

  const label = (page: Page) => page.locator('.tile .label:not(.none)').first();

  test('goes on without a reload when the daemon is killed and started again', async () => {
    const { page, violations, requests } = await open();
    await label(page).waitFor();
    await page.evaluate(() => Object.assign(globalThis, { isSamePage: true }));
    daemon.child.kill('SIGKILL');
    await page.getByText(/again in \d+ s|reconnecting/).waitFor();
    daemon = run(new URL(address).port);
    await page.locator('.told .chip.good', { hasText: 'live' }).waitFor();
    await label(page).waitFor();
    expect(await page.evaluate(() => 'isSamePage' in globalThis)).toBe(true);
    expect(violations).toEqual([]);
    const outside = requests.filter((url) => !url.startsWith(address) && !url.startsWith('blob:'));
    expect(outside).toEqual([]);
    await page.close();
  });

  test.each(['light', 'dark'] as const)('axe finds nothing on any page, %s', async (colorScheme) => {
    for (const hash of ['#/', '#/wall', '#/add', '#/system', '#/camera/demo', '#/nowhere']) {
      const { page } = await open(hash, colorScheme);
      await page.locator('main h1').waitFor();
      if (hash === '#/') await label(page).waitFor();
      await page.evaluate(AXE);
      const found = await page.evaluate(async () => {
        const { axe } = globalThis as unknown as {
          axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
        };
        return (await axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
      });
      expect(found, hash).toEqual([]);
      await page.close();
    }
  });

  test('the keyboard reaches the content and a camera’s page, where the focus goes on', async () => {
    const { page } = await open();
    await label(page).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.tagName')).toBe('MAIN');
    await page.getByRole('link', { name: 'demo' }).first().focus();
    await page.keyboard.press('Enter');
    await page.locator('main h1', { hasText: 'demo' }).waitFor();
    await page.waitForFunction('document.activeElement.tagName === "MAIN"');
    expect(await page.title()).toBe('demo · Weir');
    await page.close();
  });
});
