import { isIP } from 'node:net';
import { usageError } from './errors.ts';

/** Whether an address or name can only be reached from this machine. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  return name === 'localhost' || name === '::1' || (isIP(name) === 4 && name.startsWith('127.'));
}

/**
 * @throws WeirError `host-not-loopback`
 */
export function requireLoopback(host: string): void {
  if (isLoopback(host)) return;
  throw usageError(
    'host-not-loopback',
    `Weir does not serve on ${host}: until access tokens exist, whoever reaches it could read everything`,
    'use 127.0.0.1 (the default), ::1 or localhost, and a tunnel (ssh -L 8700:127.0.0.1:8700) from elsewhere',
  );
}

/** The name in a Host header, without its port. */
export function hostName(header: string): string {
  return header.startsWith('[') ? header.slice(0, header.indexOf(']') + 1) : header.replace(/:\d*$/, '');
}
