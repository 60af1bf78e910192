import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ffmpeg, temporaryFolder } from '../support/clips.ts';
import { Daemon } from '../support/daemon.ts';
import { launchChromium, openDashboard } from '../support/dashboard.ts';
import { colourModel, writeLadder } from '../support/ladders.ts';
import { CHROMIUM, describeWith } from '../support/parts.ts';
import { waitFor } from '../support/processes.ts';

/** A colour is seen for so long. */
const HALF_SECONDS = 1;
/** Between the end of a daemon and the next one's first label at least. */
const AWAY_MS = 3_000;
/** What is on its way to the disk when it is killed, and what a strip shows too little of for its rounding. */
const LOST_MS = 1_200;

const until = <T>(value: () => Promise<T>) => expect.poll(value, { timeout: 15_000 });

/** Unix times. */
interface Piece {
  readonly look: string;
  readonly fromMs: number;
  readonly toMs: number;
}

describeWith([CHROMIUM], 'what the dashboard shows of the time before it was opened', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let browser: Browser;
  let daemon: Daemon;
  const path = (name: string) => join(folder.path, name);
  const run = (port: string) =>
    new Daemon(['--config', path('weir.yaml'), '--state-dir', path('state'), '--port', port]);

  beforeAll(async () => {
    folder = await temporaryFolder();
    const isBlue = `gte(mod(t,${2 * HALF_SECONDS}),${HALF_SECONDS})`;
    const picture = `color=c=red:s=64x64:r=10:d=9,drawbox=c=blue:t=fill:enable='${isBlue}'`;
    await ffmpeg(['-f', 'lavfi', '-i', picture, '-g', '10', '-pix_fmt', 'yuv420p', path('clip.mp4')]);
    const ladder = await writeLadder(folder.path, [{ id: 'only', model: colourModel(0.1) }]);
    const camera = { id: 'gate', source: path('clip.mp4'), loop: true, fps: 10, mode: 'fixed:only', budgetMs: 'none' };
    await writeFile(path('weir.yaml'), JSON.stringify({ ladder, cameras: [camera] }));
    browser = await launchChromium();
    daemon = run('0');
    await daemon.subscribe();
  });
  afterAll(async () => {
    await daemon.stop('SIGKILL');
    await browser.close();
    await folder.remove();
  });

  /** When its stable answers began, and when it was heard last. */
  const told = (of: Daemon) => {
    const at = (label: Daemon['labels'][number] | undefined) => Number(label?.arrivedAtMs);
    const changed = of.labels.filter(({ changed, stable }) => changed === true && stable !== null);
    return { changesMs: changed.map(at), lastMs: at(of.labels.at(-1)) };
  };
  /** What is drawn of the strip, in the browser's time, which is this machine's. */
  async function drawn(page: Page): Promise<readonly Piece[]> {
    const strip = page.getByRole('article', { name: 'gate' }).locator('.strip > svg');
    await strip.waitFor();
    const { paths, nowMs } = await strip.evaluate((svg) => {
      const element = svg as unknown as { querySelectorAll(of: string): Iterable<Record<string, never>> };
      const found = [...element.querySelectorAll('path[class]')] as unknown as { getAttribute(of: string): string }[];
      return { paths: found.map((one) => [one.getAttribute('class'), one.getAttribute('d')]), nowMs: Date.now() };
    });
    // Of 300 units each is a second.
    return paths
      .flatMap(([look = '', outline = '']) =>
        [...outline.matchAll(/M([\d.]+) 0h([\d.]+)/g)].map(([, from, width]) => {
          const fromMs = nowMs - 300_000 + Number(from) * 1_000;
          return { look, fromMs, toMs: fromMs + Number(width) * 1_000 };
        }),
      )
      .sort((a, b) => a.fromMs - b.fromMs);
  }
  const covered = (pieces: readonly Piece[], fromMs: number, toMs: number) =>
    pieces.reduce((sum, piece) => sum + Math.max(0, Math.min(toMs, piece.toMs) - Math.max(fromMs, piece.fromMs)), 0);

  test('a strip begins with what was answered before the page was opened', async () => {
    await waitFor(() => told(daemon).changesMs.length >= 4, 'answers that changed');
    const [firstMs = 0] = told(daemon).changesMs;
    const openedMs = Date.now();
    const { page, violations } = await openDashboard(browser, daemon.address);
    const least = openedMs - firstMs - LOST_MS;
    await until(async () => covered(await drawn(page), firstMs, openedMs)).toBeGreaterThan(least);
    const pieces = await drawn(page);
    expect(new Set(pieces.filter(({ toMs }) => toMs < openedMs).map(({ look }) => look)).size).toBe(2);
    expect(violations).toEqual([]);
    await page.close();
  });

  test('after kill -9 and a restart it shows what was before, and a hole for the time that nobody knows of', async () => {
    const { changesMs, lastMs } = told(daemon);
    const [firstMs = 0] = changesMs;
    const { port } = new URL(daemon.address);
    await daemon.stop('SIGKILL');
    await waitFor(() => Date.now() > lastMs + AWAY_MS, 'it to be away for a while');
    daemon = run(port);
    await daemon.subscribe();
    await waitFor(() => told(daemon).changesMs.length >= 2, 'answers again');
    const [backMs = 0] = told(daemon).changesMs;
    const { page, violations } = await openDashboard(browser, daemon.address);
    const least = lastMs - firstMs - 2 * LOST_MS;
    await until(async () => covered(await drawn(page), firstMs, lastMs)).toBeGreaterThan(least);
    expect(covered(await drawn(page), lastMs, backMs)).toBeLessThan(LOST_MS);
    await page.goto(`${daemon.address}/#/camera/gate`);
    await page.getByRole('tab', { name: 'Figures' }).click();
    await page.locator('.lanes').getByText('As a table').click();
    const rows = page.getByRole('region', { name: 'State, gear and troubles, table' }).locator('tbody tr');
    await expect
      .poll(() => rows.locator('td:nth-child(2)').allTextContents())
      .toEqual([...['live', 'connecting', 'nothing was heard', 'live', 'connecting']]);
    expect(violations).toEqual([]);
    await page.close();
  });
});
