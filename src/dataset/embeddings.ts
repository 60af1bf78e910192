import { usageError } from '../errors.ts';
import { FEATURE_SIDE } from '../features/extractor.ts';
import { smallRaster } from '../features/frame.ts';
import { workingSizeFor } from '../image/working-size.ts';
import { type Rung, WHOLE_FRAME } from '../types.ts';
import { FEATURE_LOOK, type FeatureTable, featuresOf } from './outcomes.ts';
import { type MeasuredRungs, type TableSettings, withMeasuredRungs, workingRungs } from './rung-table.ts';
import type { Sample } from './sample.ts';
import { type Look, measureTable, type RungRunnerPool, type SampleTable, type TableOptions } from './sample-table.ts';

/** A pool whose rungs give embeddings. */
export interface EmbeddingPool extends RungRunnerPool {
  /** Length of each rung's embedding; 0 where its model gives none. */
  readonly embeddingSizes: readonly number[];
}

/** Every rung's embedding of every sample, its small raster, its features, and the times. */
export interface Embeddings extends Pick<SampleTable, 'samples' | 'skipped' | 'runMs'>, FeatureTable {
  /** By index of the pool's rungs: `float32 [samples][size]` in shared memory. */
  readonly embeddings: readonly Float32Array[];
  readonly sizes: readonly number[];
  /** `uint8 [samples][FEATURE_SIDE][FEATURE_SIDE][3]` in shared memory. */
  readonly rasters: Uint8Array;
}

/** The frame's small raster, as features and rung zero see it. */
const RASTER_LOOK: Look = {
  name: 'raster',
  identity: { side: FEATURE_SIDE },
  bytes: FEATURE_SIDE * FEATURE_SIDE * 3,
  writer: () => {
    const look = smallRaster();
    return (frame, into) => into.set(look(frame, WHOLE_FRAME).pixels);
  },
};

/**
 * Every rung's embedding of every sample: what the cache does not know yet is run.
 *
 * @throws WeirError `ladder-no-embedding`, and those of `measureTable`; the reason of `stop` when that is aborted
 */
export async function measureEmbeddings(options: TableOptions<EmbeddingPool>): Promise<Embeddings> {
  const { rungs, embeddingSizes: sizes } = options.pool;
  requireEmbeddings(rungs, sizes);
  const kind = { output: 'embedding', sizes, looks: [FEATURE_LOOK, RASTER_LOOK] } as const;
  const { samples, skipped, outputs, runMs, looks } = await measureTable(options, kind);
  const [features, rasters] = looks as [Uint8Array, Uint8Array];
  return { samples, skipped, runMs, embeddings: outputs, sizes, rasters, ...featuresOf(features) };
}

function requireEmbeddings(rungs: readonly Rung[], sizes: readonly number[]): void {
  const without = rungs.filter((_, rung) => !sizes[rung]).map(({ id }) => id);
  if (without.length === 0) return;
  throw usageError(
    'ladder-no-embedding',
    `nothing can be taught on ${without.length === rungs.length ? 'any rung of this ladder' : without.join(', ')}: its model has no output "embedding"`,
    'export the models with their last layer’s input as a second output "embedding" [N,d], or leave those rungs out with --rungs',
  );
}

/** A table of embeddings with the rungs that it is of. */
export interface EmbeddingTable extends Embeddings, MeasuredRungs {}

/**
 * Runs rungs on samples (what the cache knows is not run again) and gives all their embeddings. A rung that gives values that
 * are not finite is left out.
 *
 * @throws WeirError of the models, the cache or the samples; the reason of `stop` when that is aborted
 */
export async function embeddingTable(samples: readonly Sample[], settings: TableSettings): Promise<EmbeddingTable> {
  return await withMeasuredRungs(settings, async (measured, pool) => {
    const found = await measureEmbeddings({
      samples,
      pool,
      working: workingSizeFor(settings.ladder.rungs),
      cache: settings.cache,
      circumstances: measured.circumstances,
      onProgress: (done, total) => settings.progress('embeddings of every rung', done, total),
      stop: settings.stop,
    });
    const { kept, of } = workingRungs(measured.rungs, found.embeddings, settings.ladder);
    return {
      ...found,
      ...of(measured),
      embeddings: found.embeddings.filter(kept),
      sizes: found.sizes.filter(kept),
      runMs: found.runMs.filter(kept),
    };
  });
}
