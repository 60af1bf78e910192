import { messageOf } from '../errors.ts';
import type { Clock, ClockState, ClockStateName, DeviceMonitor, DeviceReading } from '../types.ts';
import { EnergyMeter } from './energy.ts';
import type { DeviceReader, Sample } from './reader.ts';

export interface MonitorSettings {
  readonly reader: DeviceReader;
  readonly clock: Clock;
  readonly intervalMs?: number;
  /** A reading that takes longer is given up; the next waits until it has really ended. */
  readonly timeoutMs?: number;
  /** After every reading. */
  readonly onReading?: (reading: DeviceReading, monitor: DeviceMonitor) => void;
}

const INTERVAL_MS = 1_000;
const TIMEOUT_MS = 2_000;
const SOURCES = ['jetson', 'linux', 'none'] as const;
const NAMES: readonly ClockStateName[] = ['pinned', 'floating', 'throttled', 'mixed', 'unreadable'];
/** One object per state and source: the hot path allocates none. */
const STATES = new Map(
  SOURCES.flatMap((source) => NAMES.map((state) => [`${source} ${state}`, Object.freeze({ state, source })] as const)),
);

/** Reads a device once a second, one reading at a time, and remembers when its clocks last changed. */
export class Monitor implements DeviceMonitor {
  readonly name: string;
  readonly advice: string;
  readonly #settings: MonitorSettings;
  readonly #energy = new EnergyMeter();
  #reading: DeviceReading;
  #state: ClockState;
  #mixed: ClockState;
  #changedAtMs = -Infinity;
  #changes = 0;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  /** Resolves after the first reading. */
  static async start(settings: MonitorSettings): Promise<Monitor> {
    const monitor = new Monitor(settings);
    await monitor.#turn(true);
    return monitor;
  }

  private constructor(settings: MonitorSettings) {
    this.#settings = settings;
    this.name = settings.reader.name;
    this.advice = settings.reader.advice;
    this.#reading = unread('not read yet', settings.reader.source);
    this.#state = constant('unreadable', settings.reader.source);
    this.#mixed = constant('mixed', settings.reader.source);
  }

  get reading(): DeviceReading {
    return this.#reading;
  }

  get energyMillijoules(): number | null {
    return this.#energy.millijoules;
  }

  /** How often the state, the power mode or the limits of the clocks were others than before. */
  get changes(): number {
    return this.#changes;
  }

  clockSince(monotonicMs: number): ClockState {
    return monotonicMs < this.#changedAtMs ? this.#mixed : this.#state;
  }

  /** No reading begins after this. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  async #turn(isFirst = false): Promise<void> {
    const { reader, clock, timeoutMs = TIMEOUT_MS, intervalMs = INTERVAL_MS } = this.#settings;
    const begunMs = clock.monotonicMs();
    let late: NodeJS.Timeout | undefined;
    const gaveUp = new Promise<null>((resolve) => {
      late = setTimeout(() => resolve(null), timeoutMs);
      late.unref();
    });
    const reading = reader.read(this.#reading).catch((error: unknown) => messageOf(error));
    const sample = await Promise.race([reading, gaveUp]);
    clearTimeout(late);
    if (this.#isStopped) return;
    if (sample === null) this.#take(failed(`a reading took longer than ${timeoutMs} ms`, reader), isFirst);
    else if (typeof sample === 'string') this.#take(failed(`reading failed: ${sample}`, reader), isFirst);
    else this.#take(sample, isFirst);
    // One that hangs holds a thread: a second must not begin beside it.
    const ended = sample === null ? reading : Promise.resolve();
    void ended.then(() => {
      if (this.#isStopped) return;
      const restMs = Math.max(0, intervalMs - (clock.monotonicMs() - begunMs));
      this.#timer = setTimeout(() => void this.#turn(), restMs);
      this.#timer.unref();
    });
  }

  #take({ reading, energy }: Sample, isFirst: boolean): void {
    const { clock, onReading } = this.#settings;
    const nowMs = clock.monotonicMs();
    const before = this.#reading;
    this.#reading = reading;
    this.#energy.add(energy, nowMs);
    this.#state = constant(reading.clock.state, reading.clock.source);
    this.#mixed = constant('mixed', reading.clock.source);
    if (!isFirst && circumstances(before) !== circumstances(reading)) {
      // It changed at some moment before this reading: what began earlier saw both.
      this.#changedAtMs = nowMs;
      this.#changes++;
    }
    onReading?.(reading, this);
  }
}

/** What must stay the same for two times to be comparable. */
function circumstances({ clock, powerMode, cpus }: DeviceReading): string {
  return `${clock.state} ${powerMode} ${cpus.map(({ cpu, minMHz, maxMHz }) => `${cpu}:${minMHz}-${maxMHz}`).join(' ')}`;
}

function failed(reason: string, { source }: DeviceReader): Sample {
  return { reading: unread(reason, source), energy: null };
}

function unread(reason: string, source: ClockState['source']): DeviceReading {
  return {
    clock: constant('unreadable', source),
    reasons: [reason],
    powerMode: null,
    governors: [],
    cpus: [],
    temperatureCelsius: null,
    headroomCelsius: null,
    throttleCount: null,
  };
}

function constant(state: ClockStateName, source: ClockState['source']): ClockState {
  return STATES.get(`${source} ${state}`) ?? { state, source };
}
