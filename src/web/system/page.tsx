import type { PageParts } from '../wire.ts';

/** The machine, the ladder, subscribers, history. */
export function SystemPage(_: { readonly parts: PageParts }) {
  return (
    <main class="page">
      <h1>System</h1>
    </main>
  );
}
