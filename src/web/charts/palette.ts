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
export const HATCHES: readonly Hatch[] = ['plain', 'rising', 'dots', 'falling', 'cross', 'level'];
const COLORS = 6;

/** The look of the n-th of several. */
export function lookOf(place: number): Look {
  const at = ((place % COLORS) + COLORS) % COLORS;
  return lookWith(at, at);
}

/** The look of a colour and a hatch, both by their place. */
export function lookWith(color: number, hatch: number): Look {
  return { color: `--c${color + 1}`, dash: DASHES[color] ?? [], hatch: HATCHES[hatch] ?? 'plain' };
}
