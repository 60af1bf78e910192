import { Evidence, type MergeParameters } from '../cascade/evidence.ts';
import { OUTPUT_FEATURES, outputFeatures } from '../cascade/outputs.ts';

/** A set of rungs that ran, in order: bit r is the rung at position r of the ordered subset. */
export type History = number;

/** What every set of rungs that a climb may run says of every sample. */
export interface Histories {
  readonly all: readonly History[];
  /** 1 where the merged answer is right, `uint8 [samples]`. */
  right(history: History): Uint8Array;
  /** The class of the merged answer, `int32 [samples]`. */
  answers(history: History): Int32Array;
  /** What a deferral model reads of it, `float64 [samples][OUTPUT_FEATURES]`. */
  outputs(history: History): Float64Array;
}

/** The rung that ran last. */
export function lastOf(history: History): number {
  return 31 - Math.clz32(history);
}

/**
 * Merges the answers of every set of up to `longest` rungs for every sample, with the very code that the daemon merges with.
 *
 * @param logits by rung of the ordered subset, `float32 [samples][classes]`
 */
export function evaluateHistories(
  logits: readonly Float32Array[],
  parameters: readonly MergeParameters[],
  truth: ArrayLike<number>,
  classes: number,
  longest: number,
): Histories {
  const count = truth.length;
  const rungs = logits.length;
  const right = new Map<History, Uint8Array>();
  const answers = new Map<History, Int32Array>();
  const outputs = new Map<History, Float64Array>();
  const stack = Array.from({ length: longest + 1 }, () => new Evidence(classes));
  const values = new Float64Array(OUTPUT_FEATURES.length);
  const arrays = <T>(map: Map<History, T>, history: History, make: () => T): T => {
    let array = map.get(history);
    if (array === undefined) {
      array = make();
      map.set(history, array);
    }
    return array;
  };
  for (let i = 0; i < count; i++) {
    const extend = (depth: number, history: History, from: number) => {
      for (let rung = from; rung < rungs; rung++) {
        const evidence = stack[depth + 1] as Evidence;
        evidence.copy(stack[depth] as Evidence);
        evidence.add(
          rung,
          (logits[rung] as Float32Array).subarray(i * classes, (i + 1) * classes),
          parameters[rung] as MergeParameters,
        );
        const longer = history | (1 << rung);
        arrays(right, longer, () => new Uint8Array(count))[i] = evidence.top === truth[i] ? 1 : 0;
        arrays(answers, longer, () => new Int32Array(count))[i] = evidence.top;
        outputFeatures(evidence, values);
        arrays(outputs, longer, () => new Float64Array(count * values.length)).set(values, i * values.length);
        if (depth + 1 < longest) extend(depth + 1, longer, rung + 1);
      }
    };
    extend(0, 0, 0);
  }
  return {
    all: [...right.keys()].sort((a, b) => a - b),
    right: (history) => right.get(history) as Uint8Array,
    answers: (history) => answers.get(history) as Int32Array,
    outputs: (history) => outputs.get(history) as Float64Array,
  };
}
