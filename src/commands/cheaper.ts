import { type Mode, type Policy, untrainedPolicy } from '../cascade/policy.ts';
import type { AskedQuestion } from '../pipeline/question.ts';
import type { OperatingPoint, Premodel } from '../premodel/artifact.ts';
import { operatingPoint, trainedPolicy } from '../premodel/judge.ts';

/** Gears below the configured operating point, at most. */
const MOST_GEARS = 6;
/** A gear costs at most this share of the one before. */
const MOST_OF_BEFORE = 0.97;

/** A question with its gears: the same one by cheaper policies. @param asked the question as a policy decides it */
export function withGears(
  question: AskedQuestion,
  policies: readonly Policy[],
  asked: (policy: Policy) => AskedQuestion,
): AskedQuestion {
  return policies.length === 0 ? question : { ...question, cheaper: policies.map(asked) };
}

/**
 * Cheaper ways to decide than a premodel's operating point, each cheaper than the one before: points of its front whose rungs are there,
 * and at last its cheapest rung alone.
 *
 * @param isThere whether a rung can be run
 * @throws WeirError `operating-point-unknown`
 */
export function cheaperTrained(
  premodel: Premodel,
  mode: Mode,
  name: string,
  isThere: (rung: string) => boolean,
): Policy[] {
  if (mode.kind === 'fixed') return [];
  const front = premodel.modes[mode.kind];
  const configured = operatingPoint(premodel, mode.kind, name);
  const cheapest = premodel.rungs.find(({ id }) => isThere(id));
  if (cheapest === undefined) return [];
  const isLast = ({ rungs }: OperatingPoint) => rungs.length === 1 && rungs[0] === cheapest.id;
  if (isLast(configured)) return [];
  const cheaper: number[] = [];
  let limit = configured.expected.costRatio * MOST_OF_BEFORE;
  const byCost = [...front.keys()].sort((a, b) => costAt(front, b) - costAt(front, a));
  for (const at of byCost) {
    const point = front[at] as OperatingPoint;
    if (point.expected.costRatio > limit || isLast(point) || !point.rungs.every(isThere)) continue;
    cheaper.push(at);
    limit = point.expected.costRatio * MOST_OF_BEFORE;
  }
  const { kind } = mode;
  const { id, temperature, mergeWeight } = cheapest;
  const alone = untrainedPolicy({ kind: 'fixed', rung: id }, [
    { id, defaults: { temperature, threshold: 0, mergeWeight } },
  ]);
  return [
    ...evenly(cheaper, MOST_GEARS - 1).map((at) => trainedPolicy(premodel, kind, String(at))),
    { ...alone, operatingPoint: `fixed:${id}` },
  ];
}

/** Cheaper ways to decide than a plain cascade: it ends at a rung further down, at last at the first one. */
export function cheaperCascade(policy: Policy): Policy[] {
  if (policy.mode === 'fixed') return [];
  const ends = evenly([...policy.rungs.keys()].slice(0, -1).reverse(), MOST_GEARS);
  return ends.map((end) => ({
    ...policy,
    rungs: policy.rungs.slice(0, end + 1),
    operatingPoint: `to:${policy.rungs[end]?.id}`,
  }));
}

function costAt(front: readonly OperatingPoint[], at: number): number {
  return front[at]?.expected.costRatio ?? 0;
}

/** At most so many of a list, its last one among them, at even distances. */
function evenly<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items];
  return Array.from({ length: most }, (_, i) => items[Math.ceil(((i + 1) * items.length) / most) - 1] as T);
}
