import type { PageParts } from '../wire.ts';

/** Everything about one camera. */
export function CameraPage({ id }: { readonly id: string; readonly parts: PageParts }) {
  return (
    <main class="page">
      <p>
        <a href="#/">← All cameras</a>
      </p>
      <h1>{id}</h1>
    </main>
  );
}
