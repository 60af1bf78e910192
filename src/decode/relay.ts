import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { messageOf } from '../errors.ts';
import type { CameraTls } from '../types.ts';
import { NotPlainError } from './heads.ts';
import type { SourceKind } from './kind.ts';
import { connectTo } from './relay-connection.ts';
import { type Login, relayHttp } from './relay-http.ts';
import { relayRtsp } from './relay-rtsp.ts';
import { relayTarget } from './relay-target.ts';
import { LedAwayError, TLS, trustOf } from './relay-tls.ts';
import { isOfSameUser } from './same-user.ts';

/** Stands between ffmpeg and a camera, on loopback. */
export interface Relay {
  /** What ffmpeg opens: it holds nothing secret. */
  readonly url: string;
  /** Ends it with all its connections. Idempotent. */
  close(): void;
}

export interface RelayParts {
  readonly tls: CameraTls;
  /** A camera must be reached, and have shaken hands, within this. */
  readonly limitMs: number;
  /** Told why the camera could not be reached, once at most for each connection. */
  readonly onTrouble: (text: string) => void;
  /** Told, in words for a person, that a verified camera leads to another address, which is not opened. */
  readonly onLedAway: (reason: string) => void;
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
 * @throws Error when no port can be had
 */
export async function openRelay(
  source: string,
  kind: SourceKind,
  { tls, limitMs, onTrouble, onLedAway }: RelayParts,
): Promise<Relay> {
  const sockets = new Set<Socket>();
  const login: Login = { turns: null };
  let isClosed = false;
  const hold = (socket: Socket): Socket => {
    sockets.add(socket.on('error', () => {}).once('close', () => sockets.delete(socket)));
    return isClosed ? socket.destroy() : socket; // what was under way when it was closed
  };
  const tell = (error: unknown) => {
    if (isClosed) return;
    if (error instanceof LedAwayError) onLedAway(error.message);
    else onTrouble(wordsOf(error, target.plainScheme));
  };
  const server = createServer({ pauseOnConnect: true, noDelay: true }, (client) => {
    hold(client);
    void (async () => {
      if (!(await isOfSameUser(client))) return client.destroy();
      /** To the camera, no longer than ffmpeg is there. */
      const along = (camera: Socket): Socket => {
        client.once('close', () => camera.destroy());
        return client.destroyed ? hold(camera).destroy() : hold(camera);
      };
      const connect = async () => await connectTo(target, await trustOf(tls, target.host), limitMs, along);
      if (kind !== 'rtsp') return await relayHttp(client, connect, target, login);
      const camera = await connect();
      camera.once('end', () => client.end()).once('close', () => client.end());
      relayRtsp(client, camera, { ...target, isVerified: tls.verify && target.isEncrypted }, tell);
    })().catch((error: unknown) => {
      if (!client.destroyed) tell(error);
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
      isClosed = true;
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** What the diagnosis is to make words of. */
function wordsOf(error: unknown, scheme: string): string {
  if (error instanceof NotPlainError) {
    return `${TLS}it does not answer to what is not encrypted: use ${scheme}s:// if it speaks TLS there`;
  }
  return WORDS[(error as NodeJS.ErrnoException).code ?? ''] ?? messageOf(error);
}
