import { once } from 'node:events';
import { type AddressInfo, connect as connectPlain, createServer, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { messageOf } from '../errors.ts';
import type { SourceKind } from './kind.ts';
import { relayHttp } from './relay-http.ts';
import { relayRtsp } from './relay-rtsp.ts';
import { type RelayTarget, relayTarget } from './relay-target.ts';
import { isOfSameUser } from './same-user.ts';

/** Stands between ffmpeg and a camera, on loopback. */
export interface Relay {
  /** What ffmpeg opens: it holds nothing secret. */
  readonly url: string;
  /** Ends it with all its connections. Idempotent. */
  close(): void;
}

const MOST_CONNECTIONS = 16;
/** In the words of ffmpeg, which the diagnosis knows. */
const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Connection refused',
  EHOSTUNREACH: 'No route to host',
  ENETUNREACH: 'Network is unreachable',
  ENOTFOUND: 'Name or service not known',
  EAI_AGAIN: 'Temporary failure in name resolution',
  ETIMEDOUT: 'Connection timed out',
  ECONNRESET: 'Connection reset by peer',
};

/**
 * Listens for ffmpeg on a free port of 127.0.0.1. Only processes of this user are served: nobody else on the machine sees
 * the camera through it.
 *
 * @param onTrouble told why the camera could not be reached, once at most for each connection
 * @throws Error when no port can be had
 */
export async function openRelay(source: string, kind: SourceKind, onTrouble: (text: string) => void): Promise<Relay> {
  const sockets = new Set<Socket>();
  const hold = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => {}).once('close', () => sockets.delete(socket));
  };
  const server = createServer({ pauseOnConnect: true, noDelay: true }, (client) => {
    hold(client);
    void (async () => {
      if (!(await isOfSameUser(client))) return client.destroy();
      const connect = async () => await connectTo(target, hold);
      if (kind !== 'rtsp') return await relayHttp(client, connect, target);
      const camera = await connect();
      client.once('close', () => camera.destroy());
      camera.once('end', () => client.end()).once('close', () => client.end());
      relayRtsp(client, camera, target);
    })().catch((error: unknown) => {
      if (server.listening) onTrouble(WORDS[(error as NodeJS.ErrnoException).code ?? ''] ?? messageOf(error));
      client.destroy();
    });
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.on('error', () => {}); // without descriptors left it takes nobody in; the camera is tried again
  const target = relayTarget(source, kind, (server.address() as AddressInfo).port);
  return {
    url: target.shown,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

async function connectTo({ host, port, isEncrypted }: RelayTarget, hold: (socket: Socket) => Socket): Promise<Socket> {
  if (!isEncrypted) {
    const socket = hold(connectPlain({ host, port, noDelay: true }));
    await once(socket, 'connect');
    return socket;
  }
  // As ffmpeg does by default: cameras sign their certificates themselves, and many know old versions only.
  const lax = { rejectUnauthorized: false, minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
  const socket = connectTls({ host, port, ...lax, ...(isIP(host) === 0 ? { servername: host } : {}) });
  hold(socket);
  await once(socket, 'secureConnect');
  return socket;
}
