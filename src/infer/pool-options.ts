import type { Clock, ClockStateName, Rung } from '../types.ts';
import type { SessionSettings } from './runtime.ts';

export interface PoolOptions {
  readonly rungs: readonly Rung[];
  readonly classes: number;
  readonly slots: number;
  readonly settings: SessionSettings;
  readonly clock: Clock;
  /** State of the machine's clocks now: what rungs take is learnt apart for each. */
  readonly clockState?: (() => ClockStateName) | undefined;
  /** Its threads take only processor time that nobody else wants. */
  readonly isBackground?: boolean | undefined;
  /** A slot's thread died and is being replaced. */
  readonly onCrash?: (reason: string) => void;
  /** Another body for the worker threads, in tests. */
  readonly workerScript?: string;
}
