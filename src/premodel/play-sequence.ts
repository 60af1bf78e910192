import type { OperatingPoint, Premodel } from './artifact.ts';
import { deferralLoss, fitRemembering, type Judges, type JudgesInput } from './judges.ts';
import { type FitTable, runClimb } from './point-search.ts';
import { type FirstAnswers, rememberedOf, type Sequence } from './sequence.ts';
import type { Target } from './targets.ts';

/** What was fitted on what frames alone show. */
export interface FittedAlone {
  readonly judges: Judges;
  readonly table: FitTable;
  readonly modes: Premodel['modes'];
  /** Ids of the subset's rungs. */
  readonly ids: readonly string[];
}

/** What is remembered must say so much more of which answers are right, in log-loss. */
const LEAST_GAIN = 0.01;

/**
 * Plays footage by what was fitted without memory, and fits with what would be remembered then.
 *
 * @returns null where that tells nothing more of which answers are right
 */
export function afterPlaying(input: JudgesInput, alone: FittedAlone, sequence: Sequence, seed: number): Judges | null {
  const { histories, progress } = input;
  progress('footage in order', 0, 1);
  const judges = fitRemembering(input, rememberedOf(sequence, played(input, alone), seed));
  const [before, after] = [alone.judges, judges].map(({ deferral }) => deferralLoss(deferral, histories));
  return (after ?? 0) < (1 - LEAST_GAIN) * (before ?? 0) ? judges : null;
}

/**
 * Whether the climb for the target, judged out of fold, is worth at least what it is without memory: what tells more of which answers
 * are right may come to nothing where looking at the picture for it takes more than it saves.
 */
export function isNoDearer(withMemory: Premodel['modes'], alone: Premodel['modes'], { kind, value }: Target): boolean {
  const own = balancedOf(withMemory).expected;
  const other = balancedOf(alone).expected;
  const asked = kind === 'accuracy-loss' ? { gain: -value, cost: 0 } : { gain: Infinity, cost: value };
  return (
    own.costRatio <= Math.max(other.costRatio, asked.cost) &&
    own.accuracyGainVsTop >= Math.min(other.accuracyGainVsTop, asked.gain)
  );
}

function balancedOf(modes: Premodel['modes']): OperatingPoint {
  return modes.hybrid.find(({ name }) => name === 'balanced') as OperatingPoint;
}

/** What the climb of the hybrid operating point `balanced` says of every sample. */
function played({ histories }: JudgesInput, { table, modes, ids }: FittedAlone): FirstAnswers {
  const point = balancedOf(modes);
  const rungs = point.rungs.map((id) => ids.indexOf(id));
  const { began, ended } = runClimb(table, { mode: 'hybrid', rungs, entry: point.entry, accept: point.accept });
  const answers: FirstAnswers = {
    classes: new Int32Array(table.count),
    right: new Float64Array(table.count),
    rungs: new Float64Array(table.count),
  };
  for (let row = 0; row < table.count; row++) {
    let history = 0;
    for (let at = began[row] ?? 0; at <= (ended[row] ?? 0); at++) history |= 1 << (rungs[at] ?? 0);
    answers.classes[row] = histories.answers(history)[row] ?? -1;
    answers.right[row] = table.deferral(history)[row] ?? 0;
    answers.rungs[row] = (ended[row] ?? 0) / Math.max(1, rungs.length - 1);
  }
  return answers;
}
