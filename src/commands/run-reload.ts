import type { Config } from '../config/schema.ts';
import { messageOf, usageError, WeirError } from '../errors.ts';
import type { Logger } from '../service/log.ts';
import { type CameraChanges, restartKeys } from './config-changes.ts';
import type { Engine } from './engine.ts';
import type { RunningCameras } from './run-cameras.ts';
import type { LackingCamera } from './run-cameras-parts.ts';
import type { SystemdWords } from './run-systemd.ts';
import type { SettledCamera } from './settled.ts';

export interface ReloadParts {
  /** Reads the configuration anew. */
  readonly read: () => Promise<Config>;
  readonly current: Config;
  /** Reads what stands outside of the cameras' entries. */
  readonly settle: (config: Config) => Promise<readonly SettledCamera[]>;
  readonly cameras: Pick<RunningCameras, 'change' | 'lacking'>;
  readonly ensureRungs: Engine['ensureRungs'];
  readonly notifier: Pick<SystemdWords, 'reloading' | 'ready'> | null;
  readonly log: Pick<Logger, 'info' | 'error' | 'setLevel'>;
  /** Weir is to end when it is aborted, and with it what is under way. */
  readonly stop: AbortSignal;
  /** A configuration came into force. */
  readonly onChange: (config: Config, cameras: readonly SettledCamera[]) => void;
}

/**
 * Reads the configuration again on demand and brings it into force, whole or not at all. One at a time: what is asked for
 * meanwhile is done once, afterwards.
 */
export class Reloads {
  readonly #parts: ReloadParts;
  #current: Config;
  #running: Promise<void> | null = null;
  #isAskedAgain = false;
  readonly #end = new AbortController();
  readonly #stop: AbortSignal;

  constructor(parts: ReloadParts) {
    this.#parts = parts;
    this.#current = parts.current;
    this.#stop = AbortSignal.any([parts.stop, this.#end.signal]);
  }

  request(): void {
    if (this.#stop.aborted) return;
    if (this.#running !== null) {
      this.#isAskedAgain = true;
      return;
    }
    this.#running = this.#work().finally(() => {
      this.#running = null;
      if (!this.#isAskedAgain) return;
      this.#isAskedAgain = false;
      this.request();
    });
  }

  /** Resolves when none is under way any more; rungs that are being loaded are not waited for. */
  async stop(): Promise<void> {
    this.#end.abort();
    await this.#running;
  }

  async #work(): Promise<void> {
    const { notifier, log } = this.#parts;
    notifier?.reloading();
    try {
      await this.#reload();
    } catch (error) {
      if (this.#stop.aborted) log.info({}, 'the configuration is not reloaded: Weir ends');
      else {
        const remedy = error instanceof WeirError ? `\n  → ${error.remedy}` : '';
        log.error({}, `the configuration is not reloaded, the one before stays in force: ${messageOf(error)}${remedy}`);
      }
    } finally {
      if (!this.#stop.aborted) notifier?.ready();
    }
  }

  async #reload(): Promise<void> {
    const config = await this.#parts.read();
    requireLive(this.#current, config);
    // Mostly once. Heads that come while rungs are loaded may need others; the ladder has no end of them.
    for (;;) {
      const lacking = await this.#bringIntoForce(config);
      if (lacking.length === 0) return;
      await this.#load(lacking);
    }
  }

  /** @returns cameras whose rungs are to be loaded first: nothing is changed then */
  async #bringIntoForce(config: Config): Promise<readonly LackingCamera[]> {
    const { settle, cameras, log, onChange } = this.#parts;
    // A camera that is taught between reading its heads and applying them would lose what it was taught.
    return await cameras.change(async (apply) => {
      const wanted = await settle(config);
      this.#stop.throwIfAborted();
      const lacking = cameras.lacking(wanted);
      if (lacking.length > 0) return lacking;
      log.setLevel(config.log.level);
      const changes = await apply(wanted);
      this.#current = config;
      log.info({ ...changes }, `the configuration is reloaded: ${inWords(changes)}`);
      onChange(config, wanted);
      return [];
    });
  }

  /** While frames go on, and other changes too: it takes seconds. @throws WeirError `reload-no-rungs`; when Weir ends */
  async #load(lacking: readonly LackingCamera[]): Promise<void> {
    const { ensureRungs, log } = this.#parts;
    const rungs = [...new Set(lacking.flatMap((camera) => camera.rungs))];
    const what = `${rungs.join(', ')} for camera ${lacking.map(({ camera }) => camera).join(', ')}`;
    log.info({ rungs }, `the reload loads ${what} first; frames go on meanwhile`);
    try {
      await ensureRungs(rungs, this.#stop);
    } catch (error) {
      const remedy = error instanceof WeirError ? error.remedy : 'look at the models with `weir doctor`, and reload';
      throw usageError('reload-no-rungs', `it cannot load ${what}: ${messageOf(error)}`, remedy, error);
    }
  }
}

/** @throws WeirError `reload-needs-restart` naming every key that a running daemon cannot change */
function requireLive(before: Config, after: Config): void {
  const keys = restartKeys(before, after);
  if (keys.length === 0) return;
  throw usageError(
    'reload-needs-restart',
    `a running Weir cannot change ${keys.join(', ')}`,
    'set them back, or restart Weir (`systemctl restart weir`)',
  );
}

function inWords(changes: CameraChanges): string {
  const parts = Object.entries(changes).filter(([, ids]) => ids.length > 0);
  if (parts.length === 0) return 'no camera is other than before';
  return parts.map(([what, ids]) => `${what} ${ids.join(', ')}`).join('; ');
}
