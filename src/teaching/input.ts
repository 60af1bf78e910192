import type { Heads } from '../heads/artifact.ts';
import type { Target } from '../premodel/targets.ts';
import type { LabelClass } from '../types.ts';

/** A question, and what people said of the samples. */
export interface TaughtTruth {
  readonly id: string;
  readonly text: string | null;
  readonly classes: readonly { readonly name: LabelClass['name']; readonly meaning?: string }[];
  /** By sample: index of its class, `UNLABELLED` or `UNUSED`. */
  readonly truth: Int32Array;
}

/** Everything that a camera is taught from; plain data, which may be handed to another thread. */
export interface TeachInput {
  readonly camera: string;
  readonly ladder: { readonly name: string; readonly fingerprint: string; readonly reference: string };
  /** Candidates without rung zero; the reference is among them. */
  readonly rungs: readonly { readonly id: string; readonly costMs: number; readonly dimensions: number }[];
  /** By candidate: `float32 [samples][dimensions]`. */
  readonly embeddings: readonly Float32Array[];
  /** `uint8 [samples][48][48][3]` */
  readonly rasters: Uint8Array;
  /** Time of rung zero. */
  readonly zeroMs: number;
  /** `float64 [samples][FEATURES.length]` */
  readonly features: Float64Array;
  /** Median time of looking at a picture. */
  readonly featuresMs: number;
  /** Sha256 of each frame. */
  readonly keys: readonly string[];
  /** For people: a path, or a clip with a time. */
  readonly names: readonly string[];
  /** Where each sample comes from: a clip, a folder. */
  readonly sources: readonly string[];
  /** When, on its source's time line; NaN where there is none: then the order stands for time. */
  readonly seconds: Float64Array;
  readonly questions: readonly TaughtTruth[];
  /** Size of the frames, and of what they were scaled from. */
  readonly picture: Heads['picture'];
  readonly target: Target;
  /** Whether the reference's head labels what nobody labelled. */
  readonly teacher: boolean;
  readonly useZero: boolean;
  readonly seed: number;
  readonly circumstances: string;
}
