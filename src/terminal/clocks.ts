import type { ClockStateName } from '../types.ts';

/** What stands in the first line of figures whose clocks were not pinned. @param reasons why, if they are not told elsewhere */
export function notPinnedWarning(state: ClockStateName, reasons: readonly string[] = []): string {
  const why = [state, reasons.join('; ')].filter((text) => text !== '').join(': ');
  return `warning: clocks are not pinned (${why}): read ratios, not milliseconds`;
}
