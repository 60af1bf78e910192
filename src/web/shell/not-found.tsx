export function NotFound({ path }: { readonly path: string }) {
  return (
    <main class="page narrow">
      <h1>Nothing here</h1>
      <p>
        There is no page <code>{path}</code>.
      </p>
      <p>
        <a class="button primary" href="#/">
          All cameras
        </a>
      </p>
    </main>
  );
}
