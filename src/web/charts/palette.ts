/**
 * How things that are told apart look. Never by colour alone: each place has a colour, a dash, a hatch and a shape of its own.
 * The colours are variables of the style sheet, which knows light and dark.
 */

export type Shape = 'circle' | 'square' | 'diamond' | 'triangle' | 'star';
export type Hatch = 'plain' | 'rising' | 'dots' | 'falling' | 'cross' | 'level';

export interface Look {
  /** Name of a CSS variable. */
  readonly color: string;
  /** Lengths of dashes and gaps in pixels; empty: solid. */
  readonly dash: readonly number[];
  readonly hatch: Hatch;
}

const DASHES: readonly (readonly number[])[] = [[], [8, 4], [2, 3], [10, 3, 2, 3], [5, 5], [1, 5]];
const HATCHES: readonly Hatch[] = ['plain', 'rising', 'dots', 'falling', 'cross', 'level'];
const COLORS = 6;

/** The look of the n-th of several. */
export function lookOf(place: number): Look {
  const at = ((place % COLORS) + COLORS) % COLORS;
  return { color: `--c${at + 1}`, dash: DASHES[at] ?? [], hatch: HATCHES[at] ?? 'plain' };
}

/**
 * Places for names, so that a name looks the same wherever it is shown on a page: by the order of their first appearance in a list
 * that stays in order (questions' classes, a ladder's rungs), later ones after them.
 */
export class Places {
  readonly #places = new Map<string, number>();

  constructor(names: readonly string[] = []) {
    for (const name of names) this.of(name);
  }

  of(name: string): number {
    const known = this.#places.get(name);
    if (known !== undefined) return known;
    this.#places.set(name, this.#places.size);
    return this.#places.size - 1;
  }

  get names(): string[] {
    return [...this.#places.keys()];
  }
}
