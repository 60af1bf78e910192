import type { Mode } from '../cascade/policy.ts';
import { genericId } from '../pipeline/question.ts';
import { regionQuestionId } from '../pipeline/region-climb.ts';
import type { Premodel } from '../premodel/artifact.ts';
import { pointIndex } from '../premodel/judge.ts';
import type { PointNamed, QuestionPoints } from '../server/points-answer.ts';
import type { Engine } from './engine.ts';
import { type SettledCamera, wishOf } from './settled.ts';

type Fitted = Pick<Engine, 'premodel' | 'timings'>;

/** The fronts of a camera's questions, in the order in which they are asked; none of those that no premodel was fitted for. */
export function questionPoints(camera: SettledCamera, engine: Fitted): QuestionPoints[] {
  const parts = camera.settledRegions.map((region) => pointsOf(region.camera, engine, region.id));
  return parts.length === 0 ? pointsOf(camera, engine, null) : parts.flat();
}

/** Where a camera is among its points: by its first question that has some. @param questions of `questionPoints` */
export function currentPoint(operatingPoint: string, questions: readonly QuestionPoints[]): PointNamed {
  const name = /^\d+$/.test(operatingPoint) ? null : operatingPoint;
  return questions[0]?.current ?? { name, index: null };
}

function pointsOf(camera: SettledCamera, engine: Fitted, region: string | null): QuestionPoints[] {
  const { mode, operatingPoint, heads, generic } = wishOf(camera);
  const taught = heads?.questions ?? [];
  const fronts = taught.map(({ id, premodel }) => ({
    id: region === null ? id : regionQuestionId(region, id),
    premodel,
  }));
  if (generic && engine.premodel !== null) {
    const own = genericId(taught.map(({ id }) => id));
    fronts.push({ id: region === null ? own : regionQuestionId(region, null), premodel: engine.premodel });
  }
  return fronts.flatMap(({ id, premodel }) => frontOf(id, premodel, mode, operatingPoint, engine.timings));
}

function frontOf(
  question: string,
  { modes, reference: { id, costMs, accuracy }, fitted }: Premodel,
  mode: Mode,
  operatingPoint: string,
  timings: Fitted['timings'],
): QuestionPoints[] {
  if (mode.kind === 'fixed') return [];
  const front = modes[mode.kind];
  const meanMs = timings.find(({ rung }) => rung === id)?.p50Ms ?? costMs;
  const index = pointIndex(front, operatingPoint);
  return [
    {
      question,
      current: { name: front[index]?.name ?? null, index },
      truth: fitted.truth,
      reference: { id, meanMs, accuracy },
      points: front.map(({ name = null, rungs, expected: { crossFitted: _, ...expected } }, at) => ({
        index: at,
        name,
        rungs,
        ...expected,
        costMs: expected.costRatio * meanMs,
      })),
    },
  ];
}
