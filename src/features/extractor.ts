import type { Raster } from '../types.ts';
import { FEATURE_GROUPS, FEATURES } from './catalogue.ts';
import type { FeatureComputation } from './group.ts';
import { Planes } from './planes.ts';

/** Side of the square raster, stretched from the whole view, from which features are computed. */
export const FEATURE_SIDE = 48;

/**
 * Computes chosen features of small rasters. Keeps its memory: nothing is allocated per raster. Not re-entrant.
 */
export class FeatureExtractor {
  readonly names: readonly string[];
  readonly #planes = new Planes(FEATURE_SIDE, FEATURE_SIDE);
  readonly #groups: { readonly compute: FeatureComputation; readonly offset: number }[] = [];
  readonly #all: Float64Array;
  readonly #indices: readonly number[];
  readonly #values: Float64Array;

  /** @throws RangeError for a name that no feature has */
  constructor(names: readonly string[] = FEATURES.map(({ name }) => name)) {
    this.names = names;
    this.#indices = names.map((name) => {
      const index = FEATURES.findIndex((feature) => feature.name === name);
      if (index < 0) throw new RangeError(`no feature is named ${name}`);
      return index;
    });
    this.#all = new Float64Array(FEATURES.length);
    this.#values = new Float64Array(names.length);
    let offset = 0;
    for (const group of FEATURE_GROUPS) {
      if (group.features.some(({ name }) => names.includes(name))) {
        this.#groups.push({ compute: group.create(FEATURE_SIDE, FEATURE_SIDE), offset });
      }
      offset += group.features.length;
    }
  }

  /**
   * @param raster `FEATURE_SIDE` pixels wide and high
   * @returns a value per name, finite; valid until the next call
   */
  extract(raster: Raster): Float64Array {
    this.#planes.load(raster);
    for (const { compute, offset } of this.#groups) compute(this.#planes, this.#all, offset);
    for (let i = 0; i < this.#values.length; i++) this.#values[i] = this.#all[this.#indices[i] ?? 0] ?? 0;
    return this.#values;
  }
}
