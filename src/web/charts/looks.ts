import { HATCHES, type Look, lookWith } from './palette.ts';

/** A colour and a hatch, by their places in the palette. */
export interface Dress {
  readonly colour: number;
  readonly hatch: number;
}

/** There are as many colours as hatches. */
const COLOURS = HATCHES.length;

/**
 * How the labels of one strip look. A label keeps its look while it is in the strip, but for one thing: what a legend names never has
 * the colour of something else that it names. Two labels of one colour differ by their hatch.
 */
export class Looks {
  #dresses = new Map<string, Dress>();

  /**
   * @param ranked all labels of the strip, what holds longest first; others are forgotten
   * @param named so many of them stand in the legend, at most as many as there are colours
   */
  take(ranked: readonly string[], named: number): void {
    const before = this.#dresses;
    const after = new Map<string, Dress>();
    const colours = ranked.flatMap((label) => before.get(label)?.colour ?? []);
    ranked.forEach((label, at) => {
      const known = before.get(label);
      const others = at < named ? [...after.values()].map(({ colour }) => colour) : [];
      const isKept = known !== undefined && !others.includes(known.colour) && !hasDress(after, known);
      after.set(label, isKept ? known : fresh(others, [...colours, ...colourOf(after)], after));
    });
    this.#dresses = after;
  }

  dressOf(label: string): Dress {
    return this.#dresses.get(label) ?? { colour: 0, hatch: 0 };
  }

  of(label: string): Look {
    const { colour, hatch } = this.dressOf(label);
    return lookWith(colour, hatch);
  }
}

/** The colour that is used least, of those that may be used; with a hatch that it does not have yet. */
function fresh(taken: readonly number[], used: readonly number[], after: ReadonlyMap<string, Dress>): Dress {
  const times = (colour: number) => used.filter((other) => other === colour).length;
  const free = HATCHES.map((_, colour) => colour).filter((colour) => !taken.includes(colour));
  const colour = free.reduce((best, next) => (times(next) < times(best) ? next : best), free[0] ?? 0);
  const hatches = HATCHES.map((_, step) => (colour + step) % COLOURS);
  return { colour, hatch: hatches.find((hatch) => !hasDress(after, { colour, hatch })) ?? colour };
}

function colourOf(dresses: ReadonlyMap<string, Dress>): number[] {
  return [...dresses.values()].map(({ colour }) => colour);
}

function hasDress(dresses: ReadonlyMap<string, Dress>, { colour, hatch }: Dress): boolean {
  return [...dresses.values()].some((one) => one.colour === colour && one.hatch === hatch);
}
