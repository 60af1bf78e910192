import type { DeviceReading } from '../types.ts';
import type { Seen } from './artifact.ts';

/** A flapping state is told so often; what comes after shows in the state of the whole. */
const MOST_STATES = 100;

/** Gathers what is read of a machine while it is measured. */
export class SeenRecorder {
  readonly #reasons: readonly string[];
  readonly #states: Seen['states'] = [];
  readonly #throttledBefore: number | null;
  #throttledAfter: number | null;
  #last: DeviceReading | null = null;
  #temperature: [number, number] | null = null;
  #current: [number, number] | null = null;

  constructor(first: DeviceReading) {
    this.#reasons = first.reasons;
    this.#throttledBefore = first.throttleCount;
    this.#throttledAfter = first.throttleCount;
    this.add(first, 0);
  }

  add(reading: DeviceReading, atSeconds: number): void {
    if (reading === this.#last) return;
    const { state } = reading.clock;
    if (state !== this.#last?.clock.state && this.#states.length < MOST_STATES) {
      this.#states.push({ atSeconds: Math.round(atSeconds * 10) / 10, state, reasons: [...reading.reasons] });
    }
    this.#last = reading;
    this.#throttledAfter = reading.throttleCount;
    if (reading.temperatureCelsius !== null) this.#temperature = widened(this.#temperature, reading.temperatureCelsius);
    for (const { currentMHz } of reading.cpus) this.#current = widened(this.#current, currentMHz);
  }

  get seen(): Seen {
    const [before, after] = [this.#throttledBefore, this.#throttledAfter];
    return {
      reasons: [...this.#reasons],
      states: [...this.#states],
      temperatureCelsius: this.#temperature,
      currentMHz: this.#current,
      throttled: before === null || after === null ? null : Math.max(0, after - before),
    };
  }
}

function widened(range: readonly [number, number] | null, value: number): [number, number] {
  return range === null ? [value, value] : [Math.min(range[0], value), Math.max(range[1], value)];
}
