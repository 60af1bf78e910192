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
  /** From a frame's arrival to its label. */
  readonly latenciesMs: number[] = [];
  readonly stops = new Map<StopReason, number>();
  readonly runs = new Map<string, number>();
  /** Deciding, in total. */
  decideMs = 0;
  /** Answers that were held against the top rung's. */
  audits = 0;
  readonly #trace: Pick<Trace, 'frames'>;
  readonly #answers: ReferenceAnswers;

  constructor(trace: Pick<Trace, 'frames'>, answers: ReferenceAnswers = new Map()) {
    this.#trace = trace;
    this.#answers = answers;
  }

  frameArrived(camera: string): void {
    this.#of(camera).arrived++;
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
    this.latenciesMs.push(Math.max(...labels.map(({ spentMs }) => spentMs)));
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
