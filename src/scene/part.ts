/** Something that differs from the background: cells that hang together, or several such parts. */
export interface Part {
  /** In cells; right and bottom are beyond the last. */
  left: number;
  top: number;
  right: number;
  bottom: number;
  cells: number;
  strong: number;
  /** Cells whose surroundings keep the background's structure. */
  kept: number;
  /** Cells that differed in the frame before, too. */
  stayed: number;
  /** Sum of the differences of its cells, units. */
  difference: number;
  /** Steps of the level across its contour, in the frame and in the background, units. */
  edgesNow: number;
  edgesBefore: number;
  /** Its number in the map, from 1. */
  id: number;
}

/** A frame beside the background; all but the kinds by cell, [CELLS]. */
export interface Comparison {
  /** Levels of the frame and of the background, and what they differ by without the gain; units. */
  readonly values: Float32Array;
  readonly level: Float32Array;
  readonly difference: Float32Array;
  /** SAME … DIM. */
  readonly changes: Uint8Array;
  /** FLAT … SMOOTH by block, see `Structure`. */
  readonly kinds: Uint8Array;
}

/** Which cells belong to which part. */
export interface PartMap {
  readonly parts: Part[];
  /** Numbers by cell, uint8 [CELLS], and the part's id by number, uint8 [256]; 0: none. */
  readonly map: Uint8Array;
  readonly alias: Uint8Array;
}
