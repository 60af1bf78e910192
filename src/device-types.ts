/** The vocabulary of the machine's clocks and energy; `types.ts` has it too. */

/** State of the machine's clocks while something was measured. */
export type ClockStateName = 'pinned' | 'floating' | 'throttled' | 'mixed' | 'unreadable';

export interface ClockState {
  readonly state: ClockStateName;
  readonly source: 'jetson' | 'linux' | 'none';
}

/** What was read of the machine at one moment. */
export interface DeviceReading {
  readonly clock: ClockState;
  /** Why the state is what it is, in words: `cpu3 345.6-2035.2 MHz, min below max`. */
  readonly reasons: readonly string[];
  /** nvpmodel's name, as `MAXN`; `null` where there is none. */
  readonly powerMode: string | null;
  /** Distinct governors of the online processors. */
  readonly governors: readonly string[];
  readonly cpus: readonly CpuReading[];
  /** The hottest sensor, and the smallest distance of a sensor from where the machine slows down. */
  readonly temperatureCelsius: number | null;
  readonly headroomCelsius: number | null;
  /** Times that the processors were slowed down by heat, since boot. */
  readonly throttleCount: number | null;
}

export interface CpuReading {
  readonly cpu: number;
  readonly minMHz: number;
  readonly maxMHz: number;
  readonly currentMHz: number;
}

/** The machine's clocks and energy, read once a second away from the hot path. */
export interface DeviceMonitor {
  /** As a person would call the machine: `NVIDIA Jetson TX2`, `AMD EPYC, 2 cores`. */
  readonly name: string;
  /** The last reading. */
  readonly reading: DeviceReading;
  /** The clock state of everything since a monotonic time: `mixed` where it changed meanwhile. Allocates nothing. */
  clockSince(monotonicMs: number): ClockState;
  /** Energy used since the monitor began, in millijoules; `null` where no counter can be read. */
  readonly energyMillijoules: number | null;
  /** How often the clocks were seen to change. */
  readonly changes: number;
}
