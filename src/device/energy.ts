import type { EnergySample } from './reader.ts';

/** Power read further apart than this says nothing about the time between. */
const MAX_GAP_MS = 10_000;

/** Adds up the energy used since the first sample. Pure but for its own sum. */
export class EnergyMeter {
  #sample: EnergySample | null = null;
  #atMs = 0;
  #millijoules: number | null = null;

  /** Since the first sample, `null` before it. */
  get millijoules(): number | null {
    return this.#millijoules;
  }

  add(sample: EnergySample | null, monotonicMs: number): void {
    if (sample === null) return; // the next sample still knows the last one
    this.#millijoules = (this.#millijoules ?? 0) + this.#since(sample, monotonicMs);
    this.#sample = sample;
    this.#atMs = monotonicMs;
  }

  #since(sample: EnergySample, monotonicMs: number): number {
    const last = this.#sample;
    if (last === null) return 0;
    if (sample.kind === 'power') {
      const gapMs = monotonicMs - this.#atMs;
      if (last.kind !== 'power' || gapMs > MAX_GAP_MS) return 0;
      return ((sample.milliwatts + last.milliwatts) / 2) * (gapMs / 1000);
    }
    if (last.kind !== 'counters') return 0;
    let microjoules = 0;
    for (const { id, microjoules: now, rangeMicrojoules } of sample.counters) {
      const before = last.counters.find((counter) => counter.id === id)?.microjoules;
      if (before === undefined) continue;
      microjoules += now >= before ? now - before : now + Math.max(0, rangeMicrojoules - before);
    }
    return microjoules / 1000;
  }
}
