const SECONDS = 10;
const KEPT = 1024;

/** What the last ten seconds gave. */
export interface PulseReading {
  readonly labelsPerSecond: number;
  /** Of the time from a frame's arrival to its label; `null` without one. */
  readonly p95Ms: number | null;
}

/** Counts labels and their times over the last ten seconds, in memory that does not grow. */
export class Pulse {
  readonly #beganMs: number;
  readonly #atMs = new Float64Array(KEPT).fill(-Infinity);
  readonly #spentMs = new Float64Array(KEPT);
  readonly #perSecond = new Int32Array(SECONDS + 1);
  #second: number;
  #next = 0;

  constructor(nowMs: number) {
    this.#beganMs = nowMs;
    this.#second = Math.floor(nowMs / 1000);
  }

  label(nowMs: number, spentMs: number): void {
    this.#advance(nowMs);
    const slot = this.#second % this.#perSecond.length;
    this.#perSecond[slot] = (this.#perSecond[slot] ?? 0) + 1;
    this.#atMs[this.#next] = nowMs;
    this.#spentMs[this.#next] = spentMs;
    this.#next = (this.#next + 1) % KEPT;
  }

  read(nowMs: number): PulseReading {
    this.#advance(nowMs);
    // The second that runs is not whole yet; the ones before it are.
    const running = this.#perSecond[this.#second % this.#perSecond.length] ?? 0;
    const whole = this.#perSecond.reduce((sum, count) => sum + count, 0) - running;
    const wholeSeconds = Math.min(SECONDS, this.#second - Math.floor(this.#beganMs / 1000));
    const labelsPerSecond =
      wholeSeconds > 0 ? whole / wholeSeconds : running / Math.max(0.001, (nowMs - this.#beganMs) / 1000);
    const times = this.#spentMs.filter((_, at) => nowMs - (this.#atMs[at] ?? -Infinity) <= SECONDS * 1000).sort();
    return { labelsPerSecond, p95Ms: times[Math.min(times.length - 1, Math.floor(times.length * 0.95))] ?? null };
  }

  #advance(nowMs: number): void {
    const second = Math.floor(nowMs / 1000);
    const passed = Math.min(second - this.#second, this.#perSecond.length);
    for (let n = 1; n <= passed; n++) this.#perSecond[(second - passed + n) % this.#perSecond.length] = 0;
    if (second > this.#second) this.#second = second;
  }
}
