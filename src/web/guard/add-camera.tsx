import { useState } from 'preact/hooks';
import { problemOf } from '../api.ts';
import { useSession } from '../shell/context.ts';
import type { Problem } from '../wire.ts';
import { type CameraDraft, cameraRequest, draftProblem } from './camera-draft.ts';

const EMPTY: CameraDraft = { id: '', source: '', username: '', password: '', fps: '5', budgetMs: '100' };

/** A form that adds a camera to the running daemon. */
export function AddCamera() {
  const { api, describeSoon } = useAdding();
  const [draft, setDraft] = useState(EMPTY);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isSending, setSending] = useState(false);
  const field = (name: keyof CameraDraft) => ({
    id: `new-${name}`,
    name,
    value: draft[name],
    autoComplete: 'off',
    onInput: (event: { currentTarget: HTMLInputElement }) => setDraft({ ...draft, [name]: event.currentTarget.value }),
  });
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
      <div class="field">
        <label for="new-id">Name</label>
        <input {...field('id')} placeholder="gate" aria-describedby="new-id-hint" required />
        <small id="new-id-hint">Small letters, digits, - and _. Labels carry it.</small>
      </div>
      <div class="field wide">
        <label for="new-source">Source</label>
        <input
          {...field('source')}
          placeholder="rtsp://192.0.2.7/stream1"
          aria-describedby="new-source-hint"
          required
        />
        <small id="new-source-hint">
          RTSP, HTTP (HLS, MJPEG, MP4), /dev/video0, or a file on the machine that runs Weir.
        </small>
      </div>
      <div class="field">
        <label for="new-username">User name</label>
        <input {...field('username')} />
      </div>
      <div class="field">
        <label for="new-password">Password</label>
        <input {...field('password')} type="password" autoComplete="new-password" />
      </div>
      <div class="field">
        <label for="new-fps">Frames per second</label>
        <input {...field('fps')} inputMode="decimal" />
      </div>
      <div class="field">
        <label for="new-budgetMs">Budget per frame, ms</label>
        <input {...field('budgetMs')} inputMode="numeric" aria-describedby="new-budget-hint" />
        <small id="new-budget-hint">Empty: no limit.</small>
      </div>
      {problem !== null && (
        <div class="note bad wide" role="alert">
          <strong>{problem.message}</strong>
          {problem.remedy !== null && <p>{problem.remedy}</p>}
        </div>
      )}
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
