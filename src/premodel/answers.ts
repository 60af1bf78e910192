/** 1 where the first class of greatest logit is the true one. */
export function rightOf(logits: Float32Array, truth: ArrayLike<number>, classes: number): Uint8Array {
  return Uint8Array.from(answersOf(logits, truth.length, classes), (answer, i) => (answer === truth[i] ? 1 : 0));
}

/** The first class of greatest logit of every sample. */
export function answersOf(logits: Float32Array, samples: number, classes: number): Int32Array {
  const answers = new Int32Array(samples);
  for (let i = 0; i < samples; i++) {
    let best = i * classes;
    for (let at = best + 1; at < (i + 1) * classes; at++) if ((logits[at] ?? 0) > (logits[best] ?? 0)) best = at;
    answers[i] = best - i * classes;
  }
  return answers;
}

export function pickColumns(values: Float64Array, columns: number, chosen: readonly number[]): Float64Array {
  const count = values.length / columns;
  const out = new Float64Array(count * chosen.length);
  for (let i = 0; i < count; i++) {
    for (const [j, column] of chosen.entries()) out[i * chosen.length + j] = values[i * columns + column] ?? 0;
  }
  return out;
}

/** At most `most` row numbers, evenly spread over all. */
export function everyNth(count: number, most: number): number[] {
  const step = Math.max(1, count / most);
  return Array.from({ length: Math.min(count, most) }, (_, i) => Math.floor(i * step));
}
