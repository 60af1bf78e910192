import type { CameraStatus } from '../types.ts';
import type { CameraCounts, Rightness, Tally } from './tally.ts';

/** What a number of cameras comes to. Shares are of the frames that arrived, unless they say otherwise. */
export interface Figures {
  readonly cameras: number;
  readonly arrived: number;
  readonly answered: number;
  readonly dropped: number;
  readonly answeredShare: number;
  readonly droppedShare: number;
  /** Of the dropped: why. */
  readonly droppedBy: Readonly<Record<string, number>>;
  /** Of the answers that have a truth; `null`: none has one. */
  readonly accuracy: number | null;
  /** Of the answers that can be compared with the reference's. */
  readonly agreementWithTop: number | null;
  /** Of the time of all slots, how much they were at work. */
  readonly utilisation: number;
  /** Of the time of the main thread. */
  readonly mainThread: number;
  /** From when frames came to their labels; on paper with what they waited for the main thread. */
  readonly latencyMs: { readonly p50: number | null; readonly p99: number | null };
  /** Frames answered of the camera with the fewest, over the mean of all. */
  readonly leastShare: number;
  /** Rungs that ran for each answered frame. */
  readonly runsPerAnswer: number;
  /** Why answers stood, in shares of all answers. */
  readonly stops: Readonly<Record<string, number>>;
  /** Audits, of all answers. */
  readonly audited: number;
  readonly mostQueued: number;
  /** Mean of the gears that cameras are in at the end. */
  readonly gear: number;
  /** Cameras that were degraded at the end, by how; of one kind or several. */
  readonly degraded: Readonly<Record<string, number>>;
  /** Why cameras cannot answer at all, in words of the first that says it; `null`: none does. */
  readonly lack: string | null;
}

/** How cameras were at the end. */
type AtEnd = Pick<Figures, 'gear' | 'degraded' | 'lack'>;

/** What is said of cameras that were last heard of so. @param statuses at most one of each */
export function atEnd(statuses: readonly CameraStatus[], cameras: number): AtEnd {
  const degraded: Record<string, number> = {};
  for (const name of statuses.flatMap((status) => status.degraded)) degraded[name] = (degraded[name] ?? 0) + 1;
  return {
    gear: statuses.reduce((sum, { gear = 0 }) => sum + gear, 0) / cameras,
    degraded,
    lack: statuses.find(({ state, reason }) => state === 'live' && reason !== '')?.reason ?? null,
  };
}

/** What a tally does not know. */
export interface Surroundings extends AtEnd {
  readonly cameras: number;
  readonly seconds: number;
  readonly slots: number;
  readonly busyMs: number;
  readonly mainMs: number;
  readonly mostQueued: number;
}

export function figuresOf(tally: Tally, around: Surroundings): Figures {
  const cameras = [...tally.cameras.values()];
  const sum = (of: (camera: CameraCounts) => number) => cameras.reduce((total, camera) => total + of(camera), 0);
  const arrived = sum((camera) => camera.arrived);
  const answered = sum((camera) => camera.answered);
  const droppedBy = {
    displaced: sum(({ lost }) => lost.displaced),
    budget: sum(({ lost }) => lost.budget),
    failed: sum(({ lost }) => lost.failed),
    skipped: sum(({ lost }) => lost.skipped),
  };
  const dropped = Object.values(droppedBy).reduce((a, b) => a + b, 0);
  const told = [...tally.stops.values()].reduce((a, b) => a + b, 0);
  const isEachHeard = cameras.length === around.cameras;
  const least = isEachHeard ? Math.min(...cameras.map((camera) => camera.answered)) : 0;
  const latencies = Float64Array.from(tally.latenciesMs).sort();
  const runs = [...tally.runs.values()].reduce((a, b) => a + b, 0);
  const wholeMs = around.seconds * 1000;
  return {
    cameras: around.cameras,
    arrived,
    answered,
    dropped,
    answeredShare: ratio(answered, arrived),
    droppedShare: ratio(dropped, arrived),
    droppedBy,
    accuracy: shareOf(tally.truth),
    agreementWithTop: shareOf(tally.reference),
    utilisation: around.busyMs / (wholeMs * around.slots),
    mainThread: Math.min(1, around.mainMs / wholeMs), // what is begun in time is charged as a whole
    latencyMs: { p50: quantileOf(latencies, 0.5), p99: quantileOf(latencies, 0.99) },
    leastShare: ratio(least * around.cameras, answered),
    runsPerAnswer: ratio(runs, answered),
    stops: Object.fromEntries([...tally.stops].map(([stop, count]) => [stop, ratio(count, told)])),
    audited: ratio(tally.audits, told),
    mostQueued: around.mostQueued,
    gear: around.gear,
    degraded: around.degraded,
    lack: around.lack,
  };
}

function shareOf({ scored, right }: Rightness): number | null {
  return scored === 0 ? null : right / scored;
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

/** Nearest rank, of sorted values. */
function quantileOf(sorted: Float64Array, q: number): number | null {
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? null;
}
