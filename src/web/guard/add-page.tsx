import { AddCamera } from './add-camera.tsx';

export function AddPage() {
  return (
    <main class="page narrow">
      <p>
        <a href="#/">← All cameras</a>
      </p>
      <h1>Add a camera</h1>
      <AddCamera />
    </main>
  );
}
