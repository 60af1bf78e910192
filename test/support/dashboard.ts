import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { CHROMIUM } from './parts.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const IS_ROOT = process.getuid?.() === 0;

export async function launchChromium(): Promise<Browser> {
  return await chromium.launch({ executablePath: CHROMIUM.path, args: IS_ROOT ? ['--no-sandbox'] : [] });
}

/** The dashboard in a page of its own, with what must not happen in it. */
export interface Watched {
  readonly page: Page;
  /** Violations of the policy, and errors that nobody caught. */
  readonly violations: string[];
  readonly requests: string[];
}

export async function openDashboard(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Watched> {
  const page = await browser.newPage(options);
  const watched: Watched = { page, violations: [], requests: [] };
  page.on('console', (message) => {
    if (/Content Security Policy/i.test(message.text())) watched.violations.push(message.text());
  });
  page.on('pageerror', (error) => watched.violations.push(error.message));
  page.on('request', (request) => watched.requests.push(request.url()));
  page.on('websocket', (socket) => watched.requests.push(socket.url().replace(/^ws/, 'http')));
  await page.goto(url);
  return watched;
}

/** What was asked of anything but the daemon. */
export function outside({ requests }: Watched, address: string): string[] {
  return requests.filter((url) => !url.startsWith(`${address}/`) && !url.startsWith('blob:'));
}

/** What axe finds, each with its first element. */
export async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(`window.axe === undefined && (() => { ${AXE} })()`);
  return await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    return (await axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  });
}
