import { InputPreparer } from '../image/prepare.ts';
import { type Raster, WHOLE_FRAME } from '../types.ts';

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

interface Member {
  readonly thumbnail: Uint8Array;
  nearest: string | null;
  novelty: number;
}

/**
 * How far each of a set of pictures is from the one most like it. Adding and removing compare it with all others: a quarter of
 * a millisecond at a few hundred.
 */
export class Likeness {
  readonly #members = new Map<string, Member>();

  /** Difference to the picture of the set that is most like it; infinite while the set is empty. */
  noveltyOf(thumbnail: Uint8Array): number {
    let least = Infinity;
    for (const member of this.#members.values())
      least = Math.min(least, difference(thumbnail, member.thumbnail, least));
    return least;
  }

  /** Difference of a member to the member most like it; infinite if there is no other. */
  novelty(id: string): number {
    return this.#members.get(id)?.novelty ?? Infinity;
  }

  add(id: string, thumbnail: Uint8Array): void {
    const added: Member = { thumbnail, nearest: null, novelty: Infinity };
    for (const [other, member] of this.#members) {
      const apart = difference(thumbnail, member.thumbnail, Math.max(added.novelty, member.novelty));
      if (apart < added.novelty) Object.assign(added, { nearest: other, novelty: apart });
      if (apart < member.novelty) Object.assign(member, { nearest: id, novelty: apart });
    }
    this.#members.set(id, added);
  }

  remove(id: string): void {
    this.#members.delete(id);
    for (const [own, member] of this.#members) if (member.nearest === id) this.#search(own, member);
  }

  #search(own: string, member: Member): void {
    member.nearest = null;
    member.novelty = Infinity;
    for (const [id, { thumbnail }] of this.#members) {
      if (id === own) continue;
      const apart = difference(member.thumbnail, thumbnail, member.novelty);
      if (apart < member.novelty) Object.assign(member, { nearest: id, novelty: apart });
    }
  }
}
