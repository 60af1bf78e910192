import { seededRandom } from '../../src/cascade/random.ts';
import { FEATURES } from '../../src/features/catalogue.ts';
import { FEATURE_SIDE } from '../../src/features/extractor.ts';
import { RASTER_SIZE } from '../../src/heads/zero.ts';
import { DEFAULT_LOSS } from '../../src/premodel/targets.ts';
import type { TeachInput } from '../../src/teaching/input.ts';

const D = 24;

/** A pseudo-normal number. */
export function normal(random: () => number): number {
  return random() + random() + random() + random() - 2;
}

/** A textured empty scene, `uint8 [48][48][3]`. */
export function emptyScene(seed = 1): Uint8Array {
  const random = seededRandom(seed);
  const coarse = Array.from({ length: 12 * 12 }, () => 60 + 120 * random());
  return Uint8Array.from({ length: RASTER_SIZE }, (_, at) => {
    const pixel = Math.floor(at / 3);
    const [x, y] = [pixel % FEATURE_SIDE, Math.floor(pixel / FEATURE_SIDE)];
    const own = coarse[Math.floor(y / 4) * 12 + Math.floor(x / 4)] ?? 0;
    return own + 12 * ((x + y) % 2) + 4 * (at % 3);
  });
}

/** The scene with a square thing in it. */
export function withThing(scene: Uint8Array, left: number, top: number, side: number, value: number): Uint8Array {
  const raster = Uint8Array.from(scene);
  for (let y = top; y < top + side; y++) {
    for (let x = left; x < left + side; x++)
      raster.fill(value, (y * FEATURE_SIDE + x) * 3, (y * FEATURE_SIDE + x) * 3 + 3);
  }
  return raster;
}

/** What a made-up camera shows: one class at a time, for a while each. */
export interface MadeUp {
  /** By sample: its class. */
  readonly labels: readonly number[];
  /** How far apart classes lie in each rung's embedding, in standard deviations of its noise. */
  readonly clarity: Readonly<Record<string, number>>;
  readonly seed?: number;
}

/** A camera at 5 frames per second with rungs `low`, `middle` and `top`. Class k shows k things. */
export function madeUpCamera({ labels, clarity, seed = 1 }: MadeUp): TeachInput {
  const random = seededRandom(seed);
  const scene = emptyScene();
  const classes = 1 + Math.max(...labels);
  const directions = Array.from({ length: classes }, () => Array.from({ length: D }, () => 1 + random()));
  const rungs = Object.keys(clarity).map((id, at) => ({ id, costMs: [1, 4, 10][at] ?? 10, dimensions: D }));
  const count = labels.length;
  const rasters = new Uint8Array(count * RASTER_SIZE);
  for (const [i, k] of labels.entries()) {
    let raster = scene;
    for (let thing = 0; thing < k; thing++)
      raster = withThing(raster, 4 + 14 * thing + Math.floor(3 * random()), 20, 10, 250);
    rasters.set(
      raster.map((value) => Math.min(255, Math.max(0, value + 2 * normal(random)))),
      i * RASTER_SIZE,
    );
  }
  return {
    camera: 'gate',
    ladder: { name: 'small', fingerprint: 'f'.repeat(64), reference: rungs.at(-1)?.id ?? '' },
    rungs,
    embeddings: rungs.map(({ id }) =>
      Float32Array.from({ length: count * D }, (_, at) => {
        const k = labels[Math.floor(at / D)] ?? 0;
        return Math.max(0, (directions[k]?.[at % D] ?? 0) * (clarity[id] ?? 0) * 0.3 + 2 + normal(random));
      }),
    ),
    rasters,
    zeroMs: 0.1,
    features: new Float64Array(count * FEATURES.length),
    featuresMs: 0.5,
    keys: labels.map((_, i) => `key-${seed}-${i}`),
    names: labels.map((_, i) => `gate at ${(i / 5).toFixed(2)} s`),
    sources: labels.map(() => 'gate'),
    seconds: Float64Array.from(labels, (_, i) => i / 5),
    questions: [
      {
        id: 'default',
        text: 'How many things are there?',
        classes: Array.from({ length: classes }, (_, k) => ({ name: `things-${k}` })),
        truth: Int32Array.from(labels),
      },
    ],
    picture: { aspect: 'stretch', width: 300, height: 300 },
    target: { kind: 'accuracy-loss', value: DEFAULT_LOSS, confidence: null, lossPerCondition: null },
    teacher: false,
    useZero: true,
    seed: 1,
    circumstances: 'a test',
  };
}

/** Labels in runs of so many frames, classes in turn. */
export function inRuns(classes: number, runs: number, length: number): number[] {
  return Array.from({ length: runs * length }, (_, i) => Math.floor(i / length) % classes);
}

/** The input with another truth for its only question. */
export function relabelled(input: TeachInput, truth: readonly number[]): TeachInput {
  return { ...input, questions: input.questions.map((question) => ({ ...question, truth: Int32Array.from(truth) })) };
}
