import type { Clock, DeviceReading } from '../types.ts';
import { type Cpus, cpuReader } from './cpus.ts';
import { type Files, isThere, listMatching, orNull, readNumber, readText, remembered } from './files.ts';
import { readPublished } from './published.ts';
import type { DeviceReader, EnergyCounter, EnergySample, Sample } from './reader.ts';
import { thermalReader } from './thermal.ts';
import { decide, judgeCpus, offlineRemark, pinnedWords } from './verdict.ts';

const CPUS = 'sys/devices/system/cpu';
const POWERCAP = 'sys/class/powercap';
/** Frequencies of x86 are means over a moment and over idle states. */
const TOLERANCE = 0.1;
/** Counters stay where they are. */
const LOOK_EVERY = 60;
const MOST_COUNT = Number.MAX_SAFE_INTEGER;

export interface LinuxSettings {
  readonly files: Files;
  readonly clock: Clock;
  readonly name: string;
  readonly isVirtual: boolean;
}

/** Reads any other Linux machine. Pinned means: every online processor min = max, and running at that. */
export function linuxReader({ files, clock, name, isVirtual }: LinuxSettings): DeviceReader {
  const readCpus = cpuReader(files);
  const readThermal = thermalReader(files);
  const throttles = remembered(LOOK_EVERY, () => findThrottles(files));
  const zones = remembered(LOOK_EVERY, () => findRapl(files));
  return {
    source: 'linux',
    name,
    advice: isVirtual
      ? 'nothing inside a virtual machine pins its clocks: its host decides; measure on the machine itself'
      : 'to pin them, as root: `cpupower frequency-set --governor performance --min F --max F` (or F in kHz into every scaling_max_freq and scaling_min_freq) with F the base frequency, and boost off (`echo 0 > /sys/devices/system/cpu/cpufreq/boost`, or `echo 1 > /sys/devices/system/cpu/intel_pstate/no_turbo`)',
    read: async (last) => {
      const all = await readCpus();
      const thermal = await readThermal();
      const throttleCount = await readThrottleCount(files, await throttles());
      const boost = await readBoost(files);
      const cpus = judgeCpus(all.cpus, TOLERANCE);
      const verdict = decide(
        {
          unreadable: all.problems.map((problem) => withWhy(problem, isVirtual)),
          throttled: [...thermal.coolings, ...slowings(throttleCount, last), ...cpus.throttled],
          floating: cpus.floating,
          remarks: remarksOn(all, boost, isVirtual),
        },
        pinnedWords(all.cpus),
      );
      return {
        reading: {
          clock: { state: verdict.state, source: all.cpus.length === 0 ? 'none' : 'linux' },
          reasons: verdict.reasons,
          powerMode: null,
          governors: all.governors,
          cpus: all.cpus,
          temperatureCelsius: thermal.temperatureCelsius,
          headroomCelsius: thermal.headroomCelsius,
          throttleCount,
        },
        energy: await readEnergy(files, await zones(), clock),
      } satisfies Sample;
    },
  };
}

function withWhy(problem: string, isVirtual: boolean): string {
  if (problem !== 'no cpufreq') return problem;
  return isVirtual
    ? 'no cpufreq: a virtual machine hides its clocks'
    : `no cpufreq: this kernel tells no frequencies of its processors (/${CPUS}/cpu*/cpufreq is not there)`;
}

function remarksOn({ cpus, offline }: Cpus, boost: boolean | null, isVirtual: boolean): string[] {
  const remarks: string[] = [];
  if (cpus.length > 0 && boost === true) remarks.push('boost is on: the hardware may leave these limits');
  if (cpus.length > 0 && boost === null) remarks.push('the kernel does not say whether boost is on');
  if (cpus.length > 0 && isVirtual) remarks.push('a virtual machine: its host may change clocks unseen');
  return [...remarks, ...offlineRemark(offline)];
}

function slowings(count: number | null, last: DeviceReading | null): string[] {
  const before = last?.throttleCount ?? null;
  if (count === null || before === null || count <= before) return [];
  return [`slowed down by heat ${count - before} times since the reading before`];
}

/** One counter for each core and one for each package: every processor shows those of its core and its package. */
async function findThrottles(files: Files): Promise<string[]> {
  const found = new Map<string, string>();
  for (const cpu of await listMatching(files, CPUS, /^cpu\d+$/)) {
    const folder = `${CPUS}/${cpu}`;
    if (!(await isThere(files, `${folder}/thermal_throttle`))) continue;
    const place = (await orNull(readText(files, `${folder}/topology/physical_package_id`))) ?? '0';
    const core = (await orNull(readText(files, `${folder}/topology/core_id`))) ?? cpu;
    found.set(`${place} ${core}`, `${folder}/thermal_throttle/core_throttle_count`);
    found.set(place, `${folder}/thermal_throttle/package_throttle_count`);
  }
  return [...found.values()];
}

async function readThrottleCount(files: Files, paths: readonly string[]): Promise<number | null> {
  let sum: number | null = null;
  for (const path of paths) {
    const count = await orNull(readNumber(files, path, MOST_COUNT));
    if (count !== null) sum = (sum ?? 0) + count;
  }
  return sum;
}

async function readBoost(files: Files): Promise<boolean | null> {
  const boost = await orNull(readText(files, `${CPUS}/cpufreq/boost`));
  if (boost !== null) return boost === '1';
  const noTurbo = await orNull(readText(files, `${CPUS}/intel_pstate/no_turbo`));
  return noTurbo === null ? null : noTurbo === '0';
}

/** RAPL's packages; `psys` counts them once more. */
async function findRapl(files: Files): Promise<string[]> {
  const ids: string[] = [];
  for (const id of await listMatching(files, POWERCAP, /^intel-rapl:\d+$/)) {
    const name = await orNull(readText(files, `${POWERCAP}/${id}/name`));
    if (name?.startsWith('package')) ids.push(id);
  }
  return ids;
}

/** The counters may be read by root only since Linux 5.10: then weir-clocks can tell them. */
async function readEnergy(files: Files, ids: readonly string[], clock: Clock): Promise<EnergySample | null> {
  const counters: EnergyCounter[] = [];
  for (const id of ids) {
    const microjoules = await orNull(readNumber(files, `${POWERCAP}/${id}/energy_uj`, MOST_COUNT));
    const rangeMicrojoules = await orNull(readNumber(files, `${POWERCAP}/${id}/max_energy_range_uj`, MOST_COUNT));
    if (microjoules !== null && rangeMicrojoules !== null) counters.push({ id, microjoules, rangeMicrojoules });
  }
  if (counters.length > 0) return { kind: 'counters', counters };
  const published = await orNull(readPublished(files, clock.unixMs()));
  return published === null || published.counters.length === 0
    ? null
    : { kind: 'counters', counters: published.counters };
}
