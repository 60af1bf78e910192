import type { CameraInfo, Problem } from '../wire.ts';

/** What was typed to add a camera. */
export interface CameraDraft {
  readonly id: string;
  readonly source: string;
  readonly username: string;
  readonly password: string;
  readonly fps: string;
  readonly budgetMs: string;
}

const CAMERA_ID = /^[a-z0-9][a-z0-9_-]{0,62}$/;

/** What the daemon writes in place of a secret. */
const HIDDEN = '***';
const HIDDEN_USER = `${HIDDEN}@`;

/** What is wrong with what was typed, as far as a page can tell; the daemon looks closer. */
export function draftProblem({ id, source, fps, budgetMs }: CameraDraft): Problem | null {
  const problem = (message: string, remedy: string): Problem => ({ status: 0, code: 'draft', message, remedy });
  if (!CAMERA_ID.test(id.trim())) {
    return problem(
      `“${id}” cannot be a camera's name`,
      'use small letters, digits, - and _, and begin with a letter or digit',
    );
  }
  if (source.trim() === '')
    return problem('There is no source', 'say where the pictures come from, as rtsp://192.0.2.7/stream1');
  if (source.includes(HIDDEN))
    return problem(`${HIDDEN} stands for a password that is not shown`, 'write the whole source anew');
  if (!(Number(fps) > 0)) return problem(`“${fps}” is no number of frames per second`, 'use a number above 0, as 5');
  if (budgetMs.trim() !== '' && !(Number(budgetMs) > 0)) {
    return problem(`“${budgetMs}” is no time in milliseconds`, 'use a number above 0, or nothing for no limit');
  }
  return null;
}

/** The body of `POST /api/cameras`: the fields of a camera in the configuration. */
export function cameraRequest({ id, source, username, password, fps, budgetMs }: CameraDraft): Record<string, unknown> {
  return {
    id: id.trim(),
    source: source.trim(),
    fps: Number(fps),
    budgetMs: budgetMs.trim() === '' ? 'none' : Number(budgetMs),
    ...(username === '' ? {} : { username }),
    ...(password === '' ? {} : { password }),
  };
}

/** A camera that was added over the API, as a form shows it: its password is never told. */
export function draftOf({
  id,
  source = '',
  fps,
  budgetMs,
}: Pick<CameraInfo, 'id' | 'source' | 'fps' | 'budgetMs'>): CameraDraft {
  return {
    id,
    source: source.replace(HIDDEN_USER, ''),
    username: '',
    password: '',
    fps: String(fps ?? ''),
    budgetMs: budgetMs === null || budgetMs === undefined ? '' : String(budgetMs),
  };
}

/** What is wrong with changes; what stays as it is was right. */
export function changeProblem(before: CameraDraft, after: CameraDraft): Problem | null {
  const checked = { ...after, id: 'as-it-is' };
  if (after.source === before.source) checked.source = 'as it is';
  if (after.fps === before.fps) checked.fps = '1';
  return draftProblem(checked);
}

/** The body of `PATCH /api/cameras/ID`: what is another than before. Without a password typed, the password stays. */
export function changeRequest(before: CameraDraft, after: CameraDraft): Record<string, unknown> {
  const request = cameraRequest(after);
  const changed = (key: keyof CameraDraft) => (after[key] === before[key] ? {} : { [key]: request[key] });
  return {
    ...changed('source'),
    ...changed('username'),
    ...changed('password'),
    ...changed('fps'),
    ...changed('budgetMs'),
  };
}
