import type { Clock, DeviceReading } from '../types.ts';
import { type Cpus, readCpus } from './cpus.ts';
import { type Files, listMatching, orNull, readNumber, readText } from './files.ts';
import { readPublished } from './published.ts';
import type { DeviceReader, EnergyCounter, EnergySample, Sample } from './reader.ts';
import { readThermal } from './thermal.ts';
import { decide, judgeCpus, pinnedWords } from './verdict.ts';

const CPUS = 'sys/devices/system/cpu';
const POWERCAP = 'sys/class/powercap';
/** Frequencies of x86 are means over a moment and over idle states. */
const TOLERANCE = 0.1;
const MOST_COUNT = Number.MAX_SAFE_INTEGER;

export interface LinuxSettings {
  readonly files: Files;
  readonly clock: Clock;
  readonly name: string;
  readonly isVirtual: boolean;
}

/** Reads any other Linux machine. Pinned means: every online processor min = max, and running at that. */
export function linuxReader({ files, clock, name, isVirtual }: LinuxSettings): DeviceReader {
  return {
    source: 'linux',
    name,
    advice: isVirtual
      ? 'nothing inside a virtual machine pins its clocks: its host decides; measure on the machine itself'
      : 'as root: `cpupower frequency-set --governor performance --min F --max F` with the base frequency F, and boost off (`echo 0 > /sys/devices/system/cpu/cpufreq/boost`, or `echo 1 > /sys/devices/system/cpu/intel_pstate/no_turbo`)',
    read: async (last) => {
      const all = await readCpus(files);
      const thermal = await readThermal(files);
      const throttleCount = await readThrottleCount(files);
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
        energy: await readEnergy(files, clock),
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
  if (offline.length > 0) remarks.push(`${offline.map((cpu) => `cpu${cpu}`).join(', ')} offline`);
  return remarks;
}

function slowings(count: number | null, last: DeviceReading | null): string[] {
  const before = last?.throttleCount ?? null;
  if (count === null || before === null || count <= before) return [];
  return [`slowed down by heat ${count - before} times since the reading before`];
}

/** Each core counts for itself, and every processor of a package repeats the package's count. */
async function readThrottleCount(files: Files): Promise<number | null> {
  let cores: number | null = null;
  let packages = 0;
  for (const cpu of await listMatching(files, CPUS, /^cpu\d+$/)) {
    const folder = `${CPUS}/${cpu}/thermal_throttle`;
    const core = await orNull(readNumber(files, `${folder}/core_throttle_count`, MOST_COUNT));
    if (core === null) continue;
    cores = (cores ?? 0) + core;
    packages = Math.max(
      packages,
      (await orNull(readNumber(files, `${folder}/package_throttle_count`, MOST_COUNT))) ?? 0,
    );
  }
  return cores === null ? null : cores + packages;
}

async function readBoost(files: Files): Promise<boolean | null> {
  const boost = await orNull(readText(files, `${CPUS}/cpufreq/boost`));
  if (boost !== null) return boost === '1';
  const noTurbo = await orNull(readText(files, `${CPUS}/intel_pstate/no_turbo`));
  return noTurbo === null ? null : noTurbo === '0';
}

/** RAPL's packages; root only since Linux 5.10, so usually by way of weir-clocks. */
async function readEnergy(files: Files, clock: Clock): Promise<EnergySample | null> {
  const counters: EnergyCounter[] = [];
  for (const id of await listMatching(files, POWERCAP, /^intel-rapl:\d+$/)) {
    const folder = `${POWERCAP}/${id}`;
    // `psys` counts the packages once more.
    if (!(await orNull(readText(files, `${folder}/name`)))?.startsWith('package')) continue;
    const microjoules = await orNull(readNumber(files, `${folder}/energy_uj`, MOST_COUNT));
    const rangeMicrojoules = await orNull(readNumber(files, `${folder}/max_energy_range_uj`, MOST_COUNT));
    if (microjoules !== null && rangeMicrojoules !== null) counters.push({ id, microjoules, rangeMicrojoules });
  }
  if (counters.length > 0) return { kind: 'counters', counters };
  const published = await orNull(readPublished(files, clock.unixMs()));
  return published === null || published.counters.length === 0
    ? null
    : { kind: 'counters', counters: published.counters };
}
