import { WeirError } from '../errors.ts';

/**
 * Added to all that follows where a source's times jump back: the muxer wants times that grow and would otherwise replace
 * them. Far more than any jump, and small enough that ffmpeg's own arithmetic does not overflow (it multiplies by 2^13).
 */
const JUMP_SECONDS = 2 ** 27;
/** So many jumps fit before that arithmetic overflows. */
const MAX_JUMPS = 80;

/** The filter that does so. */
export const JUMP_MARKING = `setpts='PTS+st(0,ld(0)+lt(PTS,PREV_INPTS)*${JUMP_SECONDS}/TB)'`;

/** Takes the marked times of one source, in order, apart again. */
export class JumpCounter {
  #last: number | null = null;
  #jumps = 0;

  /**
   * @returns the frame's own time, and how often the source's times have jumped back before it
   * @throws WeirError `clock-unsteady` when it jumps on and on
   */
  split(markedSeconds: number): { readonly ptsSeconds: number; readonly jumps: number } {
    if (this.#last !== null) this.#jumps += Math.max(0, Math.round((markedSeconds - this.#last) / JUMP_SECONDS));
    this.#last = markedSeconds;
    if (this.#jumps > MAX_JUMPS) {
      throw new WeirError('clock-unsteady', 'its times jump back again and again', {
        remedy: "check the camera's clock, or the file",
      });
    }
    return { ptsSeconds: markedSeconds - this.#jumps * JUMP_SECONDS, jumps: this.#jumps };
  }
}
