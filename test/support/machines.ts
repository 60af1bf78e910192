import { chmod, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * Machines as trees of files. They were made from NVIDIA's documents and the kernel's, not from a board: what a real machine says
 * may differ.
 */
export type Tree = Readonly<Record<string, string>>;

/** Writes a tree into a new temporary folder. */
export async function plant(tree: Tree): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'weir-machine-'));
  for (const [path, text] of Object.entries(tree)) await put(root, path, text);
  return root;
}

export async function put(root: string, path: string, text: string): Promise<void> {
  const full = join(root, path);
  await mkdir(dirname(full), { recursive: true });
  await writeFile(full, text);
  if (text.startsWith('#!')) await chmod(full, 0o755);
}

export const CPUS = 'sys/devices/system/cpu';
const EMC = 'sys/kernel/debug/bpmp/debug/clk/emc';
const GPU = 'sys/class/devfreq/17000000.gp10b';
const THERMAL = 'sys/class/thermal';
const RAILS = 'sys/bus/i2c/drivers/ina3221x';
export const CLOCKS = 'run/weir-clocks/state.json';

interface Processor {
  readonly min: number;
  readonly max: number;
  readonly current?: number;
  readonly governor?: string;
}

/** A processor's files; frequencies in kHz. */
export function processor(cpu: number, { min, max, current = max, governor = 'schedutil' }: Processor): Tree {
  const folder = `${CPUS}/cpu${cpu}`;
  return {
    [`${folder}/cpufreq/scaling_governor`]: `${governor}\n`,
    [`${folder}/cpufreq/scaling_min_freq`]: `${min}\n`,
    [`${folder}/cpufreq/scaling_max_freq`]: `${max}\n`,
    [`${folder}/cpufreq/scaling_cur_freq`]: `${current}\n`,
  };
}

export interface Tx2 {
  /** Of nvpmodel. */
  readonly mode: string;
  readonly cpuMax: number;
  readonly isPinned: boolean;
  readonly denver: boolean;
  readonly gpuMaxHz: number;
  /** Unix time of weir-clocks' publication; `null`: there is none. */
  readonly publishedAtSeconds: number | null;
}

const EMC_HZ = 1_866_000_000;

/** A Jetson TX2 with L4T 32.7; cpu1 and cpu2 are the Denver cores. */
export function tx2({ mode, cpuMax, isPinned, denver, gpuMaxHz, publishedAtSeconds }: Tx2): Tree {
  const core = { min: isPinned ? cpuMax : 345_600, max: cpuMax, current: isPinned ? cpuMax : 806_400 };
  return {
    'etc/nv_tegra_release': '# R32 (release), REVISION: 7.1, GCID: 29818004, BOARD: t186ref, EABI: aarch64\n',
    'proc/device-tree/model': 'NVIDIA Jetson TX2\0',
    'proc/device-tree/compatible': 'nvidia,quill\0nvidia,tegra186\0',
    'usr/sbin/nvpmodel': `#!/bin/sh\necho "NVPM WARN: fan mode is not set!"\necho "NV Power Mode: ${mode}"\necho 0\n`,
    [`${CPUS}/present`]: '0-5\n',
    [`${CPUS}/online`]: denver ? '0-5\n' : '0,3-5\n',
    ...joined([0, 3, 4, 5, ...(denver ? [1, 2] : [])].map((cpu) => processor(cpu, core))),
    [`${GPU}/device/of_node/name`]: 'gp10b\0',
    [`${GPU}/min_freq`]: `${isPinned ? gpuMaxHz : 114_750_000}\n`,
    [`${GPU}/max_freq`]: `${gpuMaxHz}\n`,
    [`${GPU}/cur_freq`]: `${gpuMaxHz}\n`,
    [`${GPU}/device/load`]: '0\n',
    ...zone(0, 'BCPU-therm', '41500\n', 95_500),
    ...zone(1, 'MCPU-therm', '41500\n', 95_500),
    ...zone(2, 'GPU-therm', '39000\n', 95_500),
    ...zone(3, 'PMIC-Die', '100000\n', null),
    ...zone(4, 'iwlwifi', '', null),
    ...cooling(0, 'pwm-fan', 3),
    ...cooling(1, 'cpu-balanced', 0),
    ...cooling(2, 'gpu-balanced', 0),
    [`${RAILS}/0-0040/iio:device0/rail_name_0`]: 'VDD_SYS_GPU\n',
    [`${RAILS}/0-0040/iio:device0/in_power0_input`]: '152\n',
    [`${RAILS}/0-0041/iio:device1/rail_name_0`]: 'VDD_IN\n',
    [`${RAILS}/0-0041/iio:device1/in_power0_input`]: '5120\n',
    [`${EMC}/rate`]: `${isPinned ? EMC_HZ : 665_600_000}\n`,
    [`${EMC}/max_rate`]: `${EMC_HZ}\n`,
    [`${EMC}/mrq_rate_locked`]: `${isPinned ? 1 : 0}\n`,
    ...(publishedAtSeconds === null
      ? {}
      : { [CLOCKS]: publication({ atSeconds: publishedAtSeconds, isPinned, mode }) }),
  };
}

/** What weir-clocks would write. */
export function publication(
  { atSeconds, isPinned, mode }: { atSeconds: number; isPinned: boolean; mode: string },
  changes: object = {},
): string {
  return JSON.stringify({
    schema: 'weir.clocks/1',
    atSeconds,
    pins: isPinned,
    powerMode: mode,
    emc: { rateHz: isPinned ? EMC_HZ : 665_600_000, maxRateHz: EMC_HZ, locked: isPinned },
    powerMilliwatts: 5120,
    counters: [],
    ...changes,
  });
}

export function zone(n: number, type: string, temp: string, passive: number | null): Tree {
  const folder = `${THERMAL}/thermal_zone${n}`;
  return {
    [`${folder}/type`]: `${type}\n`,
    [`${folder}/temp`]: temp,
    ...(passive === null
      ? {}
      : {
          [`${folder}/trip_point_0_type`]: 'active\n', // the fan's
          [`${folder}/trip_point_0_temp`]: '35000\n',
          [`${folder}/trip_point_1_type`]: 'critical\n',
          [`${folder}/trip_point_1_temp`]: '101500\n',
          [`${folder}/trip_point_2_type`]: 'passive\n',
          [`${folder}/trip_point_2_temp`]: `${passive}\n`,
        }),
  };
}

export function cooling(n: number, type: string, state: number): Tree {
  const folder = `${THERMAL}/cooling_device${n}`;
  return { [`${folder}/type`]: `${type}\n`, [`${folder}/cur_state`]: `${state}\n` };
}

export const MAXN: Tx2 = {
  mode: 'MAXN',
  cpuMax: 2_035_200,
  isPinned: true,
  denver: true,
  gpuMaxHz: 1_300_500_000,
  publishedAtSeconds: 1_000,
};

/** A PC; frequencies in kHz. */
export function pc({ flags = 'fpu vme sse2', cpus = [] as Processor[], without = 0 }): Tree {
  const bare = Array.from({ length: without }, (_, n) => cpus.length + n);
  return {
    'proc/cpuinfo': `processor\t: 0\nmodel name\t: Example CPU @ 3.00GHz\nflags\t\t: ${flags}\n`,
    [`${CPUS}/present`]: `0-${cpus.length + without - 1}\n`,
    [`${CPUS}/online`]: `0-${cpus.length + without - 1}\n`,
    ...joined(cpus.map((settings, cpu) => processor(cpu, settings))),
    ...joined(bare.map((cpu) => ({ [`${CPUS}/cpu${cpu}/topology/core_id`]: `${cpu}\n` }))),
  };
}

function joined(trees: readonly Tree[]): Tree {
  return Object.assign({}, ...trees);
}
