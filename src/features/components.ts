/**
 * Finds the 8-connected components of a mask by flood filling. The mask is its own, with a border of zeros around it, so that no
 * pixel needs to ask whether it lies at an edge. Keeps its memory. Not re-entrant.
 */
export class ComponentFinder {
  /** From one row of the mask to the next. */
  readonly stride: number;
  /** `[height + 2][stride]`; the pixel (x, y) is at `(y + 1) * stride + x + 1`. Non-zero inside; `findAll` leaves it all zero. */
  readonly mask: Uint8Array;
  readonly #reached: Int32Array;

  constructor(width: number, height: number) {
    this.stride = width + 2;
    this.mask = new Uint8Array((height + 2) * this.stride);
    this.#reached = new Int32Array(width * height);
  }

  /**
   * Calls `visit` for each component in the order of its first pixel.
   *
   * @param visit is given the number of pixels, and where they are in the mask: the first `area` of `indices`, valid until it
   * returns
   */
  findAll(visit: (area: number, indices: Int32Array) => void): void {
    const { mask } = this;
    const end = mask.length - this.stride;
    for (let start = this.stride; start < end; start++) {
      if (mask[start] !== 0) visit(this.#fill(start), this.#reached);
    }
  }

  /** Takes a component out of the mask; its pixels are left in `#reached`, in the order in which they were reached. */
  #fill(start: number): number {
    const { mask, stride } = this;
    const reached = this.#reached;
    mask[start] = 0;
    reached[0] = start;
    let area = 1;
    for (let next = 0; next < area; next++) {
      const above = (reached[next] ?? 0) - stride - 1;
      for (let first = above, row = 0; row < 3; row++, first += stride) {
        for (let at = first; at < first + 3; at++) {
          if (mask[at] === 0) continue;
          mask[at] = 0;
          reached[area++] = at;
        }
      }
    }
    return area;
  }
}
