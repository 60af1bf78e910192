import type { Access, Principal } from '../principal.ts';
import type { HelloMessage } from '../protocol/messages.ts';
import type { Clock } from '../types.ts';
import type { Hub } from './hub.ts';
import type { Past } from './past.ts';

/** What a subscriber needs of the daemon. */
export interface SubscriberParts {
  readonly hub: Pick<Hub, 'epoch' | 'last' | 'recent'>;
  readonly past: Past;
  readonly access: Access;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly hello: (principal: Principal) => HelloMessage;
  /** Whether there are as many subscribers as there may be. */
  readonly isFull: () => boolean;
  readonly address: string;
  readonly slowLimitMs: number;
  readonly authWithinMs?: number;
}
