import type { Problem } from './wire.ts';

/** What went wrong and what to do, where it happened. */
export function ProblemNote({ problem: { message, remedy } }: { readonly problem: Problem }) {
  return (
    <div class="note bad" role="alert">
      {message}
      {remedy !== null && remedy !== '' && <p>→ {remedy}</p>}
    </div>
  );
}

/** Told before somebody tries in vain. @param what as `Moving it` */
export function ReaderNote({ what }: { readonly what: string }) {
  return (
    <p class="note">
      The token in use may only read. {what} takes one with the scope admin:{' '}
      <code>weir token create --scope admin</code>
    </p>
  );
}
