import type { Problem } from './wire.ts';

/** What went wrong and what to do, where it happened. */
export function ProblemNote({ problem }: { readonly problem: Problem }) {
  const isScope = problem.status === 401 || problem.status === 403;
  return (
    <div class="note bad" role="alert">
      <strong>{isScope ? 'Your token may not do this. ' : ''}</strong>
      {problem.message}
      {problem.remedy !== null && problem.remedy !== '' && <p>→ {problem.remedy}</p>}
      {isScope && <p>→ use a token with the scope “admin” (weir token create --scope admin)</p>}
    </div>
  );
}
