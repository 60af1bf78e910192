import { Component, type ComponentChildren } from 'preact';

interface State {
  readonly error: Error | null;
}

/** A page that broke says so, and the rest of the window goes on. */
export class Boundary extends Component<{ readonly children: ComponentChildren }, State> {
  override state: State = { error: null };

  static override getDerivedStateFromError(error: Error): State {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <main class="page narrow">
        <h1>This page broke</h1>
        <p>
          Weir goes on; only what is shown here does not. The browser says: <code>{error.message}</code>
        </p>
        <p class="buttons">
          <button type="button" class="primary" onClick={() => this.setState({ error: null })}>
            Show it again
          </button>
          <a class="button" href="#/">
            All cameras
          </a>
        </p>
      </main>
    );
  }
}
