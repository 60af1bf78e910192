import { FEATURES } from '../features/catalogue.ts';
import { FEATURE_SIDE } from '../features/extractor.ts';
import { frameFeatures } from '../features/frame.ts';
import { WHOLE_FRAME } from '../types.ts';
import { type Look, measureTable, type SampleTable, type TableOptions } from './sample-table.ts';

export type OutcomesOptions = TableOptions;

/** Every rung's answers to every sample, its features, and the times. */
export interface Outcomes extends Pick<SampleTable, 'samples' | 'skipped' | 'runMs'>, FeatureTable {
  /** By index of the pool's rungs: `float32 [samples][classes]` in shared memory. */
  readonly logits: readonly Float32Array[];
}

export interface FeatureTable {
  /** `float64 [samples][FEATURES.length]` in shared memory. */
  readonly features: Float64Array;
  /** Time of making the raster and of all features, per sample. */
  readonly featuresMs: Float64Array;
}

/**
 * Every rung's answers to every sample: what the cache does not know yet is run.
 *
 * @throws WeirError those of `measureTable`; the reason of `stop` when that is aborted
 */
export async function measureOutcomes(options: OutcomesOptions): Promise<Outcomes> {
  const { rungs, classes } = options.pool;
  const kind = { output: 'logits', sizes: rungs.map(() => classes), looks: [FEATURE_LOOK] } as const;
  const { samples, skipped, outputs, runMs, looks } = await measureTable(options, kind);
  return { samples, skipped, logits: outputs, runMs, ...featuresOf(looks[0] as Uint8Array) };
}

const VALUES = 1 + FEATURES.length;

/** The time that looking takes, and all features. */
export const FEATURE_LOOK: Look = {
  name: 'features',
  identity: { names: FEATURES.map(({ name, definition }) => ({ name, definition })), side: FEATURE_SIDE },
  bytes: 8 * VALUES,
  writer: () => {
    const compute = frameFeatures(FEATURES.map(({ name }) => name));
    return (frame, into) => {
      const values = new Float64Array(into.buffer, into.byteOffset, VALUES);
      const begun = performance.now();
      values.set(compute(frame, WHOLE_FRAME), 1);
      values[0] = performance.now() - begun;
    };
  },
};

/** @param look records of `FEATURE_LOOK` */
export function featuresOf(look: Uint8Array): FeatureTable {
  const records = new Float64Array(look.buffer);
  const n = records.length / VALUES;
  const features = new Float64Array(new SharedArrayBuffer(8 * n * FEATURES.length));
  const featuresMs = new Float64Array(n);
  for (let row = 0; row < n; row++) {
    featuresMs[row] = records[row * VALUES] ?? 0;
    features.set(records.subarray(row * VALUES + 1, (row + 1) * VALUES), row * FEATURES.length);
  }
  return { features, featuresMs };
}
