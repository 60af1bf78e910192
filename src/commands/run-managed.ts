import { formatPath, type Problem } from '../artifact/problems.ts';
import { apiEntry } from '../config/api-camera.ts';
import type { Config } from '../config/schema.ts';
import { usageError, WeirError } from '../errors.ts';
import { type Redactor, secretsOf } from '../secrets.ts';
import type { Engine } from './engine.ts';
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
  readonly cameras: Pick<RunningCameras, 'change' | 'lacking'>;
  readonly ensureRungs: Engine['ensureRungs'];
  readonly stop: AbortSignal;
}

/** Cameras that come over the API, beside those of the configuration. Changes are done in turn, each whole or not at all. */
export class ManagedCameras {
  readonly #parts: ManagedParts;
  #stored: readonly StoredCamera[];
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
    return this.#inForce(this.#parts.config(), this.#stored);
  }

  /** A configuration's cameras with those of the API behind them. */
  settle(config: Config): Promise<SettledCamera[]> {
    return this.#settle(config, this.#stored);
  }

  /** Leaves out, until the next start, those that cannot be brought into force; the others go on. */
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
        onNotice(`camera ${stored.camera.id}, added over the API, is left out: ${error.message}; ${error.remedy}`);
      }
    }
    this.#stored = usable;
  }

  async add(body: unknown): Promise<string> {
    const { entry, camera } = valid(body);
    await this.#change(`camera ${camera.id} was added over the API`, (stored) => {
      const known = [...this.#parts.config().cameras, ...stored.map((other) => other.camera)];
      if (known.every(({ id }) => id !== camera.id)) return [...stored, { entry, camera, isPaused: false }];
      throw usageError('camera-exists', `there is a camera "${camera.id}" already`, 'choose another id, or PATCH it');
    });
    return camera.id;
  }

  async change(id: string, body: unknown): Promise<void> {
    await this.#change(`camera ${id} was changed over the API`, (stored) =>
      this.#replace(stored, id, (before) => {
        const { entry, camera } = valid(merged(before.entry, body));
        if (camera.id !== id) throw invalid([{ path: ['id'], message: `stays "${id}": add another camera instead` }]);
        return { ...before, entry, camera };
      }),
    );
  }

  async pause(id: string, isPaused: boolean): Promise<void> {
    await this.#change(`camera ${id} was ${isPaused ? 'paused' : 'resumed'} over the API`, (stored) =>
      this.#replace(stored, id, (before) => ({ ...before, isPaused })),
    );
  }

  async remove(id: string): Promise<void> {
    await this.#change(`camera ${id} was removed over the API`, (stored) => {
      this.#requireOwn(stored, id);
      return stored.filter(({ camera }) => camera.id !== id);
    });
  }

  #replace(stored: readonly StoredCamera[], id: string, change: (before: StoredCamera) => StoredCamera) {
    this.#requireOwn(stored, id);
    return stored.map((other) => (other.camera.id === id ? change(other) : other));
  }

  #requireOwn(stored: readonly StoredCamera[], id: string): void {
    if (this.#parts.config().cameras.some((camera) => camera.id === id)) {
      const message = `camera ${id} is in the configuration, or was given with --source`;
      throw usageError('camera-read-only', message, 'change it there, and reload');
    }
    if (stored.some(({ camera }) => camera.id === id)) return;
    throw new WeirError('camera-unknown', `there is no camera "${id}"`, { remedy: 'GET /api/cameras lists them' });
  }

  #change(text: string, edit: (stored: readonly StoredCamera[]) => readonly StoredCamera[]): Promise<void> {
    const done = this.#turn.then(() => this.#bringIntoForce(edit));
    this.#turn = done.catch(() => {});
    return done.then(() => this.#parts.onChange(text));
  }

  async #bringIntoForce(edit: (stored: readonly StoredCamera[]) => readonly StoredCamera[]): Promise<void> {
    const force = this.#force;
    if (force === null) {
      throw new WeirError('not-ready', 'models are still being loaded', { remedy: 'try again in a moment' });
    }
    const { store, config } = this.#parts;
    for (;;) {
      const lacking = await force.cameras.change(async (apply) => {
        const next = edit(this.#stored);
        for (const stored of next) this.#hide(stored);
        const wanted = await this.#settle(config(), next);
        const lacking = force.cameras.lacking(wanted).flatMap(({ rungs }) => rungs);
        if (lacking.length > 0) return lacking;
        await store.write(next);
        this.#stored = next;
        await apply(wanted);
        return [];
      });
      if (lacking.length === 0) return;
      await force.ensureRungs([...new Set(lacking)], force.stop);
    }
  }

  async #settle(config: Config, stored: readonly StoredCamera[]): Promise<SettledCamera[]> {
    const own = this.#inForce(config, stored);
    const cameras = [...config.cameras, ...own.map(({ camera }) => camera)];
    const paused = new Map(own.map(({ camera, isPaused }) => [camera.id, isPaused]));
    return (await this.#parts.settle({ ...config, cameras })).map((camera) => {
      const isPaused = paused.get(camera.id);
      return isPaused === undefined ? camera : { ...camera, isManaged: true, isPaused };
    });
  }

  #inForce({ cameras }: Config, stored: readonly StoredCamera[]): StoredCamera[] {
    return stored.filter(({ camera }) => cameras.every(({ id }) => id !== camera.id));
  }

  #hide({ camera }: StoredCamera): void {
    for (const secret of secretsOf(camera.source)) this.#parts.redactor.register(secret);
  }
}

/** JSON Merge Patch (RFC 7396): `null` takes a key away. */
function merged(before: unknown, patch: unknown): unknown {
  if (patch === null || typeof patch !== 'object' || Array.isArray(patch)) return patch;
  const isObject = before !== null && typeof before === 'object' && !Array.isArray(before);
  const result: Record<string, unknown> = isObject ? { ...before } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merged(result[key], value);
  }
  return result;
}

function valid(body: unknown): Exclude<ReturnType<typeof apiEntry>, Problem[]> {
  const checked = apiEntry(body);
  if (Array.isArray(checked)) throw invalid(checked);
  return checked;
}

function invalid(problems: readonly Problem[]): WeirError {
  const told = problems.map(({ path, message }) => `${formatPath(path) || 'the body'}: ${message}`);
  return usageError('camera-invalid', told.join('\n'), 'correct it; nothing of it was done');
}
