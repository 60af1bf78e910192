import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ffmpeg, temporaryFolder } from '../support/clips.ts';
import { Daemon } from '../support/daemon.ts';
import { colourModel, writeLadder } from '../support/ladders.ts';
import { CHROMIUM, describeWith } from '../support/parts.ts';
import { waitFor } from '../support/processes.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const IS_ROOT = process.getuid?.() === 0;
const TABS = ['History', 'Figures', 'Operating point', 'Teach'] as const;
/** Dark for so long, then bright for so long. */
const HALF_SECONDS = 0.8;

describeWith([CHROMIUM], 'a camera’s page in Chromium', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let browser: Browser;
  let demo: Daemon;
  let gate: Daemon;
  const violations: string[] = [];

  beforeAll(async () => {
    folder = await temporaryFolder();
    const clip = join(folder.path, 'light.mp4');
    const bright = `drawbox=c=0xc0b8a8:t=fill:enable='gte(mod(t,${2 * HALF_SECONDS}),${HALF_SECONDS})'`;
    const picture = `color=c=0x302820:s=64x64:r=20:d=12,${bright},noise=alls=8:allf=t`;
    await ffmpeg(['-f', 'lavfi', '-i', picture, '-g', '20', '-pix_fmt', 'yuv420p', clip]);
    const rungs = ['low', 'high'].map((id) => ({ id, model: colourModel(0.001, { embedding: true }) }));
    const ladder = await writeLadder(folder.path, rungs);
    const examples = { keep: true, minIntervalSeconds: 0.05, randomRatio: 1, maxFrames: 400 };
    const cameras = [{ id: 'gate', source: clip, loop: true, fps: 20, budgetMs: 'none', examples }];
    await writeFile(join(folder.path, 'weir.yaml'), JSON.stringify({ ladder, server: { port: 0 }, cameras }));
    const stateOf = (name: string) => ['--state-dir', join(folder.path, name)];
    gate = new Daemon(['--config', join(folder.path, 'weir.yaml'), ...stateOf('gate')]);
    demo = new Daemon(['--source', 'demo=fixtures/demo.mp4', '--loop', ...stateOf('demo')]);
    browser = await chromium.launch({ executablePath: CHROMIUM.path, args: IS_ROOT ? ['--no-sandbox'] : [] });
    await Promise.all([gate.subscribe(), demo.subscribe()]);
    await demo.untilLabels(1);
  }, 60_000);
  afterAll(async () => {
    for (const daemon of [demo, gate]) daemon.child.kill('SIGKILL');
    await browser.close();
    await folder.remove();
  });

  async function open({ address }: Daemon, camera: string, colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
    const page = await browser.newPage({ colorScheme });
    page.on('console', (message) => {
      if (/Content Security Policy/i.test(message.text())) violations.push(message.text());
    });
    page.on('pageerror', (error) => violations.push(error.message));
    await page.goto(`${address}/#/camera/${camera}`);
    await page.getByRole('tab', { name: 'History' }).waitFor();
    return page;
  }

  const show = (page: Page, tab: (typeof TABS)[number]) => page.getByRole('tab', { name: tab }).click();

  test('shows what it sees, what it answered before the page was opened, and its times', async () => {
    await waitFor(() => demo.messages.some(({ type }) => type === 'event'), 'something that became stable');
    const before = demo.messages.find(({ type }) => type === 'event')?.label;
    const page = await open(demo, 'demo');
    await page.locator('.now .picture img').waitFor();
    await page.locator('.answer .stable').waitFor();
    await page
      .locator('.entries strong', { hasText: String(before) })
      .last()
      .waitFor();
    await page.locator('.lane .piece').first().waitFor();
    await show(page, 'Figures');
    const times = page.getByRole('region', { name: 'Latency by clock state, table' }).locator('tbody tr');
    await times.first().waitFor();
    expect(Number(await times.first().locator('td').first().innerText())).toBeGreaterThan(0);
    await page.getByText(/of \d+ frames were classified/).waitFor();
    await page.close();
  });

  test('the operating point is moved, from the next frames on', async () => {
    const page = await open(demo, 'demo');
    await show(page, 'Operating point');
    // By keyboard alone: the plot's points are a list beside it.
    await page.getByRole('radio', { name: /^balanced: \d/ }).focus();
    await page.keyboard.press('ArrowUp');
    await page.getByText(/^From balanced to fast: a frame takes .* less time/).waitFor();
    await page.getByRole('button', { name: 'Move to fast' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('It decides at fast from its next frame on.').waitFor();
    await page.getByText(/^It was moved from balanced/).waitFor();
    await page.getByText(/^fast: .* now/).waitFor();
    const moved = demo.labels.length;
    await demo.untilLabels(moved + 3);
    // On a busy machine a gear below it; never again where it was.
    expect(demo.labels.slice(moved + 2)).not.toContainEqual(expect.objectContaining({ operatingPoint: 'balanced' }));
    const answer = await (await fetch(`${demo.address}/api/cameras/demo/operating-points`)).json();
    expect(answer).toMatchObject({ current: { name: 'fast' }, configured: 'balanced', until: 'restart' });
    await page.close();
  });

  test('frames are labelled by key, fitted, and what to expect is said', async () => {
    const page = await open(gate, 'gate');
    await show(page, 'Teach');
    const shown = async (last: string | null) => {
      const isNew = `(() => {
        const image = document.querySelector('.labeller img.frame');
        return image !== null && image.complete && image.naturalWidth > 0 && image.src !== ${JSON.stringify(last)};
      })()`;
      await waitFor(async () => (await page.evaluate(isNew)) === true, 'the next picture');
      return (await page.evaluate(`(() => {
        const image = document.querySelector('.labeller img.frame');
        const draw = document.createElement('canvas').getContext('2d');
        draw.drawImage(image, 0, 0);
        const [red] = draw.getImageData(image.naturalWidth / 2, image.naturalHeight / 2, 1, 1).data;
        return { src: image.src, name: red > 110 ? 'bright' : 'dark' };
      })()`)) as { readonly src: string; readonly name: 'bright' | 'dark' };
    };
    const keys = new Map<string, string>();
    const counts = { bright: 0, dark: 0 };
    let last: string | null = null;
    while (counts.bright < 6 || counts.dark < 6) {
      const { src, name } = await shown(last);
      last = src;
      counts[name]++;
      const key = keys.get(name);
      if (key !== undefined) {
        await page.keyboard.press(key);
        continue;
      }
      keys.set(name, String(keys.size + 1));
      await page.keyboard.press('n');
      await page.keyboard.type(name);
      await page.keyboard.press('Enter');
    }
    await page.getByRole('button', { name: 'Fit' }).click();
    await page.getByRole('heading', { name: 'What to expect' }).waitFor({ timeout: 20_000 });
    await page.getByText(/^Expect \d+\.\d % of frames right$/).waitFor();
    const told = () => gate.labels.some(({ label }) => label === 'bright' || label === 'dark');
    await waitFor(told, 'labels of what was taught');
    await page.close();
  }, 40_000);

  test.each(['light', 'dark'] as const)('axe finds nothing on any tab, %s', async (colorScheme) => {
    const page = await open(gate, 'gate', colorScheme);
    await page.evaluate(AXE);
    for (const tab of TABS) {
      await show(page, tab);
      await page.locator('[role=tabpanel] :is(h3, .note)').first().waitFor();
      const found = await page.evaluate(async () => {
        const { axe } = globalThis as unknown as {
          axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
        };
        return (await axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
      });
      expect(found, tab).toEqual([]);
    }
    await page.close();
  });

  test('nothing that was shown broke the policy of the page', () => {
    expect(violations).toEqual([]);
  });
});
