import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { formatPath, type Problem, problemsOf } from '../artifact/problems.ts';
import { parseArtifact, readTextFile } from '../artifact/read.ts';
import { writeArtifact } from '../artifact/write.ts';
import { type ApiEntry, apiEntry } from '../config/api-camera.ts';
import type { CameraConfig } from '../config/schema.ts';
import { messageOf, WeirError } from '../errors.ts';
import { redactUrls } from '../secrets.ts';

const file = z.strictObject({ schema: z.literal('weir.cameras/1'), cameras: z.array(z.unknown()) });
const item = z.strictObject({ entry: z.looseObject({ id: z.string() }), isPaused: z.boolean() });

/** A camera that came over the API. */
export interface StoredCamera {
  /** As it was given. */
  readonly entry: ApiEntry;
  /** With all defaults. */
  readonly camera: CameraConfig;
  readonly isPaused: boolean;
}

/** One of the file that this version does not take: one of another version, or one that a person changed. */
interface UnreadCamera {
  /** As it stands in the file. */
  readonly kept: unknown;
  /** `null`: it has none. */
  readonly id: string | null;
  readonly problems: readonly string[];
}

interface StoredCameras {
  readonly cameras: readonly StoredCamera[];
  readonly unread: readonly UnreadCamera[];
}

export function storedCamerasPath(stateDir: string): string {
  return join(stateDir, 'cameras.json');
}

/** Only reads. An entry that is wrong takes no other with it. @throws WeirError `cameras-missing`, `cameras-invalid` */
export async function readStoredCameras(path: string): Promise<StoredCameras> {
  const text = await readTextFile(path, 'cameras');
  const read = parseArtifact(text, path, { what: 'cameras', schema: file }).cameras.map(readOne);
  return {
    cameras: read.filter((one): one is StoredCamera => 'camera' in one),
    unread: read.filter((one): one is UnreadCamera => 'kept' in one),
  };
}

function readOne(kept: unknown): StoredCamera | UnreadCamera {
  const parsed = item.safeParse(kept);
  const checked = parsed.success ? apiEntry(parsed.data.entry) : problemsOf(parsed.error, item);
  if (parsed.success && !Array.isArray(checked)) return { ...checked, isPaused: parsed.data.isPaused };
  const problems = Array.isArray(checked) ? checked.map(inWords) : [];
  return { kept, id: idOf(kept), problems };
}

function inWords({ path, message }: Problem): string {
  return redactUrls(path.length === 0 ? message : `${formatPath(path)}: ${message}`);
}

function idOf(kept: unknown): string | null {
  const id = (kept as { entry?: { id?: unknown } | null } | null)?.entry?.id;
  return typeof id === 'string' ? id : null;
}

/** `cameras.json` in the state directory: what came over the API, with its passwords; for Weir's user alone. */
export class CamerasStore {
  readonly #path: string;
  /** Written back as they were found: the next version may take them, and so may the one before. */
  #unread: readonly UnreadCamera[] = [];

  constructor(stateDir: string) {
    this.#path = storedCamerasPath(stateDir);
  }

  /** A camera that is wrong is left out, and told; a file that is none is put aside, and Weir begins without. */
  async read(nowMs: number, onNotice: (text: string) => void): Promise<readonly StoredCamera[]> {
    try {
      const { cameras, unread } = await readStoredCameras(this.#path);
      this.#unread = unread;
      for (const { id, problems } of unread) {
        const which = id === null ? 'a camera without an id' : `camera ${id}`;
        onNotice(`${which}, added over the API, is left out: ${problems.join('; ')}; ${this.#wayOut(id)}`);
      }
      return cameras;
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
    const taken = new Set(cameras.map(({ camera }) => camera.id));
    const unread = this.#unread.filter(({ id }) => id === null || !taken.has(id));
    const kept = [...cameras.map(({ entry, isPaused }) => ({ entry, isPaused })), ...unread.map((one) => one.kept)];
    const text = `${JSON.stringify({ schema: 'weir.cameras/1', cameras: kept }, null, 2)}\n`;
    await writeArtifact(this.#path, text, { isPrivate: true });
    this.#unread = unread;
  }

  #wayOut(id: string | null): string {
    const anew = id === null ? '' : ', or add a camera of that id anew';
    return `it stays in ${this.#path}: correct it there while Weir is stopped${anew}`;
  }
}
