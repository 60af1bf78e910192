import type { Background } from './background.ts';
import { edgesOf } from './contour.ts';
import { CELLS } from './luma.ts';
import type { PartMap } from './part.ts';

import type { Track } from './track.ts';
import { GHOST_BELOW } from './tracker.ts';

/** Seconds after which a ghost becomes background. */
const GHOST_SECONDS = 0.7;
/** Share of a part's cells that show what was there before: what stood there has left. */
const REVEALED_FROM = 0.6;

/**
 * Ghosts: what stood there left, and the background expects it still. They are told by what was there before, where that is known,
 * and else by their contour: it is an edge in the background and none in the frame.
 */
export class GhostWatch {
  /** Seconds for which a cell has been part of a ghost. */
  readonly #seconds = new Float32Array(CELLS);
  #isCounting = false;
  readonly #isGhost = new Uint8Array(256);
  readonly #revealed = new Int32Array(256);

  clear(): void {
    this.#seconds.fill(0);
  }

  /** Takes parts away that show again what was there before, and gives that back to the background. */
  restore({ parts, map, alias }: PartMap, background: Background, values: Float32Array, gain: number): void {
    if (parts.length === 0 || !background.hasPast) return;
    const revealed = this.#revealed.fill(0);
    for (let i = 0; i < CELLS; i++) {
      const id = alias[map[i] as number] as number;
      if (id !== 0 && background.isAsBefore(i, (values[i] as number) - gain))
        revealed[id] = (revealed[id] as number) + 1;
    }
    let kept = 0;
    for (const part of parts) {
      if ((revealed[part.id] as number) < REVEALED_FROM * part.cells) {
        revealed[part.id] = 0;
        parts[kept++] = part;
      }
    }
    if (kept === parts.length) return;
    parts.length = kept;
    for (let i = 0; i < CELLS; i++) {
      if (revealed[alias[map[i] as number] as number] !== 0) background.absorb(i, (values[i] as number) - gain, false);
    }
  }

  /** Counts for how long each cell has been part of a ghost. @param owners tracks by the part's id */
  age({ parts, map, alias }: PartMap, owners: readonly (Track | null)[], elapsed: number): void {
    if (parts.length === 0 && !this.#isCounting) return;
    this.#isCounting = parts.length > 0;
    const isGhost = this.#isGhost.fill(0);
    for (const part of parts) {
      const track = owners[part.id] ?? null;
      const isFollowed = track !== null && track.id !== 0;
      if (isFollowed ? track.isGhost() : edgesOf(part) < GHOST_BELOW) isGhost[part.id] = 1;
    }
    const seconds = this.#seconds;
    for (let i = 0; i < CELLS; i++) {
      const id = map[i] as number;
      if (id === 0) {
        seconds[i] = 0;
      } else if (isGhost[alias[id] as number] === 1) seconds[i] = (seconds[i] as number) + elapsed;
      else seconds[i] = Math.max(0, (seconds[i] as number) - elapsed);
    }
  }

  /** Whether a cell was part of a ghost for long enough to become background. */
  isOver(cell: number): boolean {
    return (this.#seconds[cell] as number) > GHOST_SECONDS;
  }
}
