import { InputPreparer } from '../image/prepare.ts';
import { type Raster, WHOLE_FRAME } from '../types.ts';
import type { Pieces } from './pieces.ts';

/** Side of the thumbnail by which pictures are compared. */
const SIDE = 16;
/** Bytes of a thumbnail: `uint8 [16][16][3]`, RGB. */
export const THUMBNAIL_BYTES = SIDE * SIDE * 3;

const SPEC = { input: { width: SIDE, height: SIDE, fit: 'stretch' }, view: 'whole' } as const;

/** Makes the thumbnails by which pictures are compared. Not re-entrant. */
export class Thumbnailer {
  readonly #preparer = new InputPreparer();

  /** @param into `uint8 [THUMBNAIL_BYTES]` */
  make(frame: Raster, into: Uint8Array): void {
    this.#preparer.prepare(frame, WHOLE_FRAME, SPEC, into);
  }
}

/** Mean absolute difference of two thumbnails, 0..255; infinite as soon as it is known to reach `least`. */
export function difference(a: Uint8Array, b: Uint8Array, least = Infinity): number {
  const enough = least * THUMBNAIL_BYTES;
  let sum = 0;
  for (let from = 0; from < THUMBNAIL_BYTES; from += SIDE * 3) {
    for (let i = from; i < from + SIDE * 3; i++) sum += Math.abs((a[i] ?? 0) - (b[i] ?? 0));
    if (sum >= enough) return Infinity;
  }
  return sum / THUMBNAIL_BYTES;
}

/** The picture that is most like another. */
export interface Nearest {
  readonly id: string;
  /** Mean absolute difference of the thumbnails, 0..255. */
  readonly novelty: number;
}

/** A picture of a set; what was nearest to it when that was last written down, `null` where nothing is known. */
export interface Entry {
  readonly id: string;
  readonly thumbnail: Uint8Array;
  readonly nearest: Nearest | null;
}

interface Member {
  readonly thumbnail: Uint8Array;
  nearest: string | null;
  novelty: number;
}

/** So many comparisons in one piece: about two milliseconds. */
const PIECE = 3_000;

/**
 * How far each of a set of pictures is from the one most like it. Adding one compares it with all others: a quarter of a
 * millisecond at a few hundred, three at five thousand.
 */
export class Likeness {
  readonly #members = new Map<string, Member>();
  #comparisons = 0;

  /** How many pairs of pictures were compared so far. */
  get comparisons(): number {
    return this.#comparisons;
  }

  /** Difference to the picture of the set that is most like it; infinite while the set is empty. */
  noveltyOf(thumbnail: Uint8Array): number {
    let least = Infinity;
    for (const member of this.#members.values())
      least = Math.min(least, this.#difference(thumbnail, member.thumbnail, least));
    return least;
  }

  /** Difference of a member to the member most like it; infinite if there is no other. */
  novelty(id: string): number {
    return this.#members.get(id)?.novelty ?? Infinity;
  }

  nearest(id: string): Nearest | null {
    const member = this.#members.get(id);
    return member === undefined || member.nearest === null ? null : { id: member.nearest, novelty: member.novelty };
  }

  add(id: string, thumbnail: Uint8Array): void {
    const added: Member = { thumbnail, nearest: null, novelty: Infinity };
    for (const [other, member] of this.#members) {
      const apart = this.#difference(thumbnail, member.thumbnail, Math.max(added.novelty, member.novelty));
      if (apart < added.novelty) Object.assign(added, { nearest: other, novelty: apart });
      if (apart < member.novelty) Object.assign(member, { nearest: id, novelty: apart });
    }
    this.#members.set(id, added);
  }

  /**
   * Adds what was a set before, or what is left of one. Those of which the nearest is known and still there are compared with
   * nothing: of fewer pictures it is the nearest too.
   */
  *load(entries: readonly Entry[]): Pieces<void> {
    const ids = new Set(entries.map(({ id }) => id));
    const isKnown = ({ nearest }: Entry) => nearest !== null && ids.has(nearest.id);
    for (const { id, thumbnail, nearest } of entries.filter(isKnown))
      this.#members.set(id, { thumbnail, nearest: nearest?.id ?? null, novelty: nearest?.novelty ?? Infinity });
    const others = entries.filter((entry) => !isKnown(entry));
    yield* this.#pieces(others, ({ id, thumbnail }) => this.add(id, thumbnail));
  }

  /** Takes some away, and then finds what is nearest now to those that have lost theirs, each once. */
  *remove(ids: readonly string[]): Pieces<void> {
    for (const id of ids) this.#members.delete(id);
    const orphans = [...this.#members].filter(([, { nearest }]) => nearest !== null && !this.#members.has(nearest));
    yield* this.#pieces(orphans, ([own, member]) => this.#search(own, member));
  }

  *#pieces<T>(all: readonly T[], work: (one: T) => void): Pieces<void> {
    let before = this.#comparisons;
    for (const one of all) {
      work(one);
      if (this.#comparisons - before < PIECE) continue;
      yield;
      before = this.#comparisons;
    }
  }

  #search(own: string, member: Member): void {
    let nearest: string | null = null;
    let novelty = Infinity;
    for (const [id, { thumbnail }] of this.#members) {
      if (id === own) continue;
      const apart = this.#difference(member.thumbnail, thumbnail, novelty);
      if (apart < novelty) [nearest, novelty] = [id, apart];
    }
    Object.assign(member, { nearest, novelty });
  }

  #difference(a: Uint8Array, b: Uint8Array, least: number): number {
    this.#comparisons++;
    return difference(a, b, least);
  }
}
