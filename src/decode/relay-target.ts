import { decodePercent, secretsOf } from '../secrets.ts';
import type { Credentials } from './challenge.ts';
import type { SourceKind } from './kind.ts';

/** What stands in a camera's URL, and what ffmpeg is shown in its place. */
export interface RelayTarget {
  readonly host: string;
  readonly port: number;
  readonly isEncrypted: boolean;
  /** `rtsp` or `http`. */
  readonly plainScheme: string;
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

const DEFAULT_PORTS: Readonly<Record<string, number>> = { rtsp: 554, rtsps: 322, http: 80, https: 443 };

/** Whether the way to a source is encrypted by TLS. */
export function isEncrypted(source: string): boolean {
  return /^(?:rtsps|https):/i.test(source);
}

/**
 * Whether a source is opened through a relay: its URL holds something secret, which ffmpeg's command line would show to
 * every user of the machine, or it is encrypted, where ffmpeg cannot be told what to trust. Others are opened by ffmpeg itself.
 */
export function isRelayed(source: string, kind: SourceKind): boolean {
  return (
    kind !== 'file' &&
    kind !== 'v4l2' &&
    process.platform === 'linux' &&
    (isEncrypted(source) || secretsOf(source).length > 0)
  );
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
    isEncrypted: isEncrypted(source),
    plainScheme: kind === 'rtsp' ? 'rtsp' : 'http',
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
