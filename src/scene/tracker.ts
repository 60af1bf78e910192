import { areaOf, middleX, middleY, overlap, shared, sideOf } from './cell-box.ts';
import { edgesOf } from './contour.ts';
import { CELLS, LUMA_HEIGHT, LUMA_WIDTH } from './luma.ts';
import type { Part } from './part.ts';
import { Track } from './track.ts';

/** Most things that are followed at once. */
const MOST_TRACKS = 64;
/** Seconds without sight after which a thing is gone: one that was confirmed, one that was not, one at the border on its way out, one behind another. */
const LOST_SECONDS = { confirmed: 1.6, tentative: 0.7, leaving: 0.5, hidden: 4 } as const;
/** Among many parts a thing is looked for no farther than so many others are likely to be. */
const MOST_LIKELY_OTHERS = 0.1;
/** How far from where it is expected a thing may be found, in its sides; without a speed yet, farther. */
const GATE = { known: 1, unknown: 2.5 } as const;
/** Things grow and shrink from frame to frame by no more than this factor of their area, unless they overlap. */
const MOST_GROWTH = 3;
const LEAST_OVERLAP = 0.1;
/** A contour with a contrast below this shows where something was. */
export const GHOST_BELOW = -0.15;

/** Frames of evidence that are needed besides among so many parts: rain and leaves make chains by chance. */
const CLUTTER = { seconds: 2, some: 6, someFrames: 2, many: 12, manyFrames: 6 } as const;

/** Counts what never became a thing, where it was; cells of 10x10. */
const UNREST = { cell: 10, columns: LUMA_WIDTH / 10, rows: LUMA_HEIGHT / 10, seconds: 60, most: 4 } as const;

/**
 * Follows parts from frame to frame. Greedy: the best pair first, by the overlap with where the thing is expected and, for what is
 * small and fast, by the distance from there.
 */
export class Tracker {
  readonly tracks: Track[] = [];
  /** Track of each part of the last `update`, by the part's index. */
  readonly owners: (Track | null)[] = [];
  /** Ids of confirmed tracks that ended with the last `update`. */
  readonly ended: number[] = [];
  readonly #unrest = new Float32Array(UNREST.columns * UNREST.rows);
  #clutter = 0;
  #lastId: number;
  #seconds = Number.NaN;

  /** @param idsBefore ids up to this one are taken */
  constructor(idsBefore = 0) {
    this.#lastId = idsBefore;
  }

  /** The last id that was given. */
  get lastId(): number {
    return this.#lastId;
  }

  /** Ends every track, as where the source begins anew. Tells them in `ended`. */
  endAll(): void {
    this.ended.length = 0;
    for (const track of this.tracks) if (track.isTold) this.ended.push(track.id);
    this.tracks.length = 0;
    this.owners.length = 0;
    this.#seconds = Number.NaN;
  }

  /** Lets time pass without looking: nothing is lost meanwhile. */
  hold(seconds: number): void {
    this.ended.length = 0;
    this.owners.length = 0;
    const elapsed = Number.isNaN(this.#seconds) ? 0 : seconds - this.#seconds;
    for (const track of this.tracks) {
      track.seenSeconds += elapsed;
      track.isSeen = false;
    }
    this.#seconds = seconds;
  }

  update(parts: readonly Part[], seconds: number): void {
    const { tracks, owners } = this;
    const elapsed = Number.isNaN(this.#seconds) ? 0 : seconds - this.#seconds;
    this.#calm(elapsed);
    this.#clutter += (parts.length - this.#clutter) * Math.min(1, elapsed / CLUTTER.seconds);
    this.#seconds = seconds;
    owners.length = 0;
    for (let i = 0; i < parts.length; i++) owners.push(null);
    for (const track of tracks) track.isSeen = false;
    this.#match(parts, seconds);
    this.#hide(parts);
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i] as Part;
      if (owners[i] !== null || tracks.length >= MOST_TRACKS || edgesOf(part) < GHOST_BELOW) continue;
      const track = new Track(part, seconds);
      tracks.push(track);
      owners[i] = track;
    }
    for (const track of tracks) {
      if (track.id === 0 && track.isSeen && track.isThing(this.caution(track))) track.id = ++this.#lastId;
    }
    this.#end(seconds);
  }

  /** Ends one track, whose picture became the background. */
  absorb(track: Track): void {
    const index = this.tracks.indexOf(track);
    if (index >= 0) this.tracks.splice(index, 1);
    if (track.isTold) this.ended.push(track.id);
  }

  #match(parts: readonly Part[], seconds: number): void {
    const { tracks, owners } = this;
    const reach = Math.sqrt((MOST_LIKELY_OTHERS * CELLS) / (Math.PI * Math.max(1, parts.length - 1)));
    for (;;) {
      let best = 0;
      let bestTrack: Track | null = null;
      let bestPart = -1;
      for (const track of tracks) {
        if (track.isSeen) continue;
        for (let i = 0; i < parts.length; i++) {
          if (owners[i] !== null) continue;
          const score = fitOf(track, parts[i] as Part, seconds, reach);
          if (score <= best) continue;
          best = score;
          bestTrack = track;
          bestPart = i;
        }
      }
      if (bestTrack === null) return;
      bestTrack.see(parts[bestPart] as Part, seconds);
      owners[bestPart] = bestTrack;
    }
  }

  /** What is not seen while a part that another has covers its place is hidden there, and waits longer. */
  #hide(parts: readonly Part[]): void {
    for (const track of this.tracks) {
      if (track.isSeen) continue;
      track.misses++;
      track.isHidden = parts.some(
        (part, i) => this.owners[i] !== null && shared(track.box, part) > 0.5 * areaOf(track.box),
      );
    }
  }

  #end(seconds: number): void {
    const { tracks, ended } = this;
    ended.length = 0;
    let kept = 0;
    for (const track of tracks) {
      const gone = seconds - track.seenSeconds;
      if (!track.isSeen && gone >= this.#patience(track, gone)) {
        if (track.isTold) ended.push(track.id);
        if (track.id === 0) this.#disturb(track);
      } else tracks[kept++] = track;
    }
    tracks.length = kept;
  }

  #patience(track: Track, gone: number): number {
    if (track.id === 0) return LOST_SECONDS.tentative;
    if (track.isHidden) return LOST_SECONDS.hidden;
    return track.leaves(gone, LUMA_WIDTH, LUMA_HEIGHT) ? LOST_SECONDS.leaving : LOST_SECONDS.confirmed;
  }

  #cellOf({ box }: Track): number {
    const column = Math.min(UNREST.columns - 1, Math.floor(middleX(box) / UNREST.cell));
    return Math.min(UNREST.rows - 1, Math.floor(middleY(box) / UNREST.cell)) * UNREST.columns + column;
  }

  #disturb(track: Track): void {
    const cell = this.#cellOf(track);
    this.#unrest[cell] = Math.min(UNREST.most, (this.#unrest[cell] as number) + 1);
  }

  #calm(seconds: number): void {
    const share = Math.max(0, 1 - seconds / UNREST.seconds);
    for (let i = 0; i < this.#unrest.length; i++) this.#unrest[i] = (this.#unrest[i] as number) * share;
  }

  /** How much more evidence is needed where things that were none came and went, and where much moves. */
  caution(track: Track): number {
    const { some, someFrames, many, manyFrames } = CLUTTER;
    const clutter = this.#clutter < some ? 0 : this.#clutter < many ? someFrames : manyFrames;
    return clutter + Math.floor(this.#unrest[this.#cellOf(track)] as number);
  }
}

/** How well a part continues a track; 0: not at all. @param reach most cells from where it is expected */
function fitOf(track: Track, part: Part, seconds: number, reach: number): number {
  const elapsed = seconds - track.seenSeconds;
  const dx = track.speedX * elapsed;
  const dy = track.speedY * elapsed;
  const inPlace = Math.max(overlap(track.box, part), overlap(track.box, part, dx, dy));
  const side = (sideOf(track.box) + sideOf(part)) / 2;
  const distance = Math.hypot(middleX(part) - middleX(track.box) - dx, middleY(part) - middleY(track.box) - dy);
  const gate = Math.min(reach, side * (track.frames === 1 ? GATE.unknown : GATE.known) + 2);
  const growth = areaOf(part) / areaOf(track.box);
  const isSameSize = growth < MOST_GROWTH && growth > 1 / MOST_GROWTH;
  if (inPlace < LEAST_OVERLAP && !(isSameSize && distance < gate)) return 0;
  const ghost = edgesOf(part) < GHOST_BELOW ? 0.4 : 0;
  return Math.max(1e-3, inPlace + 0.5 * Math.max(0, 1 - distance / gate) - ghost);
}
