import type { RungRun } from '../pipeline/asking.ts';
import type { LossReason, PipelineObserver } from '../pipeline/observer.ts';
import type { Label, StopReason } from '../types.ts';
import { frameAt, type Trace } from './trace.ts';

/** What became of one camera's frames. */
export interface CameraCounts {
  arrived: number;
  answered: number;
  readonly lost: Record<LossReason, number>;
}

/** By how much answers are right: shares of those that could be compared. */
export interface Rightness {
  scored: number;
  right: number;
}

/** Answers that the reference would give, by question and frame of the trace; a question that is not there is not compared. */
export type ReferenceAnswers = ReadonlyMap<string, readonly (string | null)[]>;

/** Counts what cameras did, from a time on. */
export class Tally implements PipelineObserver {
  readonly cameras = new Map<string, CameraCounts>();
  readonly truth: Rightness = { scored: 0, right: 0 };
  readonly reference: Rightness = { scored: 0, right: 0 };
  /** From when a frame came to its label, with what it waited for the main thread where that is told. */
  readonly latenciesMs: number[] = [];
  readonly stops = new Map<StopReason, number>();
  readonly runs = new Map<string, number>();
  /** Deciding, in total. */
  decideMs = 0;
  /** Answers that were held against the top rung's. */
  audits = 0;
  /** Of each camera the frames since the last answered one. */
  readonly #taken = new Map<string, { readonly arrivedAtMs: number; readonly waitedMs: number }[]>();
  readonly #trace: Pick<Trace, 'frames'>;
  readonly #answers: ReferenceAnswers;

  constructor(trace: Pick<Trace, 'frames'>, answers: ReferenceAnswers = new Map()) {
    this.#trace = trace;
    this.#answers = answers;
  }

  frameArrived(camera: string): void {
    this.#of(camera).arrived++;
  }

  /** How long a frame waited until the main thread had taken it: a daemon does not see it, and who waits for the label does. */
  frameTaken(camera: string, arrivedAtMs: number, waitedMs: number): void {
    const taken = this.#taken.get(camera);
    if (taken === undefined) this.#taken.set(camera, [{ arrivedAtMs, waitedMs }]);
    else taken.push({ arrivedAtMs, waitedMs });
  }

  frameLost(camera: string, reason: LossReason): void {
    const counts = this.#of(camera);
    counts.lost[reason]++;
    if (reason === 'skipped') counts.arrived++; // it never came to be told as arrived
  }

  rungRan({ rung }: RungRun): void {
    this.runs.set(rung, (this.runs.get(rung) ?? 0) + 1);
  }

  answered(labels: readonly Label[], decideMs: number): void {
    const [first] = labels;
    if (first === undefined) return;
    this.#of(first.camera).answered++;
    this.decideMs += decideMs;
    this.latenciesMs.push(Math.max(...labels.map(({ spentMs }) => spentMs)) + this.#waited(first));
    for (const label of labels) this.#judge(label);
  }

  audited(_: string, audits: readonly unknown[]): void {
    this.audits += audits.length;
  }

  reused(): void {}
  regionsLeftOut(): void {}
  happened(): void {}
  cameraState(): void {}

  #judge({ question, ptsSeconds, label, classId, stop }: Label): void {
    this.stops.set(stop, (this.stops.get(stop) ?? 0) + 1);
    const index = frameAt(this.#trace, ptsSeconds);
    const truth = this.#trace.frames[index]?.truth[question];
    if (truth !== undefined) count(this.truth, label !== null && truth.includes(label));
    const reference = this.#answers.get(question);
    if (reference !== undefined) count(this.reference, reference[index] === classId);
  }

  /** Frames of a camera are answered in the order in which they came: those before were lost. */
  #waited({ camera, arrivedAtMs }: Label): number {
    const taken = this.#taken.get(camera) ?? [];
    const at = taken.findIndex((frame) => frame.arrivedAtMs === arrivedAtMs);
    return at < 0 ? 0 : (taken.splice(0, at + 1).at(-1)?.waitedMs ?? 0);
  }

  #of(camera: string): CameraCounts {
    let counts = this.cameras.get(camera);
    if (counts === undefined) {
      counts = { arrived: 0, answered: 0, lost: { displaced: 0, budget: 0, failed: 0, skipped: 0 } };
      this.cameras.set(camera, counts);
    }
    return counts;
  }
}

function count(rightness: Rightness, isRight: boolean): void {
  rightness.scored++;
  if (isRight) rightness.right++;
}
