import { rm } from 'node:fs/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { filesUnder } from '../../src/device/files.ts';
import { parsePowerMode } from '../../src/device/nvpmodel.ts';
import { chooseReader } from '../../src/device/open.ts';
import type { Clock, DeviceReading } from '../../src/types.ts';
import {
  CLOCKS,
  CPUS,
  cooling,
  MAXN,
  pc,
  plant,
  processor,
  publication,
  type Tree,
  tx2,
  zone,
} from '../support/machines.ts';

const CLOCK: Clock = { monotonicMs: () => 0, unixMs: () => 1_002_000 };
const roots: string[] = [];
afterAll(async () => {
  for (const root of roots) await rm(root, { recursive: true });
});

async function read(tree: Tree, last: DeviceReading | null = null) {
  const root = await plant(tree);
  roots.push(root);
  const reader = await chooseReader(root, filesUnder(root), CLOCK);
  return { ...(await reader.read(last)), name: reader.name, advice: reader.advice };
}

const MAXQ = { ...MAXN, mode: 'MAXQ', cpuMax: 1_200_000, gpuMaxHz: 850_500_000, denver: false, isPinned: false };
const CORE_ARM = { ...MAXN, mode: 'MAXP_CORE_ARM', cpuMax: 2_000_000, gpuMaxHz: 1_122_000_000, denver: false };
const PINNED = { min: 3_000_000, max: 3_000_000, governor: 'performance' };
const FLOATING = { min: 800_000, max: 3_000_000, current: 1_200_000, governor: 'powersave' };

const TABLE: [string, Tree, string, string, RegExp[]][] = [
  [
    'a TX2 in MAXN, pinned',
    tx2(MAXN),
    'jetson',
    'pinned',
    [/^6 processors at 2035\.2 MHz, min = max = current; GPU min = max; EMC at its highest rate and locked$/],
  ],
  [
    'a TX2 in MAXQ, floating',
    tx2(MAXQ),
    'jetson',
    'floating',
    [
      /^cpu0 345\.6-1200 MHz, min below max$/,
      /^cpu3 345\.6-1200 MHz, min below max$/,
      /^GPU 114\.8-850\.5 MHz, min below max$/,
      /^EMC at 665\.6 of 1866 MHz$/,
      /^EMC is not locked$/,
      /^cpu1, cpu2 offline$/,
    ],
  ],
  [
    'a TX2 in MAXP_CORE_ARM with its Denver cores off, pinned',
    tx2(CORE_ARM),
    'jetson',
    'pinned',
    [/^4 processors at 2000 MHz/, /^cpu1, cpu2 offline$/],
  ],
  [
    'a TX2 that runs below its pinned clocks',
    { ...tx2(MAXN), ...processor(3, { min: 2_035_200, max: 2_035_200, current: 1_113_600 }) },
    'jetson',
    'throttled',
    [/^cpu3 runs at 1113\.6 MHz, below its pinned 2035\.2 MHz$/],
  ],
  [
    'a TX2 that cools itself by slowing down',
    { ...tx2(MAXN), ...zone(2, 'GPU-therm', '96000\n', 95_500), ...cooling(1, 'cpu-balanced', 4) },
    'jetson',
    'throttled',
    [/^slowed down to cool: cpu-balanced at step 4$/, /^GPU-therm 96 °C, its limit is 95\.5 °C$/],
  ],
  [
    'a floating TX2 that is hot is told as throttled, with both reasons',
    { ...tx2(MAXQ), ...cooling(1, 'cpu-balanced', 1) },
    'jetson',
    'throttled',
    [/^slowed down to cool/, /^cpu0 345\.6-1200 MHz, min below max$/],
  ],
  [
    'a TX2 without weir-clocks',
    tx2({ ...MAXN, publishedAtSeconds: null }),
    'jetson',
    'unreadable',
    [
      /^EMC \(memory clock\) can be read by root only, .*weir-clocks\.service.*\/run\/weir-clocks\/state\.json is not there$/,
    ],
  ],
  [
    'a TX2 whose weir-clocks stopped',
    tx2({ ...MAXN, publishedAtSeconds: 996 }),
    'jetson',
    'unreadable',
    [/^EMC .*state\.json is 6 s old/],
  ],
  [
    'a TX2 with a publication of a time to come',
    tx2({ ...MAXN, publishedAtSeconds: 1_010 }),
    'jetson',
    'unreadable',
    [/^EMC .*of a time to come/],
  ],
  [
    'a TX2 whose weir-clocks may not read the EMC either',
    { ...tx2(MAXN), [CLOCKS]: publication({ atSeconds: 1_000, isPinned: true, mode: 'MAXN' }, { emc: null }) },
    'jetson',
    'unreadable',
    [/^EMC \(memory clock\): weir-clocks\.service could not read it/],
  ],
  [
    'a publication of another form',
    {
      ...tx2(MAXN),
      [CLOCKS]: publication({ atSeconds: 1_000, isPinned: true, mode: 'MAXN' }, { emc: { rateHz: -1 } }),
    },
    'jetson',
    'unreadable',
    [/^EMC .*is not weir\.clocks\/1: emc\.rateHz/],
  ],
  ['half a publication', { ...tx2(MAXN), [CLOCKS]: '{"schema":' }, 'jetson', 'unreadable', [/^EMC .*is not JSON$/]],
  [
    'a floating TX2 without weir-clocks says what it saw as well',
    tx2({ ...MAXQ, publishedAtSeconds: null }),
    'jetson',
    'unreadable',
    [/^EMC/, /^cpu0 345\.6-1200 MHz, min below max$/],
  ],
  [
    'a PC with a floating cpufreq',
    pc({ cpus: [FLOATING, PINNED] }),
    'linux',
    'floating',
    [/^cpu0 800-3000 MHz, min below max$/, /does not say whether boost is on$/],
  ],
  [
    'a pinned PC with boost off',
    { ...pc({ cpus: [PINNED, PINNED] }), [`${CPUS}/cpufreq/boost`]: '0\n' },
    'linux',
    'pinned',
    [/^2 processors at 3000 MHz, min = max = current$/],
  ],
  [
    'a pinned PC whose boost is on but not used',
    { ...pc({ cpus: [PINNED] }), [`${CPUS}/intel_pstate/no_turbo`]: '0\n' },
    'linux',
    'pinned',
    [/^1 processor at 3000 MHz/, /^boost is on: the hardware may leave these limits$/],
  ],
  [
    'a PC with min = max that boosts beyond them',
    { ...pc({ cpus: [{ ...PINNED, current: 4_100_000 }] }), [`${CPUS}/cpufreq/boost`]: '1\n' },
    'linux',
    'floating',
    [/^cpu0 runs at 4100 MHz, above its max of 3000 MHz: boost is on$/],
  ],
  [
    'a pinned PC that runs slower than it should',
    pc({ cpus: [{ ...PINNED, current: 1_500_000 }] }),
    'linux',
    'throttled',
    [/^cpu0 runs at 1500 MHz, below its pinned 3000 MHz$/],
  ],
  [
    'a PC without cpufreq',
    pc({ without: 2 }),
    'none',
    'unreadable',
    [/^no cpufreq: this kernel tells no frequencies of its processors/],
  ],
  [
    'a virtual machine without cpufreq',
    pc({ flags: 'fpu hypervisor', without: 2 }),
    'none',
    'unreadable',
    [/^no cpufreq: a virtual machine hides its clocks$/],
  ],
  [
    'a virtual machine that shows clocks',
    pc({ flags: 'fpu hypervisor', cpus: [PINNED] }),
    'linux',
    'pinned',
    [/^1 processor/, /^a virtual machine: its host may change clocks unseen$/],
  ],
  [
    'processors of which one tells nothing',
    pc({ cpus: [PINNED], without: 1 }),
    'linux',
    'unreadable',
    [/^1 of 2 processors have no cpufreq$/],
  ],
  ['no /sys at all', {}, 'none', 'unreadable', [/^\/sys\/devices\/system\/cpu\/online is not there$/]],
];

function throttle(cpu: number, core: number, all: number): Tree {
  return {
    [`${CPUS}/cpu${cpu}/thermal_throttle/core_throttle_count`]: `${core}\n`,
    [`${CPUS}/cpu${cpu}/thermal_throttle/package_throttle_count`]: `${all}\n`,
  };
}

describe('a machine’s clocks', () => {
  test.each(TABLE)('%s', async (_what, tree, source, state, reasons) => {
    const { reading } = await read(tree);
    expect(reading.clock).toEqual({ state, source });
    for (const reason of reasons) expect(reading.reasons).toContainEqual(expect.stringMatching(reason));
  });

  test('a pinned state has no other reasons than those named', async () => {
    expect((await read(tx2(MAXN))).reading.reasons).toHaveLength(1);
  });

  test('governor, limits, temperature and headroom are read beside them', async () => {
    const { reading, name } = await read(tx2(MAXQ));
    expect(name).toBe('NVIDIA Jetson TX2');
    expect(reading).toMatchObject({
      powerMode: 'MAXQ',
      governors: ['schedutil'],
      temperatureCelsius: 41.5, // the constant 100 °C of the power chip and the blank sensor are not among them
      headroomCelsius: 54,
      throttleCount: null,
    });
    expect(reading.cpus).toHaveLength(4);
    expect(reading.cpus[1]).toEqual({ cpu: 3, minMHz: 345.6, maxMHz: 1200, currentMHz: 806.4 });
  });

  test('sensors of a PC count with their limits', async () => {
    const { reading } = await read({
      ...pc({ cpus: [PINNED] }),
      'sys/class/hwmon/hwmon0/name': 'nvme\n',
      'sys/class/hwmon/hwmon0/temp1_input': '99000\n',
      'sys/class/hwmon/hwmon2/name': 'k10temp\n',
      'sys/class/hwmon/hwmon2/temp1_input': '61250\n',
      'sys/class/hwmon/hwmon2/temp1_crit': '95000\n',
    });
    expect(reading).toMatchObject({ temperatureCelsius: 61.25, headroomCelsius: 33.75 });
  });

  test('heat that slowed a processor down since the last reading is throttling', async () => {
    const throttles = (core: number, all: number) => ({
      ...pc({ cpus: [PINNED, PINNED] }),
      ...throttle(0, core, all),
      ...throttle(1, core, all),
    });
    const first = (await read(throttles(3, 7))).reading;
    expect(first).toMatchObject({ clock: { state: 'pinned' }, throttleCount: 13 });
    const second = (await read(throttles(4, 7), first)).reading;
    expect(second.clock.state).toBe('throttled');
    expect(second.reasons[0]).toBe('slowed down by heat 2 times since the reading before');
    expect((await read(throttles(4, 7), second)).reading.clock.state).toBe('pinned');
  });

  test('what pins clocks is told for each kind of machine', async () => {
    expect((await read(tx2(MAXN))).advice).toMatch(/weir-clocks\.service.*jetson_clocks.*nvpmodel/);
    expect((await read(pc({ cpus: [PINNED] }))).advice).toMatch(/cpupower.*boost/);
    expect((await read(pc({ flags: 'hypervisor', without: 1 }))).advice).toMatch(/^nothing inside a virtual machine/);
  });

  test('the power mode of weir-clocks is believed before nvpmodel is asked', async () => {
    const published = publication({ atSeconds: 1_000, isPinned: true, mode: 'MAXP_CORE_ALL' });
    expect((await read({ ...tx2(MAXN), [CLOCKS]: published })).reading.powerMode).toBe('MAXP_CORE_ALL');
    expect((await read(tx2({ ...MAXN, publishedAtSeconds: null }))).reading.powerMode).toBe('MAXN');
  });

  test.each([
    ['NVPM WARN: fan mode is not set!\nNV Power Mode: MAXN\n0\n', 'MAXN'],
    ['NV Power Mode: MAXP_CORE_DENVER\n4\n', 'MAXP_CORE_DENVER'],
    ['  NV Power Mode:  MODE_15W_DESKTOP\r\n', 'MODE_15W_DESKTOP'],
    ['NVPM ERROR: Error opening /var/lib/nvpmodel/status\n', null],
    ['', null],
  ])('nvpmodel says %j: %s', (output, mode) => {
    expect(parsePowerMode(output)).toBe(mode);
  });

  test('energy is the board’s total on a Jetson, and the packages on a PC', async () => {
    expect((await read(tx2(MAXN))).energy).toEqual({ kind: 'power', milliwatts: 5120 });
    const rapl = (id: string, name: string, energy: string) => ({
      [`sys/class/powercap/${id}/name`]: `${name}\n`,
      [`sys/class/powercap/${id}/energy_uj`]: energy,
      [`sys/class/powercap/${id}/max_energy_range_uj`]: '262143328850\n',
    });
    const tree = {
      ...pc({ cpus: [PINNED] }),
      ...rapl('intel-rapl:0', 'package-0', '1000\n'),
      ...rapl('intel-rapl:0:0', 'core', '900\n'),
      ...rapl('intel-rapl:1', 'psys', '5000\n'),
    };
    const counter = { id: 'intel-rapl:0', microjoules: 1000, rangeMicrojoules: 262_143_328_850 };
    expect((await read(tree)).energy).toEqual({ kind: 'counters', counters: [counter] });
    const published = publication({ atSeconds: 1_001, isPinned: false, mode: 'X' }, { counters: [counter] });
    const rootOnly = { ...pc({ cpus: [PINNED] }), [CLOCKS]: published };
    expect((await read(rootOnly)).energy).toEqual({ kind: 'counters', counters: [counter] });
    expect((await read(pc({ cpus: [PINNED] }))).energy).toBeNull();
  });
});
