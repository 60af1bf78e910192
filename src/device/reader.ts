import type { DeviceReading } from '../types.ts';

/** What a counter or meter of energy showed. */
export type EnergySample =
  | { readonly kind: 'counters'; readonly counters: readonly EnergyCounter[] }
  /** Power at this moment; energy is its integral over time. */
  | { readonly kind: 'power'; readonly milliwatts: number };

export interface EnergyCounter {
  readonly id: string;
  readonly microjoules: number;
  /** Beyond this it begins at zero again. */
  readonly rangeMicrojoules: number;
}

/** What a reader gives: what is told of the machine, and its energy counters. */
export interface Sample {
  readonly reading: DeviceReading;
  /** `null` where no counter can be read. */
  readonly energy: EnergySample | null;
}

/** Reads one kind of machine. */
export interface DeviceReader {
  readonly source: DeviceReading['clock']['source'];
  readonly name: string;
  /** What pins the clocks of this machine, for a person. */
  readonly advice: string;
  /**
   * Reads everything once. Rejects only by mistake: what cannot be read is among the reasons.
   *
   * @param last what was read before; counters are compared with it
   */
  read(last: DeviceReading | null): Promise<Sample>;
}
