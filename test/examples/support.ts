import type { Example, ExampleLimits, Reason } from '../../src/examples/example.ts';
import { THUMBNAIL_BYTES } from '../../src/examples/likeness.ts';
import type { Pieces } from '../../src/examples/pieces.ts';

export const LIMITS: ExampleLimits = {
  maxFrames: 4,
  maxBytes: 1_000_000,
  maxAgeMs: 1_000_000,
  randomRatio: 0.5,
  minIntervalMs: 1_000,
  unsureBelow: 0.8,
};

export function example(fields: Partial<Example> & { readonly id: string }): Example {
  return {
    takenAtMs: 1_000,
    stream: 1,
    ptsSeconds: 0,
    reason: 'unsure' as Reason,
    width: 4,
    height: 4,
    bytes: 100,
    sha256: '0'.repeat(64),
    answers: [],
    labels: {},
    ...fields,
  };
}

/** A thumbnail of one grey. */
export function grey(value: number): Uint8Array {
  return new Uint8Array(THUMBNAIL_BYTES).fill(value);
}

/** Does it all at once. */
export function atOnce<T>(work: Pieces<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}
