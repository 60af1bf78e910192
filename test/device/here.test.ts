import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseSet } from '../../src/device/cpus.ts';
import { openDevice } from '../../src/device/open.ts';
import { SYSTEM_CLOCK } from '../../src/service/clock.ts';

const FOLDER = '/sys/devices/system/cpu';

test('this machine is told as its own files say', async () => {
  const device = await openDevice({ clock: SYSTEM_CLOCK });
  device.stop();
  const { clock, reasons, cpus } = device.reading;
  const online = parseSet(says(`${FOLDER}/online`)).map((cpu) => `cpu${cpu}`);
  const policies = online.map((name) => `${FOLDER}/${name}/cpufreq`).filter((folder) => existsSync(folder));
  expect(reasons.length).toBeGreaterThan(0);
  if (policies.length < online.length) {
    expect(clock.state).toBe('unreadable');
    expect(reasons.join()).toMatch(/cpufreq/);
  } else if (clock.source === 'linux' && clock.state !== 'unreadable' && clock.state !== 'throttled') {
    const isFixed = policies.every(
      (folder) => says(`${folder}/scaling_min_freq`) === says(`${folder}/scaling_max_freq`),
    );
    if (!isFixed) expect(clock.state).toBe('floating');
    expect(cpus).toHaveLength(online.length);
  }
  const isVirtual = /^flags\s*:.*\bhypervisor\b/m.test(says('/proc/cpuinfo'));
  if (policies.length === 0) expect(reasons.join().includes('virtual machine')).toBe(isVirtual);
});

function says(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : '';
}
