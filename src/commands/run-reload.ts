import type { Config } from '../config/schema.ts';
import { messageOf, usageError, WeirError } from '../errors.ts';
import type { Logger } from '../service/log.ts';
import { type CameraChanges, restartKeys } from './config-changes.ts';
import type { RunningCameras } from './run-cameras.ts';
import type { SystemdWords } from './run-systemd.ts';
import type { SettledCamera } from './settled.ts';

export interface ReloadParts {
  /** Reads the configuration anew. */
  readonly read: () => Promise<Config>;
  readonly current: Config;
  /** Reads what stands outside of the cameras' entries. */
  readonly settle: (config: Config) => Promise<readonly SettledCamera[]>;
  readonly cameras: Pick<RunningCameras, 'change' | 'withoutRungs'>;
  readonly notifier: Pick<SystemdWords, 'reloading' | 'ready'> | null;
  readonly log: Pick<Logger, 'info' | 'error' | 'setLevel'>;
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
  #isStopped = false;

  constructor(parts: ReloadParts) {
    this.#parts = parts;
    this.#current = parts.current;
  }

  request(): void {
    if (this.#isStopped) return;
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

  /** Resolves when none is under way any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
  }

  async #work(): Promise<void> {
    const { notifier, log } = this.#parts;
    notifier?.reloading();
    try {
      await this.#reload();
    } catch (error) {
      const remedy = error instanceof WeirError ? `\n  → ${error.remedy}` : '';
      log.error({}, `the configuration is not reloaded, the one before stays in force: ${messageOf(error)}${remedy}`);
    } finally {
      notifier?.ready();
    }
  }

  async #reload(): Promise<void> {
    const { read, settle, cameras, log, onChange } = this.#parts;
    const config = await read();
    // A camera that is taught between reading its heads and applying them would lose what it was taught.
    await cameras.change(async (apply) => {
      const wanted = await settle(config);
      requireLive(this.#current, config, cameras.withoutRungs(wanted));
      if (this.#isStopped) return;
      log.setLevel(config.log.level);
      const changes = await apply(wanted);
      this.#current = config;
      log.info({ ...changes }, `the configuration is reloaded: ${inWords(changes)}`);
      onChange(config, wanted);
    });
  }
}

/** @throws WeirError `reload-needs-restart` naming every key that a running daemon cannot change */
function requireLive(before: Config, after: Config, withoutRungs: readonly string[]): void {
  const keys = restartKeys(before, after);
  const modes = withoutRungs.map(
    (id) => `the mode, the operating point or the heads of camera ${id} (the rungs that it needs are not loaded)`,
  );
  if (keys.length + modes.length === 0) return;
  throw usageError(
    'reload-needs-restart',
    `a running Weir cannot change ${[...keys, ...modes].join(', ')}`,
    'set them back, or restart Weir (`systemctl restart weir`)',
  );
}

function inWords(changes: CameraChanges): string {
  const parts = Object.entries(changes).filter(([, ids]) => ids.length > 0);
  if (parts.length === 0) return 'no camera is other than before';
  return parts.map(([what, ids]) => `${what} ${ids.join(', ')}`).join('; ');
}
