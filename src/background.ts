import { readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

/**
 * Lets the calling thread take only processor time that nobody else wants, so that what is live does not wait for it. Linux keeps a
 * priority per thread; elsewhere nothing is changed.
 */
export function yieldToOthers(): void {
  try {
    const thread = Number(/\/task\/(\d+)$/.exec(readlinkSync('/proc/thread-self'))?.[1]);
    if (thread > 0 && thread !== process.pid) setPriority(thread, constants.priority.PRIORITY_LOW);
  } catch {
    // It then runs like everything else.
  }
}
