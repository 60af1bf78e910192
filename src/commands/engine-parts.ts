import type { Mode } from '../cascade/policy.ts';
import type { GroupedQuestion } from '../groups/groups.ts';
import type { Heads } from '../heads/artifact.ts';
import type { InferencePool } from '../infer/pool.ts';
import type { RungTiming } from '../infer/warmup.ts';
import type { ClimbParts } from '../pipeline/climb.ts';
import type { AskedQuestion } from '../pipeline/question.ts';
import type { Premodel } from '../premodel/artifact.ts';
import type { Ladder, Rung, WorkingSize } from '../types.ts';

/** What a camera is to be asked, and how that is to be decided. */
export interface Wish {
  readonly mode: Mode;
  readonly operatingPoint: string;
  /** What it was taught. */
  readonly heads: Heads | null;
  /** The ladder's labels in groups, where these are wished for. */
  readonly grouped: GroupedQuestion | null;
  /** Whether it is asked for the ladder's labels, or groups of them. */
  readonly generic: boolean;
  /** Whether its answers are held against the top rung's. */
  readonly isAudited: boolean;
  /** Whether it may be asked at cheaper operating points for want of time. */
  readonly gears: boolean;
}

/** Questions about a camera's frames. */
export interface CameraQuestions {
  /** What something is, by the ladder's labels or groups of them. */
  readonly generic: AskedQuestion | null;
  /** What the scene is like, by what the camera was taught. */
  readonly taught: readonly AskedQuestion[];
}

/** A ladder that is loaded, measured and ready to classify. */
export interface Engine {
  readonly ladder: Ladder;
  readonly premodel: Premodel | null;
  readonly pool: InferencePool;
  /** Rungs that are loaded, in ladder order, and behind them those that were loaded later. */
  readonly rungs: readonly Rung[];
  readonly timings: readonly RungTiming[];
  readonly working: WorkingSize;
  /** Bytes of resident memory that each slot took. */
  readonly bytesPerSlot: number;
  /** What could not be done as asked. */
  readonly notices: readonly string[];
  /** A climb for the ladder's labels alone. @throws WeirError `operating-point-unknown` */
  climbParts(mode: Mode, operatingPoint: string): ClimbParts;
  /**
   * Rungs that are not loaded are told by the questions' `poolRungs`.
   *
   * @throws WeirError `operating-point-unknown`, `heads-no-rung`, `unknown-rung`
   */
  questions(wish: Wish): CameraQuestions;
  /** A climb for some questions of one camera. */
  climbOf(questions: readonly AskedQuestion[], heads: Heads | null): ClimbParts;
  /**
   * Loads and measures rungs that are not loaded yet, while frames go on; rung zero needs none.
   *
   * @param stop when it is aborted this rejects at once; what was begun ends with the thread that is being loaded, or the run
   * @throws WeirError `unknown-rung`; of the models or the runtime; the reason of `stop`; then all is as it was
   */
  ensureRungs(ids: readonly string[], stop?: AbortSignal): Promise<void>;
}
