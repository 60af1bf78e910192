import type { Config } from '../config/schema.ts';
import { cameraUnknown, messageOf, usageError, WeirError } from '../errors.ts';
import { type Redactor, secretsOf } from '../secrets.ts';
import type { Engine } from './engine.ts';
import { changedEntry, checkedEntry, movedEntry } from './managed-entry.ts';
import { inForce, type LeftOutCamera, settleManaged } from './managed-settle.ts';
import { notReady } from './not-ready.ts';
import type { RunningCameras } from './run-cameras.ts';
import type { CamerasStore, StoredCamera } from './run-cameras-store.ts';
import type { SettledCamera } from './settled.ts';

export interface ManagedParts {
  readonly store: Pick<CamerasStore, 'write'>;
  /** As they were found at the start. */
  readonly stored: readonly StoredCamera[];
  /** The configuration in force, without cameras of the API. */
  readonly config: () => Config;
  readonly settle: (config: Config) => Promise<readonly SettledCamera[]>;
  readonly redactor: Pick<Redactor, 'register'>;
  readonly onChange: (text: string) => void;
}

/** What brings cameras into force, once there is an engine. */
export interface CameraForce {
  readonly cameras: Pick<RunningCameras, 'change' | 'lacking' | 'relook'>;
  readonly ensureRungs: Engine['ensureRungs'];
  readonly stop: AbortSignal;
}

/** Cameras that come over the API, beside those of the configuration. Changes are done in turn, each whole or not at all. */
export class ManagedCameras {
  readonly #parts: ManagedParts;
  #stored: readonly StoredCamera[];
  /** Operating points that cameras of the configuration were moved to, by camera. */
  #moved: ReadonlyMap<string, string> = new Map();
  /** They are kept. */
  #leftOut: readonly LeftOutCamera[] = [];
  #force: CameraForce | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: ManagedParts) {
    this.#parts = parts;
    this.#stored = parts.stored;
    for (const stored of parts.stored) this.#hide(stored);
  }

  /** From now on cameras can be changed. */
  begin(force: CameraForce): void {
    this.#force = force;
  }

  /** Those in force: of the configuration's the entry there counts. */
  get stored(): readonly StoredCamera[] {
    return inForce(this.#parts.config(), this.#stored);
  }

  get leftOut(): readonly LeftOutCamera[] {
    return inForce(this.#parts.config(), this.#leftOut);
  }

  /** A configuration's cameras, as they stand there, with those of the API behind them. */
  settle(config: Config): Promise<SettledCamera[]> {
    return this.#settle(config, this.#stored);
  }

  /** Where a camera of the API gives way to one of the configuration. */
  get clashes(): string[] {
    const { cameras } = this.#parts.config();
    const shadowed = this.#stored.filter(({ camera }) => cameras.some(({ id }) => id === camera.id));
    return shadowed.map(
      ({ camera: { id } }) =>
        `camera ${id} is in the configuration and was added over the API too: the configuration counts`,
    );
  }

  /** A configuration came into force, and its operating points with it. */
  reloaded(): void {
    this.#moved = new Map();
  }

  /** The operating point that a camera of the configuration was moved to; `null`: it is where it is configured. */
  movedTo(id: string): string | null {
    return this.#moved.get(id) ?? null;
  }

  /** Leaves out those that cannot be brought into force; the others go on. */
  async usable(isUsable: (camera: SettledCamera) => void, onNotice: (text: string) => void): Promise<void> {
    const config = this.#parts.config();
    const usable: StoredCamera[] = [];
    for (const stored of this.#stored) {
      try {
        const [camera] = await this.#settle({ ...config, cameras: [] }, [stored]);
        if (camera !== undefined) isUsable(camera);
        usable.push(stored);
      } catch (error) {
        if (!(error instanceof WeirError)) throw error;
        const reason = `${error.message}; ${error.remedy}`;
        this.#leftOut = [...this.#leftOut, { ...stored, reason }];
        onNotice(`camera ${stored.camera.id}, added over the API, is left out: ${reason}`);
      }
    }
    this.#stored = usable;
  }

  /** Those that had to wait for rungs are started when these are loaded. */
  async bringIn(onNotice: (text: string) => void): Promise<void> {
    const done = this.#turn.then(() => this.#bringIntoForce((stored) => stored));
    this.#turn = done.catch(() => {});
    await done.catch((error: unknown) => {
      if (this.#force?.stop.aborted !== true) onNotice(`cameras of the API wait: ${messageOf(error)}`);
    });
  }

  async add(body: unknown): Promise<string> {
    const { entry, camera } = checkedEntry(body);
    await this.#change(camera.id, 'was added', (stored) => {
      const own = [...stored, ...this.#leftOut].map((other) => other.camera);
      const known = [...this.#parts.config().cameras, ...own];
      if (known.every(({ id }) => id !== camera.id)) return [...stored, { entry, camera, isPaused: false }];
      throw usageError('camera-exists', `there is a camera "${camera.id}" already`, 'choose another id, or PATCH it');
    });
    return camera.id;
  }

  async change(id: string, body: unknown): Promise<void> {
    await this.#change(id, 'was changed', (stored) =>
      this.#replace(stored, id, (before) => ({ ...before, ...changedEntry(before, body) })),
    );
  }

  async pause(id: string, isPaused: boolean): Promise<void> {
    await this.#change(id, `was ${isPaused ? 'paused' : 'resumed'}`, (stored) =>
      this.#replace(stored, id, (before) => ({ ...before, isPaused })),
    );
  }

  /** Lets a camera be decided at another operating point from its next frame on; of one of the API that is kept. */
  async move(id: string, operatingPoint: string): Promise<void> {
    await this.#inTurn(`camera ${id} was moved to operating point ${operatingPoint} over the API`, async () => {
      const { cameras, stop } = this.#force ?? notReady();
      let keep = async () => {};
      const settle = async () => {
        const config = this.#parts.config();
        const isConfigured = config.cameras.some((camera) => camera.id === id);
        const moved = isConfigured ? new Map([...this.#moved, [id, operatingPoint]]) : this.#moved;
        const isIt = ({ camera }: StoredCamera) => !isConfigured && camera.id === id;
        const stored = this.#stored.map((other) => (isIt(other) ? movedEntry(other, operatingPoint) : other));
        keep = async () => {
          if (!isConfigured) await this.#write(stored);
          this.#stored = stored;
          this.#moved = moved;
        };
        const alone = { ...config, cameras: config.cameras.filter((camera) => camera.id === id) };
        const [camera] = await this.#settle(alone, stored.filter(isIt), moved);
        if (camera === undefined) throw cameraUnknown(id);
        return camera;
      };
      await cameras.relook(id, { settle, keep: () => keep() }, stop);
    });
  }

  async remove(id: string): Promise<void> {
    await this.#change(id, 'was removed', (stored) => {
      this.#requireOwn(stored, id);
      return stored.filter(({ camera }) => camera.id !== id);
    });
  }

  #replace(stored: readonly StoredCamera[], id: string, change: (before: StoredCamera) => StoredCamera) {
    this.#requireOwn(stored, id);
    const leftOut = this.#leftOut.filter(({ camera }) => camera.id === id);
    return [...stored, ...leftOut].map((other) => (other.camera.id === id ? change(other) : other));
  }

  #requireOwn(stored: readonly StoredCamera[], id: string): void {
    if (this.#parts.config().cameras.some((camera) => camera.id === id)) {
      const message = `camera ${id} is in the configuration, or was given with --source`;
      throw usageError('camera-read-only', message, 'change it there (`paused: true` pauses it), and reload');
    }
    if ([...stored, ...this.#leftOut].every(({ camera }) => camera.id !== id)) throw cameraUnknown(id);
  }

  #change(id: string, what: string, edit: (stored: readonly StoredCamera[]) => readonly StoredCamera[]): Promise<void> {
    return this.#inTurn(`camera ${id} ${what} over the API`, () => this.#bringIntoForce(edit, id));
  }

  #inTurn(text: string, work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done.then(() => this.#parts.onChange(text));
  }

  /** @param changed is no longer left out when it is done */
  async #bringIntoForce(
    edit: (stored: readonly StoredCamera[]) => readonly StoredCamera[],
    changed: string | null = null,
  ): Promise<void> {
    const force = this.#force ?? notReady();
    const { config } = this.#parts;
    for (;;) {
      const lacking = await force.cameras.change(async (apply) => {
        const next = edit(this.#stored);
        for (const stored of next) this.#hide(stored);
        const wanted = await this.#settle(config(), next, this.#moved);
        const lacking = force.cameras.lacking(wanted).flatMap(({ rungs }) => rungs);
        if (lacking.length > 0) return lacking;
        const before = this.#stored;
        const leftOut = this.#leftOut.filter(({ camera }) => camera.id !== changed);
        await this.#write(next, leftOut);
        this.#stored = next;
        try {
          await apply(wanted);
        } catch (error) {
          this.#stored = before;
          await this.#write(before);
          throw error;
        }
        this.#leftOut = leftOut;
        return [];
      });
      if (lacking.length === 0) return;
      await force.ensureRungs([...new Set(lacking)], force.stop);
    }
  }

  async #write(stored: readonly StoredCamera[], leftOut = this.#leftOut): Promise<void> {
    await this.#parts.store.write([...stored, ...leftOut]);
  }

  #settle(
    config: Config,
    stored: readonly StoredCamera[],
    moved: ReadonlyMap<string, string> = new Map(),
  ): Promise<SettledCamera[]> {
    return settleManaged(config, stored, moved, this.#parts.settle);
  }

  #hide({ camera }: StoredCamera): void {
    for (const secret of secretsOf(camera.source)) this.#parts.redactor.register(secret);
  }
}
