import type { IncomingMessage } from 'node:http';
import { hostName, isLoopback } from '../loopback.ts';

/**
 * Whether a page of the daemon's own, or a program, is asking. Browsers name the page that opens a socket or posts; programs name none.
 * A page of another site must neither read labels nor change anything, unless its origin was allowed.
 *
 * Own pages come from the very host and port that they ask; on loopback from any port of it, as tools for developers do.
 */
export function isOwnOrigin(
  { headers }: Pick<IncomingMessage, 'headers'>,
  allowed: ReadonlySet<string> = new Set(),
): boolean {
  const { origin, host = '' } = headers;
  if (origin !== undefined && allowed.has(origin.toLowerCase())) return true;
  if (headers['sec-fetch-site'] === 'cross-site') return false;
  if (origin === undefined) return true;
  try {
    const page = new URL(origin);
    if (isLoopback(page.hostname)) return isLoopback(hostName(host));
    return page.host === new URL(`${page.protocol}//${host}`).host;
  } catch {
    return false;
  }
}
