import { type Engine, startEngine } from '../src/commands/engine.ts';
import { simulatedCamera, useOf } from '../src/commands/simulated-camera.ts';
import { configSchema } from '../src/config/schema.ts';
import { SYSTEM_CLOCK } from '../src/service/clock.ts';
import { recordTrace } from '../src/simulate/record.ts';
import { referenceAnswers } from '../src/simulate/reference.ts';
import { SHIPPED_LADDER } from '../src/types.ts';
import { DEFAULT_QUESTION } from '../src/words.ts';
import type { LiveOptions } from './cameras-live.ts';
import { framesOf } from './frames.ts';

/** The shipped ladder as a daemon with such cameras would have it, and the top rung. */
export async function startForCameras(fps: number, slots: number): Promise<Engine> {
  const config = configSchema.parse({});
  const { warmupRuns, slots: _, ...session } = config.inference;
  const weir = useOf(simulatedCamera({ fps: fps, mode: 'hybrid', operatingPoint: 'balanced', heads: null }));
  const engine = await startEngine({
    ladder: SHIPPED_LADDER,
    premodel: null,
    rungs: null,
    uses: [weir],
    slots,
    session,
    warmupRuns,
    topK: config.topK,
    clock: SYSTEM_CLOCK,
    onCrash: (reason) => {
      throw new Error(reason);
    },
  });
  await engine.ensureRungs([engine.ladder.reference]);
  return engine;
}

/** A clip in memory, its first frames at most, with what every rung says of them. */
export async function clipInMemory(
  engine: Engine,
  clip: string,
  rateHz: number,
  most = Infinity,
): Promise<Pick<LiveOptions, 'pictures' | 'trace' | 'answers'>> {
  const { pool, ladder, premodel } = engine;
  const pictures = (await framesOf(clip, engine.working, rateHz)).slice(0, most);
  const trace = await recordTrace({
    pool,
    about: {
      ladder: { name: ladder.name, fingerprint: ladder.fingerprint },
      reference: ladder.reference,
      clip,
      device: '',
    },
    pictures,
    frames: pictures.map((_, at) => ({ seconds: at / rateHz, truth: {} })),
    arrivalMs: 0,
    features: premodel?.features ?? [],
    embeddings: false,
    onProgress: () => {},
    stop: new AbortController().signal,
  });
  return { pictures, trace, answers: new Map([[DEFAULT_QUESTION, referenceAnswers(trace, ladder.labels) ?? []]]) };
}
