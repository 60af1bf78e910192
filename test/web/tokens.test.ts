import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../support/clips.ts';
import { Daemon, weir } from '../support/daemon.ts';
import { axeFindings, launchChromium, openDashboard } from '../support/dashboard.ts';
import { CHROMIUM, describeWith } from '../support/parts.ts';
import { waitFor } from '../support/processes.ts';

describeWith([CHROMIUM], 'the dashboard of a daemon that asks for tokens', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let browser: Browser;
  let daemon: Daemon;
  let address = '';
  const create = async (...args: string[]) =>
    (await weir(['token', 'create', '--state-dir', folder.path, ...args])).stdout.trim();
  let admin = '';
  let reader = '';

  beforeAll(async () => {
    folder = await temporaryFolder();
    [admin, reader] = [
      await create('--name', 'engineer', '--scope', 'admin'),
      await create('--name', 'porter', '--cameras', 'demo'),
    ];
    const sources = ['demo', 'vault'].flatMap((id) => ['--source', `${id}=fixtures/demo.mp4`]);
    daemon = new Daemon([...sources, '--loop', '--host', '0.0.0.0', '--state-dir', folder.path]);
    await waitFor(() => /"address":"http:[^"]+"/.test(daemon.stderr), 'the daemon to serve');
    address = `http://127.0.0.1:${/"address":"http:[^"]+:(\d+)"/.exec(daemon.stderr)?.[1]}`;
    browser = await launchChromium();
  });
  afterAll(async () => {
    daemon.child.kill('SIGKILL');
    await browser.close();
    await folder.remove();
  });

  test('asks for one, says what is wrong with a wrong one, keeps it out of every address, and for this tab alone', async () => {
    const { page, requests, violations } = await openDashboard(browser, `${address}/`);
    const field = page.getByLabel('Token');
    await field.fill(`weir_${'x'.repeat(43)}`);
    expect(await axeFindings(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    await field.fill(admin);
    await page.keyboard.press('Enter');
    await page.locator('.tile .label:not(.none)').first().waitFor();
    await page.locator('.tile .picture img').first().waitFor();
    await page.reload();
    await page.locator('.tile .label:not(.none)').first().waitFor();
    expect(requests.filter((url) => url.includes('weir_'))).toEqual([]);
    expect(await page.evaluate('JSON.stringify(localStorage)')).not.toContain('weir_');
    await page.getByRole('button', { name: 'Forget token' }).click();
    await field.waitFor();
    expect(violations).toEqual([]);
    await page.close();
  });

  test('a token for one camera shows that one, and may not add another', async () => {
    const { page } = await openDashboard(browser, `${address}/#/add`);
    await page.getByLabel('Token').fill(reader);
    await page.keyboard.press('Enter');
    await page.getByLabel('Name', { exact: true }).fill('yard');
    await page.getByLabel('Source').fill('/dev/video9');
    await page.getByRole('button', { name: 'Add camera' }).click();
    await page.getByRole('alert').getByText('may only read').waitFor();
    await page.getByRole('link', { name: 'All cameras', exact: false }).first().click();
    await page.locator('.tile .label:not(.none)').first().waitFor();
    expect(await page.locator('.tile h2').allTextContents()).toEqual(['demo']);
    await page.close();
  });

  test('an engineer adds a camera with the form, and is told what the daemon says of a wrong one', async () => {
    const { page } = await openDashboard(browser, `${address}/#/add`);
    await page.getByLabel('Token').fill(admin);
    await page.keyboard.press('Enter');
    const add = page.getByRole('button', { name: 'Add camera' });
    await page.getByLabel('Name', { exact: true }).fill('vault');
    await page.getByLabel('Source').fill(`${process.cwd()}/fixtures/demo.mp4`);
    await add.click();
    await page.getByRole('alert').getByText('vault').waitFor();
    await page.getByLabel('Name', { exact: true }).fill('yard');
    await add.click();
    await page.getByRole('article', { name: 'yard' }).locator('.label:not(.none)').first().waitFor();
    await page.close();
  });
});
