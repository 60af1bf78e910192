import type { LossReason } from '../pipeline/observer.ts';
import type { ClockStateName, Label } from '../types.ts';

/** What a camera has done since the daemon began, or the camera was added. */
export interface CameraFigures {
  readonly sinceMs: number;
  readonly frames: {
    readonly in: number;
    readonly classified: number;
    readonly dropped: Readonly<Record<LossReason, number>>;
  };
  /** Questions of frames that were classified, and objects in them, which got no answer for want of time. */
  readonly unanswered: number;
  /** From arrival to decision, by the state of the clocks; within 3 % as the percentiles are read from a histogram. */
  readonly latency: readonly {
    readonly clock: ClockStateName;
    readonly n: number;
    readonly p50Ms: number;
    readonly p95Ms: number;
    readonly p99Ms: number;
  }[];
  readonly rungs: readonly { readonly rung: string; readonly runs: number; readonly meanRunMs: number }[];
  readonly stops: Readonly<Record<string, number>>;
}

interface Counted {
  readonly sinceMs: number;
  in: number;
  classified: number;
  unanswered: number;
  readonly dropped: Record<LossReason, number>;
  readonly latency: Map<ClockStateName, LatencyHistogram>;
  readonly rungs: Map<string, { runs: number; totalMs: number }>;
  readonly stops: Map<string, number>;
}

/** Counts what is told of one camera as a whole. */
export class Figures {
  readonly #cameras = new Map<string, Counted>();
  readonly #nowMs: () => number;

  /** @param nowMs Unix time */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  frameArrived(camera: string): void {
    this.#of(camera).in += 1;
  }

  frameLost(camera: string, reason: LossReason): void {
    this.#of(camera).dropped[reason] += 1;
  }

  /** @param unanswered questions and regions that were asked of the same frame, and not answered */
  answered(labels: readonly Label[], spentMs: number, unanswered = 0): void {
    const last = labels.at(-1);
    if (last === undefined) return;
    const counted = this.#of(last.camera);
    counted.classified += 1;
    counted.unanswered += unanswered;
    const { state } = last.clock;
    const histogram = counted.latency.get(state) ?? new LatencyHistogram();
    counted.latency.set(state, histogram);
    histogram.add(spentMs);
    for (const [at, { stop, path }] of labels.entries()) {
      counted.stops.set(stop, (counted.stops.get(stop) ?? 0) + 1);
      for (const { rung, runMs } of path) {
        // A run that several questions read stands in the path of each.
        if (!isIn(labels, at, rung, runMs)) this.#ran(counted, rung, runMs);
      }
    }
  }

  /** Objects that move were not looked at. */
  leftOut(camera: string, count: number): void {
    this.#of(camera).unanswered += count;
  }

  forget(camera: string): void {
    this.#cameras.delete(camera);
  }

  read(camera: string): CameraFigures {
    const { sinceMs, in: arrived, classified, unanswered, dropped, latency, rungs, stops } = this.#of(camera);
    return {
      sinceMs,
      frames: { in: arrived, classified, dropped: { ...dropped } },
      unanswered,
      latency: [...latency].map(([clock, histogram]) => ({
        clock,
        n: histogram.count,
        p50Ms: histogram.quantileMs(0.5),
        p95Ms: histogram.quantileMs(0.95),
        p99Ms: histogram.quantileMs(0.99),
      })),
      rungs: [...rungs].map(([rung, { runs, totalMs }]) => ({ rung, runs, meanRunMs: totalMs / runs })),
      stops: Object.fromEntries(stops),
    };
  }

  #ran(counted: Counted, rung: string, runMs: number): void {
    const ran = counted.rungs.get(rung);
    if (ran === undefined) counted.rungs.set(rung, { runs: 1, totalMs: runMs });
    else {
      ran.runs += 1;
      ran.totalMs += runMs;
    }
  }

  #of(camera: string): Counted {
    const known = this.#cameras.get(camera);
    if (known !== undefined) return known;
    const counted: Counted = {
      sinceMs: this.#nowMs(),
      in: 0,
      classified: 0,
      unanswered: 0,
      dropped: { displaced: 0, budget: 0, failed: 0, skipped: 0 },
      latency: new Map(),
      rungs: new Map(),
      stops: new Map(),
    };
    this.#cameras.set(camera, counted);
    return counted;
  }
}

/** Whether a label before another one tells of the same run. */
function isIn(labels: readonly Label[], before: number, rung: string, runMs: number): boolean {
  for (let at = 0; at < before; at++) {
    if (labels[at]?.path.some((step) => step.rung === rung && step.runMs === runMs)) return true;
  }
  return false;
}

const LEAST_MS = 0.05;
/** Bins are this many times as wide as the one before. */
const GROWTH = 1.06;
/** The last bin holds what takes longer than about two minutes. */
const BINS = 256;

/** Times in bins that grow with them. */
export class LatencyHistogram {
  readonly #bins = new Uint32Array(BINS);
  count = 0;

  add(ms: number): void {
    const bin = Math.floor(Math.log(Math.max(ms, LEAST_MS) / LEAST_MS) / Math.log(GROWTH));
    const at = Math.min(bin, BINS - 1);
    this.#bins[at] = (this.#bins[at] ?? 0) + 1;
    this.count += 1;
  }

  /** @param ratio 0..1 @returns the middle of the bin that holds it; 0 where nothing was added */
  quantileMs(ratio: number): number {
    const rank = ratio * this.count;
    let before = 0;
    for (const [bin, n] of this.#bins.entries()) {
      before += n;
      if (n > 0 && before >= rank) return Number((LEAST_MS * GROWTH ** (bin + 0.5)).toPrecision(3));
    }
    return 0;
  }
}
