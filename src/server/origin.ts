import type { IncomingMessage } from 'node:http';
import { isLoopback } from '../loopback.ts';

/**
 * Whether a page of this machine, or a program, is asking. Browsers name the page that opens a socket or posts; programs name none.
 * A page of another site must neither read labels nor change anything.
 */
export function isOwnOrigin({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  const { origin } = headers;
  if (headers['sec-fetch-site'] === 'cross-site') return false;
  if (origin === undefined) return true;
  try {
    return isLoopback(new URL(origin).hostname);
  } catch {
    return false;
  }
}
