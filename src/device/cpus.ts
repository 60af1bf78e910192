import type { CpuReading } from '../types.ts';
import { type Files, isThere, readNumber, readText, remembered, Unreadable, whyNot } from './files.ts';

/** What was read of the processors. */
export interface Cpus {
  readonly cpus: readonly CpuReading[];
  readonly governors: readonly string[];
  readonly offline: readonly number[];
  /** What could not be read, in words. */
  readonly problems: readonly string[];
}

const FOLDER = 'sys/devices/system/cpu';
/** No processor's clock is faster, in kHz: what says so is not believed. */
const MOST_KHZ = 20_000_000;
const GOVERNORS_EVERY = 10;

/** Reads every online processor's limits and frequency. Never rejects because of a file: it says what it could not read. */
export function cpuReader(files: Files): () => Promise<Cpus> {
  let online: readonly number[] = [];
  const governors = remembered(GOVERNORS_EVERY, () => readGovernors(files, online));
  return async () => {
    const cpus: CpuReading[] = [];
    const problems: string[] = [];
    const setOf = async (name: 'online' | 'present'): Promise<number[]> =>
      await readSet(files, name).catch((error: unknown) => {
        problems.push(whyNot(error).message);
        return [];
      });
    online = await setOf('online');
    const present = await setOf('present');
    let without = 0;
    for (const cpu of online) {
      try {
        cpus.push(await readCpu(files, cpu));
      } catch (error) {
        const { message } = whyNot(error);
        if (await isThere(files, policyOf(cpu))) problems.push(`cpu${cpu}: ${message}`);
        else if ((await setOf('online')).includes(cpu)) without++;
        else online = online.filter((other) => other !== cpu); // it went offline meanwhile
      }
    }
    if (without > 0)
      problems.push(
        without === online.length ? 'no cpufreq' : `${without} of ${online.length} processors have no cpufreq`,
      );
    return {
      cpus,
      governors: await governors(),
      offline: present.filter((cpu) => !online.includes(cpu)),
      problems,
    };
  };
}

/** Linux knows 8192 processors at most (`NR_CPUS`). */
const MOST_CPU = 8191;

/** The numbers in a list like `0-2,5`. @throws Unreadable */
export function parseSet(text: string): number[] {
  return text.split(',').flatMap((part) => {
    const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part);
    if (match === null) throw new Unreadable(`says "${text.slice(0, 24)}", which is no list of processors`);
    const [first, last] = [Number(match[1]), Number(match[2] ?? match[1])];
    if (last > MOST_CPU) throw new Unreadable(`speaks of cpu${last}, which no machine has`);
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, n) => first + n);
  });
}

async function readSet(files: Files, name: 'online' | 'present'): Promise<number[]> {
  const path = `${FOLDER}/${name}`;
  const text = await readText(files, path);
  try {
    return parseSet(text);
  } catch (error) {
    throw new Unreadable(`/${path} ${whyNot(error).message}`);
  }
}

function policyOf(cpu: number): string {
  return `${FOLDER}/cpu${cpu}/cpufreq`;
}

async function readCpu(files: Files, cpu: number): Promise<CpuReading> {
  const policy = policyOf(cpu);
  let limits = await readLimits(files, policy);
  // The limits may have changed between the two files.
  if (limits.minKHz > limits.maxKHz) limits = await readLimits(files, policy);
  const { minKHz, maxKHz } = limits;
  if (minKHz > maxKHz)
    throw new Unreadable(`min ${minKHz / 1000} MHz above max ${maxKHz / 1000} MHz: it changes while it is read`);
  const currentKHz = await readNumber(files, `${policy}/scaling_cur_freq`, MOST_KHZ);
  return { cpu, minMHz: minKHz / 1000, maxMHz: maxKHz / 1000, currentMHz: currentKHz / 1000 };
}

async function readLimits(files: Files, policy: string): Promise<{ minKHz: number; maxKHz: number }> {
  const minKHz = await readNumber(files, `${policy}/scaling_min_freq`, MOST_KHZ);
  return { minKHz, maxKHz: await readNumber(files, `${policy}/scaling_max_freq`, MOST_KHZ) };
}

/** No state depends on them: what cannot be read is left out. */
async function readGovernors(files: Files, online: readonly number[]): Promise<string[]> {
  const governors = new Set<string>();
  for (const cpu of online) {
    const governor = await readText(files, `${policyOf(cpu)}/scaling_governor`).catch(() => null);
    if (governor !== null) governors.add(governor);
  }
  return [...governors].sort();
}
