import type { DaemonCredentials } from './daemon-api.ts';
import type { TargetOptions } from './target.ts';
import type { ExampleOptions } from './teach-examples.ts';

/** Of a camera of the running daemon. */
export interface TeachCameraOptions extends DaemonCredentials {
  readonly url?: string;
  readonly list?: boolean;
  readonly label?: readonly string[];
  readonly span?: readonly string[];
  readonly labelOnly?: boolean;
  readonly minutes?: number;
  readonly export?: string;
}

/** What `weir teach` is told. */
export interface TeachOptions extends ExampleOptions, TargetOptions, TeachCameraOptions {
  /** Through the running daemon. */
  readonly camera?: string;
  /** Whose heads these will be; by default what the examples say. */
  readonly name?: string;
  readonly candidates?: boolean | 'all';
  readonly rungs?: readonly string[];
  readonly zero: boolean;
  readonly teacher: boolean;
  readonly seed: number;
  readonly out?: string;
  readonly report?: string;
  readonly ladder?: string;
  readonly cache?: string;
  readonly stateDir?: string;
  readonly json?: boolean;
}
