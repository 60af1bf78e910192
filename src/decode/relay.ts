import { once } from 'node:events';
import { type AddressInfo, connect as connectPlain, createServer, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { messageOf } from '../errors.ts';
import { decodePercent, secretsOf } from '../secrets.ts';
import type { Credentials } from './challenge.ts';
import type { SourceKind } from './kind.ts';
import { relayHttp } from './relay-http.ts';
import { relayRtsp } from './relay-rtsp.ts';
import { isOfSameUser } from './same-user.ts';

/** What stands in a camera's URL, and what ffmpeg is shown in its place. */
export interface RelayTarget {
  readonly host: string;
  readonly port: number;
  readonly isEncrypted: boolean;
  readonly credentials: Credentials | null;
  /** Host, and the port where it is named. */
  readonly authority: string;
  /** The URL without its credentials. */
  readonly own: string;
  readonly ownPath: string;
  readonly origin: string;
  readonly shown: string;
  readonly shownPath: string;
  readonly shownOrigin: string;
}

/** Stands between ffmpeg and a camera, on loopback. */
export interface Relay {
  /** What ffmpeg opens: it holds nothing secret. */
  readonly url: string;
  /** Ends it with all its connections. Idempotent. */
  close(): void;
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { rtsp: 554, rtsps: 322, http: 80, https: 443 };
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
 * Whether a source is opened through a relay: its URL holds something secret, which ffmpeg's command line would show to
 * every user of the machine. Others are opened by ffmpeg itself.
 */
export function isRelayed(source: string, kind: SourceKind): boolean {
  return kind !== 'file' && kind !== 'v4l2' && process.platform === 'linux' && secretsOf(source).length > 0;
}

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
  const target = relayTarget(source, kind, (server.address() as AddressInfo).port);
  return {
    url: target.shown,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Takes a URL apart. What is secret in it, in the path and the query too, stays out of what is shown. */
export function relayTarget(source: string, kind: SourceKind, shownPort: number): RelayTarget {
  const match = /^([a-z]+):\/\/(?:([^\s/?#]*)@)?(\[[^\]]*\]|[^\s/?#:]*)(?::(\d+))?([^?]*)(.*)$/is.exec(source);
  const [, scheme = '', userInfo, host = '', port, path = '', query = ''] = match ?? [];
  const colon = userInfo?.indexOf(':') ?? -1;
  const name = scheme.toLowerCase();
  const authority = port === undefined ? host : `${host}:${port}`;
  const shownOrigin = `${kind === 'rtsp' ? 'rtsp' : 'http'}://127.0.0.1:${shownPort}`;
  const ownPath = path.startsWith('/') ? path + query : `/${path}${query}`;
  // Segments of an HLS list are found beside it, under the path that is shown.
  const shownPath = kind === 'rtsp' || secretsOf(`x://${path}`).length > 0 ? '/camera' : path || '/';
  return {
    host: host.replace(/^\[|\]$/g, ''),
    port: Number(port ?? DEFAULT_PORTS[name] ?? 0),
    isEncrypted: name === 'rtsps' || name === 'https',
    credentials:
      userInfo === undefined || colon < 0
        ? null
        : { user: decodePercent(userInfo.slice(0, colon)), password: decodePercent(userInfo.slice(colon + 1)) },
    authority,
    own: `${scheme}://${authority}${ownPath}`,
    ownPath,
    origin: `${scheme}://${authority}`,
    shown: shownOrigin + shownPath,
    shownPath,
    shownOrigin,
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
