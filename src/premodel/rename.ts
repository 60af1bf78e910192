import type { OperatingPoint, Premodel } from './artifact.ts';

/**
 * A premodel that runs other rungs in place of some of its own. What was fitted is kept: it is meant for precision twins, which
 * have the same weights, and all but always the same answers.
 */
export function withRungs(premodel: Premodel, replacements: ReadonlyMap<string, string>): Premodel {
  const replaced = (id: string) => replacements.get(id) ?? id;
  const renamed = (points: readonly OperatingPoint[]) =>
    points.map((point) => ({
      ...point,
      rungs: point.rungs.map(replaced),
      expected: {
        ...point.expected,
        shareByRung: Object.fromEntries(
          Object.entries(point.expected.shareByRung).map(([id, share]) => [replaced(id), share]),
        ),
      },
    }));
  const { select, cascade, hybrid } = premodel.modes;
  return {
    ...premodel,
    rungs: premodel.rungs.map((rung) => ({ ...rung, id: replaced(rung.id) })),
    modes: { select: renamed(select), cascade: renamed(cascade), hybrid: renamed(hybrid) },
  };
}
