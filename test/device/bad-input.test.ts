import { rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type Files, filesUnder } from '../../src/device/files.ts';
import { chooseReader } from '../../src/device/open.ts';
import { CLOCKS, CPUS, MAXN, pc, plant, put, type Tree, tx2 } from '../support/machines.ts';

const CLOCK = { monotonicMs: () => 0, unixMs: () => 1_002_000 };
const roots: string[] = [];
afterAll(async () => {
  for (const root of roots) await rm(root, { recursive: true });
});

async function read(tree: Tree, disturb?: (root: string, files: Files) => Files) {
  const root = await plant(tree);
  roots.push(root);
  const files = filesUnder(root);
  const reader = await chooseReader(root, disturb === undefined ? files : disturb(root, files), CLOCK);
  return await reader.read(null);
}

const MAX = `${CPUS}/cpu3/cpufreq/scaling_max_freq`;
const CURRENT = `${CPUS}/cpu3/cpufreq/scaling_cur_freq`;
const GPU = 'sys/class/devfreq/17000000.gp10b/max_freq';

test.each([
  [MAX, '', /^cpu3: \/sys\/devices\/system\/cpu\/cpu3\/cpufreq\/scaling_max_freq is empty$/],
  [MAX, '\n', /is empty$/],
  [CURRENT, '<unsupported>\n', /^cpu3: .*scaling_cur_freq says "<unsupported>", which is no number$/],
  [CURRENT, '-1\n', /scaling_cur_freq says -1, which cannot be$/],
  [CURRENT, '4294967295\n', /says 4294967295, which cannot be$/],
  [CURRENT, '1e6\n', /which is no number$/],
  [CURRENT, '0x10\n', /which is no number$/],
  [CURRENT, `${'9'.repeat(400)}\n`, /says 9{24}…, which cannot be$/],
  [CURRENT, `${'x'.repeat(100_000)}\n`, /says "x{24}…", which is no number$/],
  [GPU, '<unsupported>\n', /^\/sys\/class\/devfreq\/17000000\.gp10b\/max_freq says "<unsupported>"/],
  [GPU, '', /max_freq is empty$/],
])('%s with %j: unreadable, and it says why', async (path, text, reason) => {
  const { reading } = await read({ ...tx2(MAXN), [path]: text });
  expect(reading.clock.state).toBe('unreadable');
  expect(reading.reasons).toEqual([expect.stringMatching(reason)]);
  expect(reading.cpus).toHaveLength(path === GPU ? 6 : 5); // the others are read all the same
});

test('a list of processors that no machine has is not believed, and not walked through', async () => {
  const { reading } = await read({ ...tx2(MAXN), [`${CPUS}/online`]: '0-99999\n' });
  expect(reading.clock.state).toBe('unreadable');
  expect(reading.reasons.join('; ')).toMatch(/online .*cpu99999, which no machine has/);
});

test.each([
  ['sys/class/thermal/thermal_zone0/temp', '<unsupported>\n'],
  ['sys/class/thermal/thermal_zone0/temp', '999999999\n'],
  ['sys/class/thermal/thermal_zone0/trip_point_2_temp', '-274000\n'],
  ['sys/class/thermal/cooling_device1/cur_state', '-1\n'],
  ['sys/bus/i2c/drivers/ina3221x/0-0041/iio:device1/in_power0_input', '-3\n'],
  ['sys/bus/i2c/drivers/ina3221x/0-0041/iio:device1/rail_name_0', ''],
])('%s with %j is left out: the clocks are pinned all the same', async (path, text) => {
  const { reading } = await read({ ...tx2(MAXN), [path]: text });
  expect(reading.clock.state).toBe('pinned');
});

test('a folder without files, or a publication that is a folder', async () => {
  const { [CLOCKS]: _state, ...tree } = tx2(MAXN);
  const { reading } = await read({ ...tree, [`${CLOCKS}/x`]: '' });
  expect(reading.clock.state).toBe('unreadable');
  expect(reading.reasons[0]).toMatch(/state\.json cannot be read: EISDIR/);
});

test('a file that vanishes between listing and reading', async () => {
  const { reading } = await read(tx2(MAXN), (root, files) => ({
    ...files,
    read: async (path) => {
      const text = await files.read(path);
      if (path === `${CPUS}/online`) await unlink(join(root, MAX)).catch(() => {});
      return text;
    },
  }));
  expect(reading.clock.state).toBe('unreadable');
  expect(reading.reasons).toEqual([expect.stringMatching(/^cpu3: .*scaling_max_freq is not there$/)]);
});

test('a processor that goes offline while it is read is no processor without cpufreq', async () => {
  const { reading } = await read(tx2(MAXN), (root, files) => ({
    ...files,
    read: async (path) => {
      const text = await files.read(path);
      if (path === `${CPUS}/online` && text === '0-5\n') {
        await put(root, path, '0-1,3-5\n');
        await rm(join(root, `${CPUS}/cpu2/cpufreq`), { recursive: true });
      }
      return text;
    },
  }));
  expect(reading.clock.state).toBe('pinned');
  expect(reading.reasons[1]).toBe('cpu2 offline');
});

/** Changes what a file says after its limits were read `times` times. */
function changing(limits: readonly string[]): (root: string, files: Files) => Files {
  return (root, files) => {
    let turn = 0;
    return {
      ...files,
      read: async (path) => {
        const text = await files.read(path);
        if (path.endsWith('cpu0/cpufreq/scaling_min_freq')) {
          const now = limits[turn++] ?? '';
          await put(root, `${CPUS}/cpu0/cpufreq/scaling_max_freq`, now);
        }
        return text;
      },
    };
  };
}

test('limits that change between two files are read again', async () => {
  const tree = pc({ cpus: [{ min: 2_000_000, max: 3_000_000 }] });
  const once = await read(tree, changing(['1000000', '3000000']));
  expect(once.reading.clock.state).toBe('floating');
  const always = await read(tree, changing(['1000000', '1100000']));
  expect(always.reading.clock.state).toBe('unreadable');
  expect(always.reading.reasons[0]).toBe('cpu0: min 2000 MHz above max 1100 MHz: it changes while it is read');
});

test('an error that is no missing file is not taken for one', async () => {
  const refused = (root: string, files: Files): Files => ({
    ...files,
    read: async (path) => {
      if (path === CURRENT) throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
      if (path === MAX.replace('cpu3', 'cpu4')) throw Object.assign(new Error(root), { code: 'EACCES' });
      return await files.read(path);
    },
  });
  const { reading } = await read(tx2(MAXN), refused);
  expect(reading.reasons).toEqual([
    expect.stringMatching(/^cpu3: .*scaling_cur_freq cannot be read: EIO/),
    expect.stringMatching(/^cpu4: .*scaling_max_freq may be read by root only$/),
  ]);
});
