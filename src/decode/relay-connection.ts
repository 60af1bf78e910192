import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { END } from './heads.ts';
import type { RelayTarget } from './relay-target.ts';
import { handshakeTrouble, TLS, type Trust, untrusted } from './relay-tls.ts';

/**
 * Connects to a camera. An encrypted one is talked to only once it is trusted.
 *
 * @param hold takes each socket as soon as there is one
 * @throws Error when it cannot be reached, does not shake hands within `limitMs`, or is not to be trusted
 */
export async function connectTo(
  { host, port, isEncrypted, plainScheme }: RelayTarget,
  trust: Trust,
  limitMs: number,
  hold: (socket: Socket) => Socket,
): Promise<Socket> {
  if (!isEncrypted) {
    const socket = hold(connectPlain({ host, port, noDelay: true }));
    await opened(socket, 'connect', limitMs, () => 'Connection timed out');
    return socket;
  }
  let isReached = false;
  const socket = connectTls({ host, port, ...trust.options });
  hold(socket.once('connect', () => (isReached = true)).setNoDelay());
  const hangs = `${TLS}its TLS handshake hangs (${limitMs} ms): see that it speaks TLS on port ${port}, else use ${plainScheme}://`;
  await opened(socket, 'secureConnect', limitMs, () => (isReached ? hangs : 'Connection timed out')).catch(
    (error: Error) => {
      const breaksOff = isReached && (error.message === END || isReset(error));
      const words = breaksOff
        ? `${TLS}it breaks off the TLS handshake: see that it speaks TLS on port ${port}, else use ${plainScheme}://`
        : handshakeTrouble(error, plainScheme, trust);
      throw words === null ? error : new Error(words, { cause: error });
    },
  );
  const words = untrusted(socket, host, trust);
  if (words === null) return socket;
  socket.destroy();
  throw new Error(words);
}

function isReset(error: Error): boolean {
  return (error as NodeJS.ErrnoException).code === 'ECONNRESET';
}

/** Waits for an event of a socket that is being opened; ends the socket after `limitMs`. */
async function opened(socket: Socket, event: string, limitMs: number, late: () => string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await new Promise<void>((resolve, reject) => {
    timer = setTimeout(() => socket.destroy(new Error(late())), limitMs);
    socket
      .once(event, () => resolve())
      .once('error', reject)
      .once('close', () => reject(new Error(END)));
  }).finally(() => clearTimeout(timer));
}
