import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../errors.ts';
import type { ExampleLimits } from './example.ts';
import { otherOwner } from './owner.ts';
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
  /** By camera, how many pictures are left. */
  readonly #counts = new Map<string, number>();

  constructor(options: LeftoverOptions) {
    this.#options = options;
  }

  countOf(camera: string): number {
    return this.#counts.get(camera) ?? 0;
  }

  /**
   * Opens what is left of a camera for a while.
   *
   * @returns `null` where nothing is left, or where another daemon that runs keeps it
   * @throws what `work` throws; WeirError `examples-unreadable`, `write-failed`
   */
  async use<T>(
    camera: string,
    limits: ExampleLimits,
    work: (store: ExampleStore) => Promise<T>,
  ): Promise<{ readonly result: T } | null> {
    // Only what is found there by that name: a name may come from outside.
    const found = await readdir(this.#options.folder, { withFileTypes: true }).catch(() => []);
    if (!found.some((entry) => entry.name === camera && entry.isDirectory())) return null;
    if ((await otherOwner(join(this.#options.folder, camera))) !== null) return null;
    return await this.#opened(
      camera,
      limits,
      () => {},
      async (store) => (store.set.size === 0 ? null : { result: await work(store) }),
    );
  }

  /** Looks at all there is, and tells what is left of it; an empty folder goes. Never throws. */
  async sweep(rules: LeftoverRules, onNotice: (camera: string, text: string) => void): Promise<void> {
    this.#dueMs.clear();
    this.#counts.clear();
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
    const own = join(this.#options.folder, camera);
    try {
      if ((await otherOwner(own)) !== null) return;
      const size = await this.#opened(camera, limits, tell, async ({ set }) => set.size);
      if (size > 0) tell(`${size} pictures of camera ${camera} from before are left in ${own}, until they are too old`);
    } catch (error) {
      tell(messageOf(error));
    }
  }

  /** Where nothing is left afterwards, the folder goes. */
  async #opened<T>(
    camera: string,
    limits: ExampleLimits,
    onNotice: (text: string) => void,
    work: (store: ExampleStore) => Promise<T>,
  ): Promise<T> {
    const { folder, nowMs } = this.#options;
    const own = join(folder, camera);
    const store = await ExampleStore.open({ folder: own, limits, nowMs, onNotice });
    try {
      return await work(store);
    } finally {
      const { size, oldestMs } = store.set;
      await store.close();
      this.#dueMs.set(camera, (oldestMs ?? -Infinity) + limits.maxAgeMs);
      this.#counts.set(camera, size);
      if (size === 0) await rm(own, { recursive: true, force: true });
    }
  }
}
