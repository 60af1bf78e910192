import { join } from 'node:path';
import { cameraUnknown, messageOf, usageError, WeirError } from '../errors.ts';
import type { Clock, WorkingSize } from '../types.ts';
import type { ExampleLimits } from './example.ts';
import { type LeftoverRules, Leftovers } from './leftovers.ts';
import { disown, own } from './owner.ts';
import { ExampleStore } from './store.ts';
import { EncodingTurn, ExampleTaker } from './taker.ts';

/** What is too old is let go this often, also when no frame comes. */
const ENFORCE_EVERY_MS = 10 * 60_000;

/** A camera, as far as its examples go. */
export interface KeptCamera {
  readonly id: string;
  /** Whether frames of it are kept. What was kept before stays within the limits either way. */
  readonly isKept: boolean;
  readonly limits: ExampleLimits;
}

export interface KeeperParts {
  /** Holds a folder per camera. */
  readonly folder: string;
  /** Of what was kept of cameras that are gone. */
  readonly usualLimits: ExampleLimits;
  readonly working: WorkingSize;
  readonly clock: Clock;
  /** Uniform in 0..1. */
  readonly random: () => number;
  readonly onNotice: (camera: string, text: string) => void;
  readonly onFailure: (camera: string, reason: string) => void;
}

type Keeping =
  | { readonly kind: 'on'; readonly store: ExampleStore; readonly taker: ExampleTaker }
  | { readonly kind: 'off' }
  /** They ought to be kept, and cannot be. */
  | { readonly kind: 'broken'; readonly reason: string };

/** The examples of all cameras. */
export class ExampleKeeper {
  readonly #parts: KeeperParts;
  readonly #turn = new EncodingTurn();
  readonly #leftovers: Leftovers;
  readonly #timer: NodeJS.Timeout;
  #cameras = new Map<string, Keeping>();
  #limits = new Map<string, ExampleLimits>();
  #last: Promise<void> = Promise.resolve();

  constructor(parts: KeeperParts) {
    this.#parts = parts;
    this.#leftovers = new Leftovers({ folder: parts.folder, nowMs: () => parts.clock.unixMs() });
    this.#timer = setInterval(() => void this.#inTurn(() => this.#enforce()), ENFORCE_EVERY_MS);
    this.#timer.unref();
  }

  /**
   * Begins, goes on with and ends keeping until it is as these cameras want it. Never throws: a camera whose examples cannot be
   * kept goes on without.
   */
  apply(cameras: readonly KeptCamera[]): Promise<void> {
    return this.#inTurn(() => this.#apply(cameras));
  }

  async #apply(cameras: readonly KeptCamera[]): Promise<void> {
    const before = this.#cameras;
    const after = new Map<string, Keeping>();
    for (const { id, isKept, limits } of cameras) {
      const keeping = before.get(id);
      if (!isKept) after.set(id, { kind: 'off' });
      else if (keeping?.kind === 'on') after.set(id, await this.#continue(id, keeping, limits));
      else after.set(id, await this.#open(id, limits));
    }
    this.#cameras = after;
    const kept = new Set([...after.values()].flatMap((keeping) => (keeping.kind === 'on' ? [keeping.store] : [])));
    await Promise.all(
      [...before].map(async ([id, keeping]) => {
        if (keeping.kind === 'on' && !kept.has(keeping.store)) await this.#end(id, keeping);
      }),
    );
    this.#limits = new Map(cameras.map(({ id, limits }) => [id, limits]));
    await this.#leftovers.sweep(this.#rules(), this.#parts.onNotice);
  }

  /** Takes frames of a camera; `null` where nothing of it is kept. */
  taker(camera: string): ExampleTaker | null {
    const keeping = this.#cameras.get(camera);
    return keeping?.kind === 'on' ? keeping.taker : null;
  }

  /** @throws WeirError `camera-unknown`, `examples-off`, `examples-broken` */
  store(camera: string): ExampleStore {
    const keeping = this.#cameras.get(camera);
    if (keeping?.kind === 'on') return keeping.store;
    if (keeping === undefined) throw cameraUnknown(camera);
    if (keeping.kind === 'off') throw off(camera);
    throw new WeirError('examples-broken', keeping.reason, { remedy: 'mend it and reload or restart Weir' });
  }

  /**
   * Does something with what is kept of a camera, or what is left of one of which nothing is kept any more: who wants to see or
   * take away pictures of a place need not let more be taken first.
   *
   * @throws what `work` throws; WeirError as of `store`, where there is nothing
   */
  async use<T>(camera: string, work: (store: ExampleStore, isKept: boolean) => Promise<T>): Promise<T> {
    const isLeft = () => !['on', 'broken'].includes(this.#cameras.get(camera)?.kind ?? 'off');
    if (isLeft()) {
      const { limitsOf } = this.#rules();
      // In turn: it may be kept again by then.
      const used = await this.#inTurn(async () =>
        isLeft() ? await this.#leftovers.use(camera, limitsOf(camera), (store) => work(store, false)) : null,
      );
      if (used !== null) return used.result;
    }
    return await work(this.store(camera), true);
  }

  /** How many pictures are left of a camera of which nothing is kept any more. */
  leftOf(camera: string): number {
    return this.storeIfAny(camera) === null ? this.#leftovers.countOf(camera) : 0;
  }

  /** The store, or `null` where there is none for whatever reason. */
  storeIfAny(camera: string): ExampleStore | null {
    const keeping = this.#cameras.get(camera);
    return keeping?.kind === 'on' ? keeping.store : null;
  }

  /** Why nothing of a camera is kept that ought to be; `null` where that is not so. */
  problemOf(camera: string): string | null {
    const keeping = this.#cameras.get(camera);
    return keeping?.kind === 'broken' ? keeping.reason : null;
  }

  /** Resolves when nothing is written any more. */
  stop(): Promise<void> {
    clearInterval(this.#timer);
    return this.#inTurn(() => this.#stop());
  }

  async #stop(): Promise<void> {
    const all = [...this.#cameras];
    this.#cameras = new Map();
    await Promise.all(all.map(([id, keeping]) => (keeping.kind === 'on' ? this.#end(id, keeping) : null)));
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#last.then(work);
    this.#last = next.then(
      () => {},
      () => {},
    );
    return next;
  }

  async #open(id: string, limits: ExampleLimits): Promise<Keeping> {
    const { folder, clock, working, random, onNotice, onFailure } = this.#parts;
    try {
      const store = await ExampleStore.open({
        folder: join(folder, id),
        limits,
        nowMs: () => clock.unixMs(),
        onNotice: (text) => onNotice(id, text),
      });
      await own(join(folder, id));
      const turn = this.#turn;
      const taker = new ExampleTaker({ store, turn, working, clock, random, onFailure: (why) => onFailure(id, why) });
      return { kind: 'on', store, taker };
    } catch (error) {
      onFailure(id, messageOf(error));
      return { kind: 'broken', reason: messageOf(error) };
    }
  }

  async #continue(id: string, keeping: Extract<Keeping, { kind: 'on' }>, limits: ExampleLimits): Promise<Keeping> {
    await keeping.store.enforce(limits).catch((error: unknown) => this.#parts.onFailure(id, messageOf(error)));
    return keeping;
  }

  async #enforce(): Promise<void> {
    for (const [id, keeping] of this.#cameras) {
      if (keeping.kind !== 'on') continue;
      await keeping.store.enforce().catch((error: unknown) => this.#parts.onFailure(id, messageOf(error)));
    }
    await this.#leftovers.sweepDue(this.#rules());
  }

  #rules(): LeftoverRules {
    // Those that are broken are a person's to look at.
    const kept = new Set([...this.#cameras].flatMap(([id, { kind }]) => (kind === 'off' ? [] : [id])));
    return { kept, limitsOf: (id) => this.#limits.get(id) ?? this.#parts.usualLimits };
  }

  async #end(id: string, { taker, store }: Extract<Keeping, { kind: 'on' }>): Promise<void> {
    await taker.settled();
    await store.close();
    await disown(join(this.#parts.folder, id));
  }
}

function off(camera: string): WeirError {
  return usageError(
    'examples-off',
    `no examples of camera ${camera} are kept`,
    `let its entry in the configuration say\n      examples:\n        keep: true\n    and reload: pictures of it are then kept on this machine`,
  );
}
