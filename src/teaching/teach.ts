import { createHash } from 'node:crypto';
import { usageError } from '../errors.ts';
import type { Heads } from '../heads/artifact.ts';
import { learnBackground } from '../heads/background.ts';
import { toBase64 } from '../heads/binary.ts';
import type { Progress } from '../premodel/fit.ts';
import { ZERO } from '../words.ts';
import { checkQuestion } from './check.ts';
import type { TeachInput } from './input.ts';
import { teachQuestion } from './question.ts';
import type { Teaching } from './report.ts';
import { scenePairs } from './scene-pairs.ts';

/**
 * Teaches a camera's questions: a head per rung, and on top of them the premodel that says which rungs a frame needs. Pure and
 * deterministic; seconds of arithmetic, which belong in a thread of their own.
 *
 * @throws WeirError `teach-no-questions`, and those of `checkQuestion`; `train-hopeless` where every rung is wrong on everything
 */
export function teach(input: TeachInput, progress: Progress): Teaching {
  requireQuestions(input);
  const count = input.keys.length;
  const checked = input.questions.map((question) => checkQuestion(question, input));
  progress('background', 0, 1);
  const background = learnBackground(input.rasters, count);
  const pairs = scenePairs(input);
  const results = checked.map((own) => teachQuestion(input, own, background, pairs, progress));
  const warnings = [...checked, ...results].flatMap((part) => part.warnings);
  const used = new Set(results.flatMap(({ question }) => question.premodel.rungs.map(({ id }) => id)));
  const costs = [{ id: ZERO, costMs: input.zeroMs }, ...input.rungs];
  const rungs = costs
    .filter(({ id }) => used.has(id))
    .sort((a, b) => a.costMs - b.costMs)
    .map(({ id }) => id);
  const sources: Record<string, number> = {};
  for (const source of input.sources) sources[source] = (sources[source] ?? 0) + 1;
  const heads: Heads = {
    schema: 'weir.heads/1',
    camera: input.camera,
    ladder: { name: input.ladder.name, fingerprint: input.ladder.fingerprint },
    rungs,
    scene: { background: toBase64(background) },
    picture: input.picture,
    questions: results.map(({ question }) => question),
    fitted: {
      samples: count,
      sources,
      data: createHash('sha256')
        .update([...input.keys].sort().join('\n'))
        .digest('hex'),
      seed: input.seed,
      circumstances: input.circumstances,
      warnings,
    },
  };
  const candidateHeads = results.map((result) => result.candidateHeads);
  return { heads, report: { questions: results.map(({ report }) => report), rungs }, warnings, candidateHeads };
}

function requireQuestions({ questions, rungs, ladder }: TeachInput): void {
  const ids = questions.map(({ id }) => id);
  const twice = ids.find((id, at) => ids.indexOf(id) < at);
  if (questions.length === 0 || twice !== undefined) {
    const what = twice === undefined ? 'there is no question to be taught' : `question "${twice}" is asked twice`;
    throw usageError('teach-no-questions', what, 'give each question a name of its own, with at least two classes');
  }
  if (!rungs.some(({ id }) => id === ladder.reference)) {
    throw new RangeError(`the reference ${ladder.reference} is not among the candidates`);
  }
}
