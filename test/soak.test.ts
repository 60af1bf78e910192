import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Daemon, ROOT } from './support/daemon.ts';
import { openDescriptors, waitFor } from './support/processes.ts';

test('memory and descriptors stay flat over 10,000 frames and a dozen openings', async () => {
  const running = new Daemon([
    '--source',
    `demo=${join(ROOT, 'fixtures/demo.mp4')}`,
    '--loop',
    '--pace',
    'fast',
    '--fps',
    'all',
    '--budget',
    'none',
    '--mode',
    'fixed:lite0@96-int8',
  ]);
  const residentMegabytes = () =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${running.pid}/status`, 'utf8'))?.[1]) / 1024;
  const frames = async () => {
    const metrics = await (await fetch(`${running.address}/metrics`)).text();
    return Number(/weir_frames_classified_total\{camera="demo"\} (\d+)/.exec(metrics)?.[1] ?? 0);
  };
  const reach = async (count: number) => waitFor(async () => (await frames()) >= count, `${count} frames`, 120_000);
  try {
    await running.subscribe('change');
    await reach(2500);
    const before = { megabytes: residentMegabytes(), descriptors: openDescriptors(running.pid).length };
    await reach(10_000);
    const after = { megabytes: residentMegabytes(), descriptors: openDescriptors(running.pid).length };
    expect(after.megabytes).toBeLessThan(before.megabytes * 1.1);
    expect(after.descriptors).toBeLessThanOrEqual(before.descriptors + 4); // an ffmpeg may just be starting
  } finally {
    await running.stop();
  }
}, 200_000);
