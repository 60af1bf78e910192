import type { Planes } from './planes.ts';

/** A number that is computed from a frame's small raster. */
export interface FeatureDefinition {
  readonly name: string;
  /** What it is, with its range. */
  readonly definition: string;
  /** Where it comes from. */
  readonly source: string;
}

/** Features that are computed together. */
export interface FeatureGroup {
  readonly features: readonly FeatureDefinition[];
  /** Median time of computing them all, in milliseconds on one core of a Zen 4: how dear a group is against the others. */
  readonly costMs: number;
  /** Keeps its buffers between rasters of one size. */
  create(width: number, height: number): FeatureComputation;
}

/** Writes a group's values, in the order of its definitions, beginning at `out[offset]`. */
export type FeatureComputation = (planes: Planes, out: Float64Array, offset: number) => void;
