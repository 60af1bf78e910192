import { type EmbeddingTable, embeddingTable } from '../dataset/embeddings.ts';
import { type Examples, pickExamples } from '../dataset/examples.ts';
import { rememberedCosts, undisturbed } from '../dataset/rung-costs.ts';
import type { TableSettings } from '../dataset/rung-table.ts';
import type { Sample } from '../dataset/sample.ts';
import { usageError } from '../errors.ts';
import { isUnscaled, type PictureSize } from '../image/picture-size.ts';
import { sizeAt, workingSizeFor } from '../image/working-size.ts';
import { checkModels } from '../infer/ladder.ts';
import type { Target } from '../premodel/targets.ts';
import type { TeachInput } from '../teaching/input.ts';
import type { Teaching } from '../teaching/report.ts';
import { teachInThread } from '../teaching/teach-thread.ts';
import type { WorkingSize } from '../types.ts';
import { ZERO } from '../words.ts';
import { teachable, type Untaught } from './teachable.ts';
import { zeroCostOf } from './zero-cost.ts';

/** What teaching a camera needs besides its examples. */
export interface TeachSettings extends TableSettings {
  /** Whose heads these will be. */
  readonly camera: string;
  readonly target: Target;
  /** Whether the reference's head labels what nobody labelled. */
  readonly teacher: boolean;
  readonly useZero: boolean;
  readonly seed: number;
}

/** What was taught, and from what. */
export interface Taught {
  readonly teaching: Teaching;
  /** As far as they could be read, in the order of the report's indices. */
  readonly examples: Examples;
  /** Questions of the examples that could not be taught; their reasons are among the notices of `examples`. */
  readonly untaught: readonly Untaught[];
  readonly table: EmbeddingTable;
  readonly input: TeachInput;
}

/**
 * Has every candidate rung look at the examples (what the cache knows is not run again), and fits heads and what decides among
 * them in a thread of its own. The daemon and the command line teach by this.
 *
 * @throws WeirError `teach-…`, `ladder-no-embedding`; of the models, the cache or the pictures; the reason of `stop`
 */
export async function teachFrom(given: Examples, settings: TeachSettings): Promise<Taught> {
  if (given.samples.length === 0) {
    const remedy = 'give footage in which the truth file says something, or label some frames';
    throw usageError('teach-no-examples', 'there is not one labelled picture', remedy);
  }
  const { examples: all, untaught } = teachable(given);
  await checkModels(settings.rungs);
  const table = await embeddingTable(all.samples, settings);
  const examples = readable(all, table.samples);
  const working = workingSizeFor(settings.ladder.rungs);
  const frame = sizeAt(examples.picture ?? working, working);
  const zeroMs = settings.useZero ? await zeroCost(table.samples, frame, working, settings, table.circumstances) : 0;
  const source = examples.picture;
  const picture = { aspect: working.aspect, ...frame, ...(source && isUnscaled(source, working) && { source }) };
  const input = toTeachInput(examples, table, zeroMs, picture, settings);
  settings.stop.throwIfAborted();
  const teaching = await teachInThread(input, settings.progress, settings.stop, settings.isBackground);
  return { teaching, examples, untaught, table, input };
}

/** The examples whose pictures could be read. */
function readable(examples: Examples, samples: readonly Sample[]): Examples {
  if (samples.length === examples.samples.length) return examples;
  const read = new Set(samples);
  const rows = [...examples.samples.keys()].filter((row) => read.has(examples.samples[row] as Sample));
  return pickExamples(examples, rows);
}

function toTeachInput(
  examples: Examples,
  table: EmbeddingTable,
  zeroMs: number,
  picture: TeachInput['picture'],
  settings: TeachSettings,
): TeachInput {
  const { ladder, camera, target, teacher, useZero, seed } = settings;
  return {
    camera,
    ladder: { name: ladder.name, fingerprint: ladder.fingerprint, reference: ladder.reference },
    rungs: table.rungs.map(({ id }, rung) => ({
      id,
      costMs: table.costMs[rung] ?? Number.NaN,
      dimensions: table.sizes[rung] ?? 0,
    })),
    embeddings: table.embeddings,
    rasters: table.rasters,
    zeroMs,
    features: table.features,
    featuresMs: undisturbed([...table.featuresMs]),
    keys: examples.samples.map(({ key }) => key),
    names: examples.samples.map(({ name }) => name),
    sources: examples.sources,
    seconds: examples.seconds,
    questions: examples.questions,
    picture,
    target,
    teacher,
    useZero,
    seed,
    circumstances: table.circumstances,
  };
}

/** Time of rung zero on the examples' own frames. Measured once for frames of a size, and kept. */
async function zeroCost(
  samples: readonly Sample[],
  { width, height }: PictureSize,
  working: WorkingSize,
  { cache, clock }: TeachSettings,
  circumstances: string,
): Promise<number> {
  const identity = { what: 'zero of own frames', width, height, circumstances };
  const costs = await rememberedCosts(cache, identity, async () => ({
    zero: await zeroCostOf(samples, working, clock),
  }));
  return costs.get(ZERO) ?? 0;
}
