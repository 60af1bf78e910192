import { didYouMean } from '../artifact/problems.ts';
import { loadConfig } from '../config/load.ts';
import { withReader } from '../history/reader.ts';
import { Redactor } from '../secrets.ts';
import { readStoredCameras, storedCamerasPath } from './run-cameras-store.ts';

/** Cameras of a configuration. @throws WeirError of the configuration */
export async function camerasConfigured(path: string): Promise<string[]> {
  const { cameras } = await loadConfig({ path, env: process.env, redactor: new Redactor(), onlyLook: true });
  return cameras.map(({ id }) => id);
}

/** Cameras that a state directory tells, without asking a daemon: of the API, of the kept history. */
export async function camerasKnown(stateDir: string): Promise<string[]> {
  const stored = await readStoredCameras(storedCamerasPath(stateDir)).catch(() => ({ cameras: [] }));
  return [...new Set([...stored.cameras.map(({ camera }) => camera.id), ...camerasKept(stateDir)])];
}

/** What to say of names of cameras that are not known: they may be added yet, so that it is no mistake. */
export function cameraDoubts(asked: readonly string[], known: readonly string[]): string[] {
  if (known.length === 0) return [];
  return asked
    .filter((camera) => !known.includes(camera))
    .map(
      (camera) =>
        `no camera "${camera}" is known here${didYouMean(camera, known)}: the token is for it once it is there`,
    );
}

/** Those of which there are messages; none where there is no history, or none that can be read. */
function camerasKept(stateDir: string): string[] {
  try {
    return withReader(stateDir, (reader) => reader.cameras());
  } catch {
    return [];
  }
}
