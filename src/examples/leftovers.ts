import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../errors.ts';
import type { ExampleLimits } from './example.ts';
import { ExampleStore } from './store.ts';

export interface LeftoverOptions {
  /** Holds a folder per camera. */
  readonly folder: string;
  /** Cameras whose examples are kept now. */
  readonly kept: ReadonlySet<string>;
  /** How long those of a camera may stay. */
  readonly limitsOf: (camera: string) => ExampleLimits;
  readonly nowMs: () => number;
  readonly onNotice: (camera: string, text: string) => void;
}

/**
 * Examples of cameras of which nothing is kept any more, or that are gone, get as old as any, not older. What is left of them is
 * told; an empty folder goes.
 */
export async function sweepLeftovers({ folder, kept, limitsOf, nowMs, onNotice }: LeftoverOptions): Promise<void> {
  const found = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of found) {
    if (!entry.isDirectory() || kept.has(entry.name)) continue;
    const own = join(folder, entry.name);
    const tell = (text: string) => onNotice(entry.name, text);
    try {
      const store = await ExampleStore.open({ folder: own, limits: limitsOf(entry.name), nowMs, onNotice: tell });
      const { size } = store.set;
      await store.close();
      if (size > 0)
        tell(`${size} pictures of camera ${entry.name} from before are left in ${own}, until they are too old`);
      else await rm(own, { recursive: true, force: true });
    } catch (error) {
      tell(messageOf(error));
    }
  }
}
