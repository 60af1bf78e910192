import { Evidence } from '../src/cascade/evidence.ts';
import { mean } from '../src/cascade/statistics.ts';
import { planEngine } from '../src/commands/engine.ts';
import { WeirError } from '../src/errors.ts';
import { FEATURES } from '../src/features/catalogue.ts';
import { FEATURE_SIDE } from '../src/features/extractor.ts';
import { frameFeatures } from '../src/features/frame.ts';
import { InputPreparer } from '../src/image/prepare.ts';
import { workingSizeFor } from '../src/image/working-size.ts';
import { createSession, inputTensor } from '../src/infer/runtime.ts';
import { trainedPolicy } from '../src/premodel/judge.ts';
import { median } from '../src/premodel/statistics.ts';
import { type Raster, type Rung, WHOLE_FRAME } from '../src/types.ts';
import { framesOf } from './frames.ts';
import type { BenchFigures, BenchRow } from './report.ts';
import { intervalOf } from './statistics.ts';

const CLIP = new URL('../../fixtures/demo.mp4', import.meta.url).pathname;
const SESSION = { executionProviders: ['cpu'], allowFallback: false, threadsPerSlot: 1 };
const ROUNDS = 4;
const WARM_UP_FRAMES = 20;

/**
 * What deciding costs, against the reference rung's `session.run` on the same frames in turn: making the small raster, all image
 * features, those that the shipped premodel asks for, its entry trees, merging an answer and judging it.
 */
export async function premodel(clip = CLIP): Promise<BenchFigures> {
  const plan = await planEngine({
    ladder: 'imagenet-1k',
    premodel: null,
    rungs: null,
    uses: [{ mode: { kind: 'hybrid' }, operatingPoint: null }],
  });
  const { ladder } = plan;
  if (plan.premodel === null) {
    throw new WeirError('bench-no-premodel', 'the shipped ladder has no premodel', { remedy: 'fit one: `weir train`' });
  }
  const policy = trainedPolicy(plan.premodel, 'hybrid', 'balanced');
  const frames = await framesOf(clip, workingSizeFor(ladder.rungs), 5);
  const reference = await bareRun(ladder.rungs.find(({ id }) => id === ladder.reference) as Rung);

  const small = { input: { width: FEATURE_SIDE, height: FEATURE_SIDE, fit: 'stretch' }, view: 'whole' } as const;
  const preparer = new InputPreparer();
  const raster = new Uint8Array(FEATURE_SIDE * FEATURE_SIDE * 3);
  const allFeatures = frameFeatures(FEATURES.map(({ name }) => name));
  const judge = policy.judge();
  const chosenFeatures = frameFeatures(judge.features);
  const evidence = new Evidence(ladder.labels.length);
  const parameters = policy.rungs[0] as (typeof policy.rungs)[number];

  const times = {
    reference: [] as number[],
    raster: [] as number[],
    all: [] as number[],
    features: [] as number[],
    entry: [] as number[],
    merge: [] as number[],
    judge: [] as number[],
  };
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, frame] of frames.entries()) {
      const isCounted = round > 0 || index >= WARM_UP_FRAMES;
      const timed = <T>(into: number[], work: () => T): T => {
        const begun = performance.now();
        const result = work();
        if (isCounted) into.push(performance.now() - begun);
        return result;
      };
      const { logits, runMs } = await reference(frame);
      if (isCounted) times.reference.push(runMs);
      timed(times.raster, () => preparer.prepare(frame, WHOLE_FRAME, small, raster));
      // In turn: the second finds the frame in the processor's caches.
      if (index % 2 === 0) timed(times.all, () => allFeatures(frame, WHOLE_FRAME));
      const features = timed(times.features, () => chosenFeatures(frame, WHOLE_FRAME));
      if (index % 2 === 1) timed(times.all, () => allFeatures(frame, WHOLE_FRAME));
      timed(times.entry, () => judge.entry(features));
      evidence.reset();
      timed(times.merge, () => evidence.add(0, logits, parameters));
      timed(times.judge, () => judge.right(evidence, features));
    }
  }
  const together = times.features.map((ms, i) => ms + (times.entry[i] ?? 0) + (times.judge[i] ?? 0));
  const variant = `rung:${ladder.reference}`;
  const row = (what: string, figure: string, values: readonly number[], statistic = median): BenchRow => ({
    case: 'frame',
    variant: what,
    figure: `${figure}, ${statistic.name}`,
    value: statistic(values),
    unit: 'ms',
    n: values.length,
    ci: intervalOf(values, statistic),
    against: variant,
    ratio: statistic(values) / statistic(times.reference),
  });
  const rows = [
    row(variant, 'session.run', times.reference),
    row('weir', 'features and premodel', together),
    row('weir', 'features and premodel', together, mean),
    row('part:raster', 'small raster', times.raster),
    row('part:features', `raster and ${judge.features.length} chosen features`, times.features),
    row('part:all-features', `raster and all ${FEATURES.length} features`, times.all),
    row('part:entry', 'entry trees', times.entry),
    row('part:merge', 'merging an answer', times.merge),
    row('part:judge', 'judging an answer', times.judge),
  ];
  return { schema: 'weir.bench/1', name: 'premodel', ladder: ladder.fingerprint, rows };
}

/** `session.run` alone on a prepared input, with its answer. */
async function bareRun(rung: Rung): Promise<(frame: Raster) => Promise<{ logits: Float32Array; runMs: number }>> {
  const { session } = await createSession(rung.path, SESSION);
  const { width, height } = rung.input;
  const pixels = new Uint8Array(width * height * 3);
  const feeds = { image: inputTensor('uint8', pixels, [1, height, width, 3]) };
  const preparer = new InputPreparer();
  return async (frame) => {
    preparer.prepare(frame, WHOLE_FRAME, rung, pixels);
    const begun = performance.now();
    const { logits } = await session.run(feeds, ['logits']);
    return { runMs: performance.now() - begun, logits: logits?.data as Float32Array };
  };
}
