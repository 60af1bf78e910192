import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { formatPath } from '../artifact/problems.ts';
import { parseArtifact, readTextFile } from '../artifact/read.ts';
import { writeArtifact } from '../artifact/write.ts';
import { type ApiEntry, apiEntry } from '../config/api-camera.ts';
import type { CameraConfig } from '../config/schema.ts';
import { messageOf, WeirError } from '../errors.ts';

const file = z.strictObject({
  schema: z.literal('weir.cameras/1'),
  cameras: z.array(z.strictObject({ entry: z.looseObject({ id: z.string() }), isPaused: z.boolean() })).max(1000),
});

/** A camera that came over the API. */
export interface StoredCamera {
  /** As it was given. */
  readonly entry: ApiEntry;
  /** With all defaults. */
  readonly camera: CameraConfig;
  readonly isPaused: boolean;
}

export function storedCamerasPath(stateDir: string): string {
  return join(stateDir, 'cameras.json');
}

/** Only reads. @throws WeirError `cameras-missing`, `cameras-invalid`; Error of an entry that is wrong */
export async function readStoredCameras(path: string): Promise<readonly StoredCamera[]> {
  const text = await readTextFile(path, 'cameras');
  const { cameras } = parseArtifact(text, path, { what: 'cameras', schema: file });
  return cameras.map(({ entry, isPaused }) => {
    const checked = apiEntry(entry);
    if (!Array.isArray(checked)) return { ...checked, isPaused };
    throw new Error(checked.map(({ path: at, message }) => `${entry.id}: ${formatPath(at)}: ${message}`).join('\n'));
  });
}

/** `cameras.json` in the state directory: what came over the API, with its passwords; for Weir's user alone. */
export class CamerasStore {
  readonly #path: string;

  constructor(stateDir: string) {
    this.#path = storedCamerasPath(stateDir);
  }

  /** What cannot be read is put aside and told, and Weir begins without. */
  async read(nowMs: number, onNotice: (text: string) => void): Promise<readonly StoredCamera[]> {
    try {
      return await readStoredCameras(this.#path);
    } catch (error) {
      if (error instanceof WeirError && error.code === 'cameras-missing') return [];
      const aside = `${this.#path}.broken-${new Date(nowMs).toISOString().replaceAll(':', '-')}`;
      const kept = await rename(this.#path, aside).then(
        () => `it is kept as ${aside}`,
        () => 'it stays where it is',
      );
      onNotice(`cameras that were added over the API are left out, ${kept}: ${messageOf(error)}`);
      return [];
    }
  }

  /** @throws WeirError `write-failed`; what was there before stays then */
  async write(cameras: readonly StoredCamera[]): Promise<void> {
    const kept = cameras.map(({ entry, isPaused }) => ({ entry, isPaused }));
    const text = `${JSON.stringify({ schema: 'weir.cameras/1', cameras: kept }, null, 2)}\n`;
    await writeArtifact(this.#path, text, { isPrivate: true });
  }
}
