import type { ClockStateName, CpuReading } from '../types.ts';

/** What speaks for a state, in words. An empty list speaks against it. */
export interface Findings {
  readonly unreadable: readonly string[];
  readonly throttled: readonly string[];
  readonly floating: readonly string[];
  /** What is said whatever the state is. */
  readonly remarks: readonly string[];
}

export interface Verdict {
  readonly state: ClockStateName;
  readonly reasons: readonly string[];
}

/**
 * What cannot be known is not claimed: one unreadable clock outweighs all that could be read. Being slowed down by heat
 * outweighs floating. Only where nothing speaks against it, clocks are pinned.
 */
export function decide(findings: Findings, pinned: string): Verdict {
  const { unreadable, throttled, floating, remarks } = findings;
  const reasons = [...unreadable, ...throttled, ...floating, ...remarks];
  if (unreadable.length > 0) return { state: 'unreadable', reasons };
  if (throttled.length > 0) return { state: 'throttled', reasons };
  if (floating.length > 0) return { state: 'floating', reasons };
  return { state: 'pinned', reasons: [pinned, ...remarks] };
}

/**
 * What the processors' frequencies say.
 *
 * @param tolerance a ratio: nearer to its limit than this, a processor runs at it
 */
export function judgeCpus(cpus: readonly CpuReading[], tolerance: number): Pick<Findings, 'throttled' | 'floating'> {
  const throttled: string[] = [];
  const floating: string[] = [];
  for (const { cpu, minMHz, maxMHz, currentMHz } of cpus) {
    if (minMHz < maxMHz) floating.push(`cpu${cpu} ${mhz(minMHz)}-${mhz(maxMHz)} MHz, min below max`);
    else if (currentMHz < maxMHz * (1 - tolerance))
      throttled.push(`cpu${cpu} runs at ${mhz(currentMHz)} MHz, below its pinned ${mhz(maxMHz)} MHz`);
    else if (currentMHz > maxMHz * (1 + tolerance))
      floating.push(`cpu${cpu} runs at ${mhz(currentMHz)} MHz, above its max of ${mhz(maxMHz)} MHz: boost is on`);
  }
  return { throttled, floating };
}

/** `cpu1, cpu2 offline`; none where all are at work. */
export function offlineRemark(offline: readonly number[]): string[] {
  return offline.length === 0 ? [] : [`${offline.map((cpu) => `cpu${cpu}`).join(', ')} offline`];
}

/** `6 processors at 2035.2 MHz, min = max = current` */
export function pinnedWords(cpus: readonly CpuReading[]): string {
  const rates = [...new Set(cpus.map(({ maxMHz }) => mhz(maxMHz)))];
  return `${cpus.length} processor${cpus.length === 1 ? '' : 's'} at ${rates.join(' and ')} MHz, min = max = current`;
}

export function mhz(value: number): string {
  return String(Math.round(value * 10) / 10);
}
