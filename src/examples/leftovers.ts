import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../errors.ts';
import type { ExampleLimits } from './example.ts';
import { ExampleStore } from './store.ts';

export interface LeftoverOptions {
  /** Holds a folder per camera. */
  readonly folder: string;
  readonly nowMs: () => number;
}

/** What is a leftover, and how long it may stay. */
export interface LeftoverRules {
  /** Cameras whose examples are kept now. */
  readonly kept: ReadonlySet<string>;
  readonly limitsOf: (camera: string) => ExampleLimits;
}

/** Examples of cameras of which nothing is kept any more, or that are gone: they get as old as any, not older. */
export class Leftovers {
  readonly #options: LeftoverOptions;
  /** By camera, what was found: nothing is opened again before it is too old. */
  readonly #dueMs = new Map<string, number>();

  constructor(options: LeftoverOptions) {
    this.#options = options;
  }

  /** Looks at all there is, and tells what is left of it; an empty folder goes. Never throws. */
  async sweep(rules: LeftoverRules, onNotice: (camera: string, text: string) => void): Promise<void> {
    this.#dueMs.clear();
    await this.sweepDue(rules, onNotice);
  }

  /** Looks only at what has become too old since, and at what was not there before. */
  async sweepDue(rules: LeftoverRules, onNotice: (camera: string, text: string) => void = () => {}): Promise<void> {
    const { folder, nowMs } = this.#options;
    const found = await readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const entry of found) {
      const camera = entry.name;
      if (!entry.isDirectory() || rules.kept.has(camera)) continue;
      if (nowMs() <= (this.#dueMs.get(camera) ?? -Infinity)) continue;
      await this.#shrink(camera, rules.limitsOf(camera), (text) => onNotice(camera, text));
    }
  }

  async #shrink(camera: string, limits: ExampleLimits, tell: (text: string) => void): Promise<void> {
    const { folder, nowMs } = this.#options;
    const own = join(folder, camera);
    try {
      const store = await ExampleStore.open({ folder: own, limits, nowMs, onNotice: tell });
      const { size, oldestMs } = store.set;
      await store.close();
      this.#dueMs.set(camera, (oldestMs ?? -Infinity) + limits.maxAgeMs);
      if (size > 0) tell(`${size} pictures of camera ${camera} from before are left in ${own}, until they are too old`);
      else await rm(own, { recursive: true, force: true });
    } catch (error) {
      tell(messageOf(error));
    }
  }
}
