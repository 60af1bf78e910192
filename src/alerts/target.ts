import type { SequencedMessage } from '../protocol/messages.ts';
import type { Delivery } from './alert.ts';
import type { DevicePlan } from './device-plan.ts';

/** What came of handing an alert to a target. */
export type Outcome =
  | { readonly kind: 'delivered' }
  /** It will never be taken. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** `afterMs`: the target said when to come again. */
  | { readonly kind: 'later'; readonly reason: string; readonly afterMs: number | null };

/** A place to which alerts go. One file per kind; all of them pass one suite of tests. */
export interface Target {
  readonly id: string;
  /**
   * Hands an alert over, once; must not throw. The same alert may come again, after a failure or a restart.
   *
   * @param stop what is under way is to be broken off
   */
  deliver(delivery: Delivery, stop: AbortSignal): Promise<Outcome>;
  /** Calls back when a target that was away is there again, so that what waits need not wait on. */
  onReady?(wake: () => void): void;
  /** What the daemon says, for targets that tell more than alerts. Must not block or throw. */
  observe?(message: SequencedMessage): void;
  /** The cameras that there are and the rules in force; called often, mostly with nothing new. */
  setup?(plan: DevicePlan): void;
  /** A rule holds on a camera, or does no more. */
  holding?(rule: string, camera: string, holds: boolean): void;
  close(): Promise<void>;
}

export const DELIVERED: Outcome = { kind: 'delivered' };

export function later(reason: string, afterMs: number | null = null): Outcome {
  return { kind: 'later', reason, afterMs };
}
