import type { Config } from '../config/schema.ts';
import type { ExampleKeeper } from '../examples/keeper.ts';
import type { Engine } from './engine.ts';
import type { RunningCameras } from './run-cameras.ts';
import type { DaemonTeaching } from './run-teaching.ts';

/** What comes into being while the daemon already serves; `null` until then. */
export interface Late {
  /** The configuration in force. */
  config: Config;
  engine: Engine | null;
  cameras: RunningCameras | null;
  examples: ExampleKeeper | null;
  teaching: DaemonTeaching | null;
}
