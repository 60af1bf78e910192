import type { CpuReading } from '../types.ts';
import { type Files, isThere, listMatching, orNull, readNumber, readText, Unreadable } from './files.ts';

/** What was read of the processors. */
export interface Cpus {
  readonly cpus: readonly CpuReading[];
  readonly governors: readonly string[];
  readonly offline: readonly number[];
  /** Online processors. */
  readonly online: number;
  /** What could not be read, in words. */
  readonly problems: readonly string[];
}

const FOLDER = 'sys/devices/system/cpu';
/** No processor's clock is faster, in kHz: what says so is not believed. */
const MOST_KHZ = 20_000_000;

/** Reads every online processor's limits and frequency. Never rejects because of a file: it says what it could not read. */
export async function readCpus(files: Files): Promise<Cpus> {
  const names = await listMatching(files, FOLDER, /^cpu\d+$/);
  const cpus: CpuReading[] = [];
  const governors = new Set<string>();
  const offline: number[] = [];
  const problems: string[] = [];
  let without = 0;
  for (const name of names) {
    const cpu = Number(name.slice(3));
    // The first processor often has no switch: it is always on.
    if ((await orNull(readText(files, `${FOLDER}/${name}/online`))) === '0') {
      offline.push(cpu);
      continue;
    }
    const policy = `${FOLDER}/${name}/cpufreq`;
    if (!(await isThere(files, policy))) {
      without++;
      continue;
    }
    try {
      cpus.push(await readCpu(files, cpu, policy));
      governors.add(await readText(files, `${policy}/scaling_governor`));
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      problems.push(`cpu${cpu}: ${error.message}`);
    }
  }
  const online = names.length - offline.length;
  if (online === 0) problems.push(`/${FOLDER} names no processor`);
  if (without > 0)
    problems.push(without === online ? 'no cpufreq' : `${without} of ${online} processors have no cpufreq`);
  return { cpus, governors: [...governors].sort(), offline, online, problems };
}

async function readCpu(files: Files, cpu: number, policy: string): Promise<CpuReading> {
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
