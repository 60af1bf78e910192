import type { InFootage } from '../dataset/sample.ts';
import type { Answered } from '../pipeline/asking.ts';
import type { ClimbHow } from '../pipeline/climb.ts';
import { SceneMemory } from '../pipeline/memory.ts';
import type { AskedQuestion } from '../pipeline/question.ts';
import type { SceneChange } from '../pipeline/reuse.ts';

/** Says how much a frame differs from the one that was kept last; a `DifferenceDetector` is one. */
export interface FrameDifference extends Pick<SceneChange, 'keep' | 'reset'> {
  /** @param raster `uint8 [48][48][3]` @returns 0: not at all; `Infinity` where nothing can be compared */
  score(raster: Uint8Array, ptsSeconds: number): number;
}

/** Remembers footage that is met in order, as a camera does. One frame at a time: `recall`, then `take`. */
export class FootageMemory {
  readonly #memory: SceneMemory;
  readonly #difference: FrameDifference;
  #run: string | null = null;
  #score = Infinity;

  constructor(question: AskedQuestion, difference: FrameDifference) {
    this.#memory = new SceneMemory([question]);
    this.#difference = difference;
  }

  /** @param raster gives the frame's small raster, `uint8 [48][48][3]` */
  recall({ run, seconds }: InFootage, raster: () => Uint8Array): ClimbHow {
    if (!this.#memory.isNeeded) return {};
    if (run !== this.#run) this.#difference.reset();
    this.#run = run;
    this.#score = this.#difference.score(raster(), seconds);
    return { recollections: this.#memory.recall(seconds, this.#score) };
  }

  /** Takes note of what that frame was answered. */
  take({ seconds }: InFootage, answer: Answered): void {
    if (!this.#memory.isNeeded) return;
    this.#difference.keep();
    this.#memory.take(seconds, [answer], this.#score);
  }
}
