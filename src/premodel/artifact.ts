import { createHash } from 'node:crypto';
import { z } from 'zod';
import { parseArtifact, readTextFile } from '../artifact/read.ts';
import { canonicalJson } from '../artifact/write.ts';
import { OUTPUT_FEATURES } from '../cascade/outputs.ts';
import { isTimeFeature, RECALLED_OUTPUTS } from '../cascade/recollection.ts';
import { usageError } from '../errors.ts';
import { FEATURES } from '../features/catalogue.ts';
import type { Ladder } from '../types.ts';
import type { Tree } from './tree.ts';

const finite = z.number().finite();
const ratio = finite.min(0).max(1);

const tree: z.ZodType<Tree> = z.lazy(() =>
  z.union([
    z.strictObject({ probability: ratio }),
    z.strictObject({ feature: z.int().min(0), below: finite, left: tree, right: tree }),
  ]),
);

const interval = z.tuple([finite, finite]);

/**
 * What a policy did with the samples that it was fitted on. Probabilities are out of fold; thresholds were chosen on these very
 * samples, which flatters a little.
 */
const expected = z.strictObject({
  accuracy: ratio,
  /** Against the reference on the same samples, with its paired interval of `fitted.target.confidence`, or 95 %. */
  accuracyGainVsTop: finite,
  interval,
  /** In runs of the reference. */
  costRatio: finite.positive(),
  meanRungsRun: finite.positive(),
  /** Where it ended, by rung. */
  shareByRung: z.record(z.string(), ratio),
  /** Of a named point: the same choice of thresholds made on one half of the samples and judged on the other, both ways. */
  crossFitted: z.strictObject({ accuracyGainVsTop: finite, interval, costRatio: finite.positive() }).optional(),
});

/** A climb: rungs of the premodel's subset, with a threshold for each but the last. */
const point = z.strictObject({
  name: z.enum(['accurate', 'balanced', 'fast']).optional(),
  rungs: z.array(z.string()).min(1),
  entry: z.array(finite.min(0).max(2)),
  accept: z.array(finite.min(0).max(2)),
  expected,
});

const front = z.array(point).min(1);

/**
 * Difference of the scene up to which the reference's answer stayed, on footage played in order; of how many pairs of frames at or
 * below it, and how many of those had other answers.
 */
export const reuseFit = z.strictObject({
  threshold: finite.positive(),
  pairs: z.int().min(0),
  disagreements: z.int().min(0),
});

/** `weir.premodel/1` */
export const premodelFile = z.strictObject({
  schema: z.literal('weir.premodel/1'),
  ladder: z.strictObject({ name: z.string(), fingerprint: z.string() }),
  /** The ordered subset, cheapest first. */
  rungs: z
    .array(
      z.strictObject({
        id: z.string(),
        /** Median time of `session.run` when the premodel was fitted. */
        costMs: finite.positive(),
        temperature: finite.positive(),
        mergeWeight: finite.nonnegative(),
        /** How likely it is right, from image features; there is none for the last. */
        entry: tree.optional(),
        /**
         * How likely an answer is right that ends with it: weights of `OUTPUT_FEATURES`, then of the features; where it remembers
         * the frames before, of `RECALLED_OUTPUTS` too.
         */
        deferral: z.strictObject({
          intercept: finite,
          weights: z.array(finite),
          recalled: z.array(finite).length(RECALLED_OUTPUTS.length).optional(),
        }),
      }),
    )
    .min(1),
  reference: z.strictObject({ id: z.string(), costMs: finite.positive(), accuracy: ratio }),
  /** Features of the image and of what is remembered, in the order in which trees and weights name them. */
  features: z.array(z.string()),
  modes: z.strictObject({ select: front, cascade: front, hybrid: front }),
  /** Only where it was fitted on footage. */
  reuse: reuseFit.optional(),
  fitted: z.strictObject({
    /** `labels`: true classes; `agreement`: the reference's answers. */
    truth: z.enum(['labels', 'agreement']),
    samples: z.record(z.string(), z.int()),
    /** By condition: sha256 over the sorted sha256 of its samples. */
    data: z.record(z.string(), z.string()).optional(),
    folds: z.int(),
    seed: z.int(),
    target: z.strictObject({
      kind: z.enum(['accuracy-loss', 'cost-ratio']),
      value: finite,
      confidence: ratio.nullable(),
      lossPerCondition: ratio.nullable().optional(),
    }),
    circumstances: z.string(),
  }),
});

export type Premodel = z.infer<typeof premodelFile>;
export type OperatingPoint = z.infer<typeof point>;

/**
 * Reads a premodel and checks that it belongs to the ladder.
 *
 * @throws WeirError `premodel-missing`, `premodel-invalid`, `premodel-other-ladder`
 */
export async function readPremodel(path: string, ladder: Ladder): Promise<Premodel> {
  const premodel = parseArtifact(await readTextFile(path, 'premodel'), path, {
    what: 'premodel',
    schema: premodelFile,
  });
  if (premodel.ladder.fingerprint !== ladder.fingerprint) {
    throw usageError(
      'premodel-other-ladder',
      `${path} was fitted for another ladder: ${premodel.ladder.name} ${premodel.ladder.fingerprint.slice(0, 12)}…, this one is ${ladder.name} ${ladder.fingerprint.slice(0, 12)}…`,
      'fit one for this ladder with `weir train`, or name the ladder that it belongs to',
    );
  }
  const problem = premodelProblem(
    premodel,
    ladder.rungs.map(({ id }) => id),
  );
  if (problem !== null) {
    throw usageError('premodel-invalid', `premodel file ${path}: ${problem}`, 'fit it anew with `weir train`');
  }
  return premodel;
}

/** Identity of a premodel: sha256 of its canonical JSON. */
export function premodelFingerprint(premodel: Premodel): string {
  return createHash('sha256').update(canonicalJson(premodel)).digest('hex');
}

/** The text of a premodel's file: a line per rung, point and small object, so that people can read and compare it. */
export function premodelText(premodel: Premodel): string {
  const list = (items: readonly unknown[], indent: string) =>
    `[\n${items.map((item) => `${indent}  ${JSON.stringify(item)}`).join(',\n')}\n${indent}]`;
  const { rungs, modes, ...rest } = premodel;
  const head = JSON.stringify(rest, null, 2).replace(/\n\}$/, '');
  const fronts = Object.entries(modes).map(([mode, points]) => `    "${mode}": ${list(points, '    ')}`);
  return `${head},\n  "rungs": ${list(rungs, '  ')},\n  "modes": {\n${fronts.join(',\n')}\n  }\n}\n`;
}

/**
 * What a premodel contradicts itself in, or needs and this version or the ladder lacks.
 *
 * @param known ids of rungs
 */
export function premodelProblem(
  { rungs, reference, features, modes }: Premodel,
  known: readonly string[],
): string | null {
  const missing = [...rungs.map(({ id }) => id), reference.id].find((id) => !known.includes(id));
  if (missing !== undefined) return `the ladder has no rung "${missing}"`;
  const unknown = features.find((name) => !isTimeFeature(name) && !FEATURES.some((feature) => feature.name === name));
  if (unknown !== undefined) return `this version of Weir computes no feature "${unknown}"`;
  const twice = rungs.map(({ id }) => id).find((id, index, ids) => ids.indexOf(id) < index);
  if (twice !== undefined) return `rung "${twice}" stands there twice`;
  const weights = OUTPUT_FEATURES.length + features.length;
  for (const [index, { id, entry, deferral }] of rungs.entries()) {
    if (deferral.weights.length !== weights) return `rungs[${index}] (${id}): deferral needs ${weights} weights`;
    if (entry === undefined && index < rungs.length - 1) return `rungs[${index}] (${id}): it has no entry tree`;
    if (entry !== undefined && highestFeature(entry) >= features.length)
      return `rungs[${index}] (${id}): its entry tree asks a feature that is not there`;
  }
  const own = rungs.map(({ id }) => id);
  for (const [mode, points] of Object.entries(modes)) {
    const names = points.flatMap(({ name }) => name ?? []);
    if (new Set(names).size < names.length) return `modes.${mode}: a name stands there twice`;
    for (const [index, { rungs: used, entry, accept }] of points.entries()) {
      const positions = used.map((id) => own.indexOf(id));
      const isOrdered = positions.every(
        (position, i) => position >= 0 && (i === 0 || position > (positions[i - 1] ?? 0)),
      );
      if (!isOrdered) return `modes.${mode}[${index}]: its rungs are not those of the premodel in their order`;
      if (entry.length !== used.length - 1 || accept.length !== used.length - 1) {
        return `modes.${mode}[${index}]: it needs a threshold for each rung but the last`;
      }
    }
  }
  return null;
}

function highestFeature(node: Tree): number {
  if ('probability' in node) return -1;
  return Math.max(node.feature, highestFeature(node.left), highestFeature(node.right));
}
