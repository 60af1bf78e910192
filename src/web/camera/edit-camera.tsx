import { useEffect, useRef, useState } from 'preact/hooks';
import { problemOf } from '../api.ts';
import { changeProblem, changeRequest, draftOf } from '../guard/camera-draft.ts';
import { CameraFields } from '../guard/camera-fields.tsx';
import type { Camera, PageParts, Problem } from './wire.ts';

interface EditProps {
  readonly camera: Camera;
  readonly parts: PageParts;
  /** @param isChanged whether anything was changed */
  readonly onEnd: (isChanged: boolean) => void;
}

/** Changes source, user, password and times of a camera that was added here. */
export function EditCamera({ camera, parts, onEnd }: EditProps) {
  const [before] = useState(() => draftOf(camera));
  const [draft, setDraft] = useState(before);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isSending, setSending] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  // Who opened it goes on in it.
  useEffect(() => form.current?.querySelector('input')?.focus(), []);
  const submit = async (event: Event) => {
    event.preventDefault();
    const wrong = changeProblem(before, draft);
    setProblem(wrong);
    if (wrong !== null) return;
    const request = changeRequest(before, draft);
    if (Object.keys(request).length === 0) return onEnd(false);
    setSending(true);
    try {
      await parts.api.send('PATCH', `/api/cameras/${encodeURIComponent(camera.id)}`, request);
      onEnd(true);
    } catch (error) {
      setProblem(problemOf(error));
      setSending(false);
    }
  };
  return (
    <form class="panel add" onSubmit={submit} noValidate ref={form} aria-label={`Change camera ${camera.id}`}>
      <CameraFields draft={draft} onChange={setDraft} isNew={false} problem={problem} />
      <div class="buttons wide">
        <button type="submit" class="primary" disabled={isSending}>
          {isSending ? 'Changing …' : 'Change it'}
        </button>
        <button type="button" onClick={() => onEnd(false)}>
          Leave it
        </button>
      </div>
    </form>
  );
}
