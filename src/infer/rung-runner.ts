import { usageError, WeirError } from '../errors.ts';
import { InputPreparer } from '../image/prepare.ts';
import type { Box, Raster, Rung } from '../types.ts';
import { createSession, type InferenceSession, inputTensor, type SessionSettings, type Tensor } from './runtime.ts';

/** What one run of a rung gave; the arrays are the runtime's own and fresh. */
export interface RungOutput {
  /** `float32 [classes]`; of a model that gives probabilities, their logarithms. */
  readonly logits: Float32Array;
  /** `float32 [d]`, where asked for and the model has it. */
  readonly embedding: Float32Array | null;
  /** Resizing and packing of the input. */
  readonly prepareMs: number;
  /** `session.run` alone. */
  readonly runMs: number;
}

interface LoadedRung {
  readonly rung: Rung;
  readonly session: InferenceSession;
  readonly inputName: string;
  readonly outputName: string;
  readonly embeddingSize: number;
  readonly prepared: Uint8Array;
  readonly packed: Float32Array | null;
  readonly feeds: Readonly<Record<string, Tensor>>;
}

const PROBABILITY_FLOOR = 1e-12;
const EMBEDDING = 'embedding';

/** Runs rungs of a ladder on frames, on the thread that calls it. Rungs of one file share a session. */
export class RungRunner {
  readonly #rungs: readonly LoadedRung[];
  readonly #preparer = new InputPreparer();
  readonly #monotonicMs: () => number;
  readonly notices: readonly string[];

  private constructor(rungs: readonly LoadedRung[], notices: readonly string[], monotonicMs: () => number) {
    this.#rungs = rungs;
    this.notices = notices;
    this.#monotonicMs = monotonicMs;
  }

  /**
   * @param classes number of labels of the ladder
   * @throws WeirError `model-unreadable`, `model-shape`, `provider-missing`
   */
  static async load(
    rungs: readonly Rung[],
    classes: number,
    settings: SessionSettings,
    monotonicMs: () => number,
  ): Promise<RungRunner> {
    const sessions = new Map<string, InferenceSession>();
    const notices = new Set<string>();
    const loaded: LoadedRung[] = [];
    for (const rung of rungs) {
      let session = sessions.get(rung.path);
      if (session === undefined) {
        const created = await createSession(rung.path, settings);
        for (const notice of created.notices) notices.add(notice);
        session = created.session;
        sessions.set(rung.path, session);
      }
      loaded.push(bind(rung, session, classes));
    }
    return new RungRunner(loaded, [...notices], monotonicMs);
  }

  /** Length of a rung's embedding; 0 if its model gives none. */
  embeddingSize(index: number): number {
    return this.#rungs[index]?.embeddingSize ?? 0;
  }

  async run(index: number, frame: Raster, box: Box, wantEmbedding: boolean): Promise<RungOutput> {
    const loaded = this.#rungs[index];
    if (loaded === undefined) throw new RangeError(`no rung ${index}`);
    const { rung, session, prepared, packed } = loaded;
    const begun = this.#monotonicMs();
    this.#preparer.prepare(frame, box, rung, prepared);
    if (packed !== null) pack(prepared, rung, packed);
    const withEmbedding = wantEmbedding && loaded.embeddingSize > 0;
    const running = this.#monotonicMs();
    const outputs = await session.run(
      loaded.feeds,
      withEmbedding ? [loaded.outputName, EMBEDDING] : [loaded.outputName],
    );
    const ended = this.#monotonicMs();
    const logits = outputs[loaded.outputName]?.data as Float32Array;
    if (rung.output === 'probabilities') {
      for (let i = 0; i < logits.length; i++) logits[i] = Math.log(Math.max(logits[i] ?? 0, PROBABILITY_FLOOR));
    }
    const embedding = withEmbedding ? (outputs[EMBEDDING]?.data as Float32Array) : null;
    return { logits, embedding, prepareMs: running - begun, runMs: ended - running };
  }
}

function bind(rung: Rung, session: InferenceSession, classes: number): LoadedRung {
  const { width, height } = rung.input;
  const [input] = session.inputMetadata;
  if (input === undefined || session.inputMetadata.length !== 1 || !input.isTensor) {
    throw shapeError(rung, 'it must have exactly one input, an image');
  }
  const dims = rung.layout === 'nhwc' ? [1, height, width, 3] : [1, 3, height, width];
  if (input.type !== rung.dtype) throw shapeError(rung, `its input is ${input.type}, the ladder says ${rung.dtype}`);
  const fits =
    input.shape.length === 4 &&
    input.shape.every((side, i) => typeof side !== 'number' || side < 1 || side === dims[i]);
  if (!fits) {
    throw shapeError(
      rung,
      `its input is [${input.shape.join(', ')}], the ladder says [${dims.join(', ')}] (${rung.layout})`,
    );
  }
  const output = session.outputMetadata.find(({ name }) => name === 'logits') ?? session.outputMetadata[0];
  if (output === undefined || !output.isTensor || output.type !== 'float32') {
    throw shapeError(rung, 'its first output must be float32');
  }
  const outputClasses = output.shape.at(-1);
  if (typeof outputClasses === 'number' && outputClasses > 0 && outputClasses !== classes) {
    throw shapeError(rung, `it answers with ${outputClasses} classes, the labels file has ${classes}`);
  }
  const embedding = session.outputMetadata.find(({ name }) => name === EMBEDDING);
  const embeddingSize = embedding?.isTensor ? Number(embedding.shape.at(-1)) : 0;

  const prepared = new Uint8Array(width * height * 3);
  const packed = rung.dtype === 'float32' || rung.layout === 'nchw' ? new Float32Array(prepared.length) : null;
  if (rung.dtype === 'uint8' && rung.layout === 'nchw') {
    throw usageError('model-shape', `rung ${rung.id}: layout nchw goes with dtype float32`, 'correct ladder.json');
  }
  const feeds = { [input.name]: inputTensor(rung.dtype, packed ?? prepared, dims) };
  return {
    rung,
    session,
    inputName: input.name,
    outputName: output.name,
    embeddingSize: Number.isInteger(embeddingSize) && embeddingSize > 0 ? embeddingSize : 0,
    prepared,
    packed,
    feeds,
  };
}

/** `(x − mean) / std` as float32, in the rung's layout. */
function pack(pixels: Uint8Array, { layout, mean, std }: Rung, target: Float32Array): void {
  const count = pixels.length / 3;
  for (let channel = 0; channel < 3; channel++) {
    const offset = mean[channel] ?? 0;
    const scale = 1 / (std[channel] ?? 1);
    const base = layout === 'nchw' ? channel * count : channel;
    const step = layout === 'nchw' ? 1 : 3;
    for (let i = 0; i < count; i++) target[base + i * step] = ((pixels[i * 3 + channel] ?? 0) - offset) * scale;
  }
}

function shapeError(rung: Rung, what: string): WeirError {
  return new WeirError('model-shape', `rung ${rung.id} (${rung.path}): ${what}`, {
    remedy: 'correct the rung in ladder.json (input, layout, dtype, labels), or export the model again',
    exitCode: 2,
  });
}
