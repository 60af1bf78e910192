import type { Background } from './background.ts';
import { DIM, LIT, SAME } from './change.ts';
import { GhostWatch } from './ghosts.ts';
import { CELLS, LUMA_WIDTH } from './luma.ts';
import type { Comparison, Part, PartMap } from './part.ts';
import type { Track } from './track.ts';
import type { Tracker } from './tracker.ts';

/** Seconds for which what moves may become a thing before its cells are taken for restless. */
const GRACE_SECONDS = { steady: 3, other: 1 } as const;

/** Lets the background follow a frame, each cell by what it shows. */
export class Follower {
  readonly #background: Background;
  readonly #comparison: Comparison;
  readonly #tracker: Tracker;
  readonly #ghosts = new GhostWatch();
  /** Tracks by the part's id. */
  readonly #owners: (Track | null)[] = new Array(256).fill(null);

  constructor(background: Background, comparison: Comparison, tracker: Tracker) {
    this.#background = background;
    this.#comparison = comparison;
    this.#tracker = tracker;
  }

  /** The background was learnt anew. */
  restart(): void {
    this.#ghosts.clear();
  }

  /** Takes parts away that show again what was there before something stood there. */
  restore(parts: PartMap, gain: number): void {
    this.#ghosts.restore(parts, this.#background, this.#comparison.values, gain);
  }

  /**
   * @param gain what the frame is brighter by, units
   * @param elapsed seconds since the frame before
   * @param standSeconds after which what stands still is background
   */
  follow(found: PartMap, gain: number, elapsed: number, standSeconds: number): void {
    const { changes, difference, values } = this.#comparison;
    const background = this.#background;
    const owners = this.#own(found.parts);
    this.#ghosts.age(found, owners, elapsed);
    const standing = this.#standing(standSeconds);
    for (let i = 0; i < CELLS; i++) {
      const change = changes[i] as number;
      const d = difference[i] as number;
      if (change === SAME) background.still(i, d, elapsed);
      else if (change === LIT) background.lit(i, d, elapsed);
      else if (change === DIM) {
        if (!this.#isCovered(i)) background.still(i, d, elapsed);
      } else {
        const track = owners[found.alias[found.map[i] as number] as number] ?? null;
        const isLeft = this.#ghosts.isOver(i);
        if (isLeft || (track !== null && track === standing)) {
          background.absorb(i, (values[i] as number) - gain, !isLeft);
        } else if (track === null || this.#isRestless(track)) background.restless(i, d, elapsed);
      }
    }
    if (standing !== null) this.#tracker.absorb(standing);
  }

  #own(parts: readonly Part[]): readonly (Track | null)[] {
    const owners = this.#owners.fill(null);
    for (let k = 0; k < parts.length; k++) owners[(parts[k] as Part).id] = this.#tracker.owners[k] ?? null;
    return owners;
  }

  /** One track that stood for so long that it becomes the background, if there is one. */
  #standing(standSeconds: number): Track | null {
    for (const track of this.#tracker.tracks) {
      if (track.id !== 0 && track.isSeen && track.isBackground(standSeconds)) return track;
    }
    return null;
  }

  #isRestless(track: Track): boolean {
    if (track.id !== 0) return track.isFidgeting;
    const age = track.seenSeconds - track.sinceSeconds;
    return this.#tracker.caution(track) > 0 || age > (track.isSteady ? GRACE_SECONDS.steady : GRACE_SECONDS.other);
  }

  /** Whether a cell lies in the box of something that is followed. */
  #isCovered(cell: number): boolean {
    const y = Math.floor(cell / LUMA_WIDTH);
    const x = cell - y * LUMA_WIDTH;
    for (const { id, box } of this.#tracker.tracks) {
      if (id !== 0 && x >= box.left && x < box.right && y >= box.top && y < box.bottom) return true;
    }
    return false;
  }
}
