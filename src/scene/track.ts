import { type CellBox, middleX, middleY, sideOf } from './cell-box.ts';
import { edgesOf } from './contour.ts';
import type { Part } from './part.ts';

/**
 * Evidence that makes a thing out of what moves on: seconds, frames, how straight it moves, and, for each frame of caution, how
 * much of it is where it was in the frame before.
 */
const MOVING = { seconds: 0.35, frames: 3, efficiency: 0.6, overlap: 0.06, mostOverlap: 0.3 } as const;
/** At low rates two frames one after the other, so far apart, will do. */
const SPARSE_SECONDS = 0.8;
/** Seconds for which what was not seen to travel must look alike: fewer, the plainer its contour is. */
const STANDING = { seconds: 2.2, leastSeconds: 0.5, steadiness: 0.7, edges: 0.1 } as const;
/** Seconds after which what stands still is asked whether it has a contour of its own. */
const ASK_SECONDS = 1.5;
/** Seconds after which what moves on the spot is asked whether it is a thing. */
const FIDGET_SECONDS = 3;
/** What stands still is background after so long if it has no contour of its own, or if it was never seen to move. */
const BACKGROUND_SECONDS = { vague: 8, appeared: 60 } as const;
/** Contrasts of the contour: a ghost's, and one that is nothing's. */
const CONTOUR = { ghost: -0.1, none: 0.15 } as const;
/** A thing has travelled once its middle moved so many cells and this share of its side. */
const TRAVEL = { cells: 3, ratio: 0.3 } as const;
/** Seconds of an average of what is seen of a track. */
const AVERAGE_SECONDS = 1;
/** Moving on by less than this share of its side within a second is standing still. */
const STILL = { ratio: 0.15, cells: 1.5 } as const;

/** One thing that is followed. */
export class Track {
  /** 0 until it is confirmed. */
  id = 0;
  readonly box: CellBox;
  /** Seconds of its first and last sight. */
  readonly sinceSeconds: number;
  seenSeconds: number;
  frames = 1;
  /** Frames without sight since the first. */
  misses = 0;
  /** Cells per second. */
  speedX = 0;
  speedY = 0;
  /** Whether it was told of, and whether it was seen in the last frame. */
  isTold = false;
  isSeen = true;
  /** Whether it went behind or before another that still is seen. */
  isHidden = false;
  /** Since when it stands still. */
  stillSince: number;
  readonly #bornX: number;
  readonly #bornY: number;
  #stillX: number;
  #stillY: number;
  #path = 0;
  #hasTravelled = false;
  /** Running share of its cells that differed in the frame before, too, 0..1. */
  #steadiness = 1;
  /** Running contrast of its contour: above 0 it is there now, below 0 it was there before. */
  #edges: number;

  constructor(part: Part, seconds: number) {
    this.box = { left: part.left, top: part.top, right: part.right, bottom: part.bottom };
    this.sinceSeconds = seconds;
    this.seenSeconds = seconds;
    this.stillSince = seconds;
    this.#bornX = middleX(part);
    this.#bornY = middleY(part);
    this.#stillX = this.#bornX;
    this.#stillY = this.#bornY;
    this.#edges = edgesOf(part);
  }

  see(part: Part, seconds: number): void {
    const elapsed = Math.max(1e-3, seconds - this.seenSeconds);
    const share = Math.min(1, elapsed / AVERAGE_SECONDS);
    const moveX = middleX(part) - middleX(this.box);
    const moveY = middleY(part) - middleY(this.box);
    const follow = this.frames === 1 ? 1 : 0.5;
    this.speedX += follow * (moveX / elapsed - this.speedX);
    this.speedY += follow * (moveY / elapsed - this.speedY);
    this.#path += Math.hypot(moveX, moveY);
    this.#steadiness += share * (part.stayed / part.cells - this.#steadiness);
    this.#edges += share * (edgesOf(part) - this.#edges);
    this.box.left = part.left;
    this.box.top = part.top;
    this.box.right = part.right;
    this.box.bottom = part.bottom;
    this.seenSeconds = seconds;
    this.frames++;
    this.isSeen = true;
    this.isHidden = false;
    if (this.#netTravel > travelOf(this.box)) this.#hasTravelled = true;
    const far = Math.max(STILL.cells, STILL.ratio * sideOf(this.box));
    if (Math.hypot(middleX(part) - this.#stillX, middleY(part) - this.#stillY) > far) {
      this.#stillX = middleX(part);
      this.#stillY = middleY(part);
      this.stillSince = seconds;
    }
  }

  /** Whether it looks alike from frame to frame, as leaves do not. */
  get isSteady(): boolean {
    return this.#steadiness > STANDING.steadiness;
  }

  /** Whether what stands here only left its picture in the background. */
  isGhost(): boolean {
    return this.#stoodSeconds > ASK_SECONDS && this.#edges < CONTOUR.ghost;
  }

  /** Whether it stood still for so long that it is background: what came by itself and has a contour may stand the longest. */
  isBackground(standSeconds: number): boolean {
    const { appeared, vague } = BACKGROUND_SECONDS;
    const most = this.#edges < CONTOUR.none ? vague : this.#hasTravelled ? standSeconds : appeared;
    return this.#stoodSeconds > Math.min(most, standSeconds);
  }

  /** From where it was first seen, in cells. */
  get #netTravel(): number {
    return Math.hypot(middleX(this.box) - this.#bornX, middleY(this.box) - this.#bornY);
  }

  get #stoodSeconds(): number {
    return this.seenSeconds - this.stillSince;
  }

  /** Whether it stands and never looks alike: leaves, water, a flag. */
  get isFidgeting(): boolean {
    return !this.isSteady && this.#stoodSeconds > FIDGET_SECONDS;
  }

  /** Whether there is enough evidence that this is a thing: it moves on, or it came and stands there with a contour of its own. */
  isThing(caution: number): boolean {
    const age = this.seenSeconds - this.sinceSeconds;
    const net = this.#netTravel;
    const hasTravelled = net > travelOf(this.box) * (1 + caution / 4);
    const isOfOnePiece = this.#steadiness >= Math.min(MOVING.mostOverlap, MOVING.overlap * caution);
    if (hasTravelled && isOfOnePiece && net > MOVING.efficiency * this.#path) {
      const isSeenOften = this.frames >= MOVING.frames + caution && age >= MOVING.seconds;
      if (isSeenOften || (this.misses === 0 && this.frames >= 2 + caution && age >= SPARSE_SECONDS)) return true;
    }
    const standSeconds = Math.max(STANDING.leastSeconds, STANDING.seconds * (1 - this.#edges) ** 2);
    return (
      age >= standSeconds * (1 + caution) &&
      this.frames >= MOVING.frames &&
      this.isSteady &&
      this.#edges > STANDING.edges
    );
  }

  /** Whether it touches the border of the picture. */
  touches(width: number, height: number): boolean {
    const { left, top, right, bottom } = this.box;
    return left <= 1 || top <= 1 || right >= width - 1 || bottom >= height - 1;
  }

  /** Whether its next place, so many seconds on, is beyond the border of the picture. */
  leaves(seconds: number, width: number, height: number): boolean {
    const dx = this.speedX * seconds;
    const dy = this.speedY * seconds;
    const { left, top, right, bottom } = this.box;
    const x = (left + right) / 2 + dx;
    const y = (top + bottom) / 2 + dy;
    return this.touches(width, height) && (x < 2 || y < 2 || x > width - 2 || y > height - 2);
  }
}

/** Cells that a thing of this size must have moved by to have travelled. */
function travelOf(box: CellBox): number {
  return Math.max(TRAVEL.cells, TRAVEL.ratio * sideOf(box));
}
