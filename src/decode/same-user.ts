import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';

const ESTABLISHED = '01';

/** Whether the other end of a connection over IPv4 loopback belongs to a process of the user that runs this one. */
export async function isOfSameUser({ remotePort, localPort }: Socket): Promise<boolean> {
  if (remotePort === undefined || localPort === undefined) return false;
  const table = await readFile('/proc/net/tcp', 'utf8').catch(() => '');
  return ownerOf(table, remotePort, localPort) === process.getuid?.();
}

/**
 * The user that holds the end at `port` of a loopback connection to `peerPort`; `null` where there is none.
 *
 * @param table text of /proc/net/tcp: number, local and remote address, state, queues, timers, retransmissions, user
 */
export function ownerOf(table: string, port: number, peerPort: number): number | null {
  const place = (number: number) => `:${number.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const line of table.split('\n')) {
    const [, local = '', remote = '', state, , , , user] = line.trim().split(/\s+/);
    if (state !== ESTABLISHED || !local.endsWith(place(port)) || !remote.endsWith(place(peerPort))) continue;
    if (local.slice(0, local.indexOf(':')) === remote.slice(0, remote.indexOf(':'))) return Number(user);
  }
  return null;
}
