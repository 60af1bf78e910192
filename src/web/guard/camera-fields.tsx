import type { Problem } from '../wire.ts';
import type { CameraDraft } from './camera-draft.ts';

interface FieldsProps {
  readonly draft: CameraDraft;
  readonly onChange: (draft: CameraDraft) => void;
  /** Of a camera that there is already: it keeps its name, and its password where none is typed. */
  readonly isNew: boolean;
  readonly problem: Problem | null;
}

/** What is asked of whoever adds a camera or changes it. */
export function CameraFields({ draft, onChange, isNew, problem }: FieldsProps) {
  const field = (name: keyof CameraDraft) => ({
    id: `new-${name}`,
    name,
    value: draft[name],
    autoComplete: 'off',
    onInput: (event: { currentTarget: HTMLInputElement }) => onChange({ ...draft, [name]: event.currentTarget.value }),
  });
  return (
    <>
      {isNew && (
        <div class="field">
          <label for="new-id">Name</label>
          <input {...field('id')} placeholder="gate" aria-describedby="new-id-hint" required />
          <small id="new-id-hint">Small letters, digits, - and _. Labels carry it.</small>
        </div>
      )}
      <div class="field wide">
        <label for="new-source">Source</label>
        <input
          {...field('source')}
          placeholder="rtsp://192.0.2.7/stream1"
          aria-describedby="new-source-hint"
          required
        />
        <small id="new-source-hint">
          {isNew
            ? 'RTSP, HTTP (HLS, MJPEG, MP4), /dev/video0, or a file on the machine that runs Weir.'
            : 'With another host or port, give user name and password again: they are not sent elsewhere.'}
        </small>
      </div>
      <div class="field">
        <label for="new-username">User name</label>
        <input {...field('username')} {...(isNew ? {} : { placeholder: 'as it is' })} />
      </div>
      <div class="field">
        <label for="new-password">Password</label>
        <input
          {...field('password')}
          type="password"
          autoComplete="new-password"
          {...(isNew ? {} : { placeholder: 'as it is' })}
        />
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
    </>
  );
}
