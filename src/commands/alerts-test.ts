import type { TestOutcome } from '../server/alerts-api.ts';
import { DaemonApi, type DaemonCredentials } from './daemon-api.ts';
import { print } from './shell.ts';
import { stopSignal } from './stop-signal.ts';

/**
 * Has a daemon send an alert by hand and prints what came of it.
 *
 * @param targets none: all
 * @returns 1 where one did not take it
 * @throws WeirError `target-unknown` and others of the daemon
 */
export async function testAlerts(
  targets: readonly string[],
  { url, ...credentials }: { readonly url: string } & DaemonCredentials,
): Promise<number> {
  const api = await DaemonApi.open(url, credentials, stopSignal());
  const wish = targets.length === 0 ? {} : { to: targets };
  const { outcomes } = await api.post<{ outcomes: TestOutcome[] }>('/api/alerts/test', wish);
  const width = Math.max(0, ...outcomes.map(({ target }) => target.length));
  for (const { target, outcome, reason } of outcomes) {
    print(`${target.padEnd(width)}  ${outcome}${reason === '' ? '' : `: ${reason}`}`);
  }
  return outcomes.every(({ outcome }) => outcome === 'delivered') ? 0 : 1;
}
