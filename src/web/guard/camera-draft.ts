import type { Problem } from '../wire.ts';

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
    budgetMs: budgetMs.trim() === '' ? null : Number(budgetMs),
    ...(username === '' ? {} : { username }),
    ...(password === '' ? {} : { password }),
  };
}
