import type { Redactor } from '../secrets.ts';
import type { Logger } from '../service/log.ts';
import type { Shutdown } from '../service/shutdown.ts';
import type { Ladder } from '../types.ts';
import type { RunOptions } from './run-config.ts';
import type { Late } from './run-late.ts';
import type { ManagedCameras } from './run-managed.ts';
import type { SettledCamera } from './settled.ts';
import type { Hangups } from './stop-signal.ts';

/** What everything in the daemon has at hand. */
export interface Service {
  readonly options: RunOptions;
  readonly log: Logger;
  readonly redactor: Redactor;
  readonly shutdown: Shutdown;
  readonly stop: AbortSignal;
  readonly hangups: Hangups;
}

/** What is known before anything is loaded or served. */
export interface Prepared {
  readonly ladder: Ladder;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stateDir: string;
  readonly managed: ManagedCameras;
  /** Cameras of the configuration. */
  readonly settled: readonly SettledCamera[];
  /** These, and those of the API. */
  readonly all: readonly SettledCamera[];
  readonly late: Late;
  /** What the operator is to know, bounded by `note`. */
  readonly notices: string[];
}
