import type { SceneReport } from '../scene/motion.ts';
import type { Clock, Frame, Raster } from '../types.ts';
import type { HeadsGuard } from './guard.ts';
import { Objects, type ObjectsParts, type ObjectsSeen } from './objects.ts';
import type { AskedQuestion } from './question.ts';
import { States, type StatesParts } from './states.ts';
import type { SceneEvent } from './told.ts';
import type { Looked, Statement, View } from './view.ts';

/** Finds what moves; one for pictures of one size. */
export interface MovingScene {
  /** The last number that a track was given. */
  readonly tracks: number;
  /** @param luma a small luma frame, as it wants it */
  observe(luma: Uint8Array, seconds: number): SceneReport;
}

export interface MotionViewParts {
  /** @param tracksBefore numbers up to this one are taken */
  readonly scene: (size: { readonly width: number; readonly height: number }, tracksBefore: number) => MovingScene;
  /** Makes the small luma frame of a picture; valid until the next call. */
  readonly luma: (frame: Raster) => Uint8Array;
  readonly clock: Clock;
  /** What something is; `null`: nobody asks. */
  readonly objects: ObjectsParts | null;
  /** What the scene is like; `null`: nobody asks. */
  readonly states: StatesParts | null;
  readonly guard: HeadsGuard | null;
}

const MOVED: readonly string[] = ['moved'];
const NONE: readonly never[] = [];
const NO_RASTER = new Uint8Array(0);

/** Looks at what moves, piece by piece, cut out of the full picture; and at the whole scene when something moved in it. */
export class MotionView implements View {
  /** Of the scenes before this one. */
  #tracksBefore = 0;
  readonly questions: readonly AskedQuestion[];
  readonly #parts: MotionViewParts;
  readonly #objects: Objects | null;
  readonly #states: States | null;
  #scene: MovingScene | null = null;
  #size = '';
  /** Something moved in the frame before. */
  #wasMoving = true;

  constructor(parts: MotionViewParts) {
    this.#parts = parts;
    this.#objects = parts.objects === null ? null : new Objects(parts.objects);
    this.#states = parts.states === null ? null : new States(parts.states);
    this.questions = [...(this.#states?.questions ?? []), ...(this.#objects === null ? [] : [this.#objects.question])];
  }

  get tracks(): number {
    return this.#scene?.tracks ?? this.#tracksBefore;
  }

  /** Before its first frame. */
  set tracks(taken: number) {
    this.#tracksBefore = taken;
  }

  async look(frame: Frame, gear = 0): Promise<Looked> {
    const { clock, guard, luma } = this.#parts;
    const begunMs = clock.monotonicMs();
    const { scene, left, gone } = this.#sceneOf(frame);
    const report = scene.observe(luma(frame), frame.ptsSeconds);
    const sceneMs = clock.monotonicMs() - begunMs;
    const isMoving =
      report.state !== 'steady' ||
      report.held !== null ||
      report.ended.length > 0 ||
      report.regions.some(({ stillSeconds }) => stillSeconds === 0);
    const states = await this.#states?.look(frame, isMoving || this.#wasMoving, gear);
    this.#wasMoving = isMoving;
    const objects: ObjectsSeen | undefined = await this.#objects?.look(frame, report, gear);
    const doubts = guard?.troubles(frame, () => this.#states?.small(frame) ?? NO_RASTER) ?? NONE;
    const troubles = [...(report.state === 'moved' ? MOVED : NONE), ...doubts, ...(states?.troubles ?? NONE)];
    const statements: Statement[] = [...(states?.statements ?? []), ...(objects?.statements ?? [])];
    return {
      statements,
      ran: [...(states?.ran ?? []), ...(objects?.ran ?? [])],
      decideMs: sceneMs + (states?.decideMs ?? 0) + (objects?.decideMs ?? 0),
      events: left.length === 0 ? (objects?.events ?? NONE) : [...left, ...(objects?.events ?? [])],
      gone: gone.length === 0 ? report.ended : [...gone, ...report.ended],
      leftOut: objects?.leftOut ?? 0,
      troubles: [...new Set(troubles)],
      audits: states?.audits ?? NONE,
      reuses: this.#states?.reuses ?? NONE,
    };
  }

  end(): readonly Omit<SceneEvent, 'camera'>[] {
    return this.#objects?.end() ?? NONE;
  }

  /** Pictures of another size are another scene: what was followed has left. */
  #sceneOf({ width, height }: Frame): {
    scene: MovingScene;
    left: readonly Omit<SceneEvent, 'camera'>[];
    gone: readonly number[];
  } {
    const size = `${width}x${height}`;
    if (this.#scene !== null && size === this.#size) return { scene: this.#scene, left: NONE, gone: NONE };
    const gone = this.#objects?.tracks ?? NONE;
    const left = this.end();
    this.#size = size;
    this.#scene = this.#parts.scene({ width, height }, this.tracks);
    return { scene: this.#scene, left, gone };
  }
}
