import type { ReuseState } from '../pipeline/reuse.ts';

/** Adds figures that are read when someone asks. */
type Family = (
  name: string,
  help: string,
  labelNames: string[],
  read: () => (readonly [Record<string, string>, number])[],
) => void;

/** What is known of answers that may be told again, read when someone asks. @param reuses by camera */
export function addReuseMetrics(family: Family, reuses: ReadonlyMap<string, readonly ReuseState[]>): void {
  const each = (read: (state: ReuseState) => number | null) => () =>
    [...reuses].flatMap(([camera, states]) =>
      states.flatMap((state): (readonly [Record<string, string>, number])[] => {
        const value = read(state);
        return value === null ? [] : [[{ camera, question: state.question }, value]];
      }),
    );
  const names = ['camera', 'question'];
  family(
    'weir_reuse_threshold',
    'Difference of the scene up to which the last answer is told again; 0: it never is; absent where nothing moving decides',
    names,
    each(({ threshold }) => threshold),
  );
  family(
    'weir_reuse_proven',
    '1 when enough audits have shown that answers told again are right, 0 until then',
    names,
    each(({ isProven }) => (isProven ? 1 : 0)),
  );
  family(
    'weir_agreement_with_top_ratio',
    'Share of all answers that are the top rung’s, by the audits of the last time; absent until enough are in',
    names,
    each(({ agreement }) => agreement),
  );
}
