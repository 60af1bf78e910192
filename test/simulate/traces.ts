import type { AskedQuestion } from '../../src/pipeline/question.ts';
import { type View, WholeView } from '../../src/pipeline/view.ts';
import type { VirtualMachine } from '../../src/simulate/simulate.ts';
import { RASTER_BYTES, type Trace, type TraceRung } from '../../src/simulate/trace.ts';
import { WHOLE_FRAME } from '../../src/types.ts';

export const LABELS = [
  { id: 'c0', name: 'red' },
  { id: 'c1', name: 'green' },
];

const FREE = { arrivalMs: 0, rasterMs: 0, featuresMs: 0, readMs: 0, zeroMs: 0 };

/** A rung that always takes as long. @param answers its class by frame */
export function rungOf(id: string, serviceMs: number, answers: readonly number[], sure = 6): TraceRung {
  const logits = Float32Array.from(answers.flatMap((top) => (top === 0 ? [sure, 0] : [0, sure])));
  return { id, serviceMs: [serviceMs], runMs: [serviceMs], logits, embeddingSize: 0, embeddings: new Float32Array(0) };
}

/** A clip of ten frames, five a second, that two rungs look at: the cheap one is unsure of the last five, and wrong. */
export function traceOf(change: Partial<Trace> = {}): Trace {
  const frames = Array.from({ length: 10 }, (_, at) => ({ seconds: at / 5, truth: { default: ['red'] } }));
  const low = rungOf('low', 10, [0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
  low.logits.set([0, 0.5, 0, 0.5, 0, 0.5, 0, 0.5, 0, 0.5], 10);
  return {
    ladder: { name: 'made-up', fingerprint: 'f'.repeat(64) },
    reference: 'high',
    clip: 'clip',
    device: 'none',
    slots: 2,
    picture: { width: 32, height: 24 },
    classes: 2,
    rungs: [low, rungOf('high', 40, Array(10).fill(0))],
    main: FREE,
    frames,
    rasters: new Uint8Array(10 * RASTER_BYTES),
    ...change,
  };
}

/** A plain cascade of both rungs, with a budget. */
export function cascadeView({ time, pool }: VirtualMachine, budgetMs: number | null, p95Ms = [10, 40]): View {
  const question: AskedQuestion = {
    id: 'default',
    text: null,
    classes: LABELS,
    policy: {
      mode: 'cascade',
      rungs: [
        { id: 'low', threshold: 0.9, temperature: 1, mergeWeight: 0 },
        { id: 'high', threshold: 0, temperature: 1, mergeWeight: 1 },
      ],
      judge: () => ({ features: [], entry: () => 0, right: ({ confidence }) => confidence }),
      operatingPoint: 'default',
    },
    poolRungs: [0, 1],
    p95Ms: () => p95Ms,
    reader: null,
  };
  const climb = {
    inference: pool,
    questions: [question],
    clock: time,
    topK: 2,
    raster: () => (frame: Parameters<ReturnType<typeof cascadeRaster>>[0]) => frame,
    features: () => () => new Float64Array(0),
    zero: null,
  };
  return new WholeView({ climb, budgetMs, kind: 'frame', region: WHOLE_FRAME, guard: null });
}

function cascadeRaster() {
  return (frame: { width: number; height: number; pixels: Uint8Array }) => frame;
}
