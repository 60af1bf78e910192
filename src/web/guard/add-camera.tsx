import { useState } from 'preact/hooks';
import { problemOf } from '../api.ts';
import { useSession } from '../shell/context.ts';
import type { Problem } from '../wire.ts';
import { type CameraDraft, cameraRequest, draftProblem } from './camera-draft.ts';
import { CameraFields } from './camera-fields.tsx';

const EMPTY: CameraDraft = { id: '', source: '', username: '', password: '', fps: '5', budgetMs: '100' };

/** A form that adds a camera to the running daemon. */
export function AddCamera() {
  const { api, describeSoon } = useAdding();
  const [draft, setDraft] = useState(EMPTY);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isSending, setSending] = useState(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    const wrong = draftProblem(draft);
    setProblem(wrong);
    if (wrong !== null) return;
    setSending(true);
    try {
      await api.send('POST', '/api/cameras', cameraRequest(draft));
      setDraft(EMPTY);
      describeSoon();
      location.hash = '#/';
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setSending(false);
    }
  };
  return (
    <form class="panel add" onSubmit={submit} noValidate>
      <CameraFields draft={draft} onChange={setDraft} isNew problem={problem} />
      <div class="buttons wide">
        <button type="submit" class="primary" disabled={isSending}>
          {isSending ? 'Adding …' : 'Add camera'}
        </button>
      </div>
    </form>
  );
}

function useAdding() {
  const session = useSession();
  return { api: session.api, describeSoon: () => session.describeSoon() };
}
