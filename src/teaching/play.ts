import { Evidence } from '../cascade/evidence.ts';
import { NO_LIMIT, step } from '../cascade/step.ts';
import type { Premodel } from '../premodel/artifact.ts';
import { trainedPolicy } from '../premodel/judge.ts';

/** What a taught question's climb says of some samples. */
export interface Played {
  /** By sample: the answer, the last class is `other`. */
  readonly answers: Int32Array;
  /** How likely that is right, as the climb sees it. */
  readonly likely: Float64Array;
}

const NO_FEATURES = new Float64Array(0);

/**
 * Plays the climb of the operating point `balanced` through, deciding as the daemon does.
 *
 * @param read writes what a rung says of a sample: `float32 [classes]`
 */
export function playClimb(
  premodel: Premodel,
  classes: number,
  count: number,
  read: (rungId: string, sample: number, into: Float32Array) => void,
): Played {
  const policy = trainedPolicy(premodel, 'cascade', 'balanced');
  const judge = policy.judge();
  const evidence = new Evidence(classes);
  const logits = new Float32Array(classes);
  const answers = new Int32Array(count);
  const likely = new Float64Array(count);
  for (let sample = 0; sample < count; sample++) {
    evidence.reset();
    const state = { entry: 0, last: -1, right: 0 };
    for (;;) {
      const decision = step(policy, state, NO_LIMIT);
      if (decision.kind !== 'run') break;
      const rung = policy.rungs[decision.rung] as (typeof policy.rungs)[number];
      read(rung.id, sample, logits);
      evidence.add(decision.rung, logits, rung);
      state.last = decision.rung;
      state.right = judge.right(evidence, NO_FEATURES);
    }
    answers[sample] = evidence.top;
    likely[sample] = state.right;
  }
  return { answers, likely };
}
