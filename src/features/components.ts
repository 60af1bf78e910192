/** Bounds and size of a connected component. */
export interface Component {
  /** Number of its pixels. */
  area: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/**
 * Finds the 8-connected components of a mask by flood filling. Keeps its memory. Not re-entrant.
 */
export class ComponentFinder {
  readonly #width: number;
  readonly #height: number;
  readonly #stack: Int32Array;
  readonly #found: Component = { area: 0, left: 0, right: 0, top: 0, bottom: 0 };

  constructor(width: number, height: number) {
    this.#width = width;
    this.#height = height;
    this.#stack = new Int32Array(width * height);
  }

  /**
   * Calls `visit` for each component in the order of its first pixel.
   *
   * @param mask `[height][width]`, non-zero inside; zero everywhere afterwards
   * @param visit is given an object that is reused, and the pixels: the first `area` of `indices`, valid until it returns
   */
  find(mask: Uint8Array, visit: (component: Readonly<Component>, indices: Int32Array) => void): void {
    for (let start = 0; start < mask.length; start++) {
      if (mask[start] === 0) continue;
      visit(this.#fill(mask, start), this.#stack);
    }
  }

  /** Takes a component out of the mask; its pixels are left in `#stack`, in the order in which they were reached. */
  #fill(mask: Uint8Array, start: number): Component {
    const width = this.#width;
    const stack = this.#stack;
    const found = this.#found;
    found.left = width;
    found.right = 0;
    found.top = this.#height;
    found.bottom = 0;
    mask[start] = 0;
    stack[0] = start;
    let reached = 1;
    for (let next = 0; next < reached; next++) {
      const index = stack[next] ?? 0;
      const y = Math.floor(index / width);
      const x = index - y * width;
      if (x < found.left) found.left = x;
      if (x > found.right) found.right = x;
      if (y < found.top) found.top = y;
      if (y > found.bottom) found.bottom = y;
      const fromX = x > 0 ? x - 1 : 0;
      const toX = x < width - 1 ? x + 1 : x;
      const toY = y < this.#height - 1 ? y + 1 : y;
      for (let ny = y > 0 ? y - 1 : 0; ny <= toY; ny++) {
        for (let nx = fromX; nx <= toX; nx++) {
          const neighbour = ny * width + nx;
          if (mask[neighbour] === 0) continue;
          mask[neighbour] = 0;
          stack[reached++] = neighbour;
        }
      }
    }
    found.area = reached;
    return found;
  }
}
