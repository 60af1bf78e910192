import { useState } from 'preact/hooks';
import { problemOf } from '../api.ts';
import { EditCamera } from './edit-camera.tsx';
import { ProblemNote, ReaderNote } from './problem.tsx';
import { useIsReader } from './use.ts';
import type { Camera, PageParts, Problem } from './wire.ts';

interface ControlProps {
  readonly camera: Camera;
  readonly parts: PageParts;
  readonly onChange: () => void;
}

const READ_ONLY: Readonly<Record<string, string>> = {
  configuration: 'It stands in the configuration file: pause, change or remove it there, then reload Weir.',
  'command-line': 'It was given with --source when Weir was started: it is changed by starting Weir anew.',
};

/** Changing, pausing and removing a camera that was added here; why not, of any other. */
export function Control({ camera, parts, onChange }: ControlProps) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [isAsking, setAsking] = useState(false);
  const [isEditing, setEditing] = useState(false);
  const { id, origin, state, paused = false } = camera;
  const isReader = useIsReader(parts.api, origin === 'api' ? id : null);
  if (origin !== 'api') {
    const why = READ_ONLY[origin ?? ''];
    return why === undefined ? null : <p class="soft read-only">{why}</p>;
  }
  if (isReader) return <ReaderNote what="Changing, pausing or removing this camera" />;
  const path = `/api/cameras/${encodeURIComponent(id)}`;
  const act = async (work: () => Promise<unknown>, then: () => void) => {
    setBusy(true);
    setProblem(null);
    try {
      await work();
      then();
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  };
  const remove = () =>
    act(
      () => parts.api.send('DELETE', path),
      () => {
        location.hash = '#/';
      },
    );
  return (
    <div class="control">
      {state === 'failed' && !isEditing && <p>Mend its source, user name or password here:</p>}
      <div class="buttons">
        {!isEditing && (
          <button type="button" disabled={isBusy} onClick={() => setEditing(true)}>
            Edit …
          </button>
        )}
        <button
          type="button"
          disabled={isBusy}
          onClick={() => act(() => parts.api.send('POST', `${path}/${paused ? 'resume' : 'pause'}`), onChange)}
        >
          {paused ? '▶ Resume' : '❚❚ Pause'}
        </button>
        {!isAsking && (
          <button type="button" class="danger" disabled={isBusy} onClick={() => setAsking(true)}>
            Remove …
          </button>
        )}
      </div>
      {isEditing && (
        <EditCamera
          camera={camera}
          parts={parts}
          onEnd={(isChanged) => {
            setEditing(false);
            if (isChanged) onChange();
          }}
        />
      )}
      {isAsking && (
        <div class="note">
          <p>Remove camera {id}? Its labels stay in the history; what it was taught and its examples stay on disk.</p>
          <div class="buttons">
            <button type="button" class="danger" disabled={isBusy} onClick={remove}>
              Remove it
            </button>
            <button type="button" onClick={() => setAsking(false)}>
              Keep it
            </button>
          </div>
        </div>
      )}
      {problem !== null && <ProblemNote problem={problem} />}
    </div>
  );
}
