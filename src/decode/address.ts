import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { messageOf } from '../errors.ts';
import { secretsOf } from '../secrets.ts';
import type { CameraSource } from '../types.ts';
import type { Ffmpeg } from './ffmpeg.ts';
import type { SourceKind } from './kind.ts';
import { askedOfRelay, isProxied } from './proxy.ts';
import { openRelay } from './relay.ts';
import { isEncrypted, isRelayed } from './relay-target.ts';

const MOST_TROUBLES = 10;
/** Of the time to connect: the relay says why it took too long before ffmpeg gives up. */
const RELAY_SHARE = 0.8;

/** A source as one ffmpeg is to open it. */
export interface OpenedAddress extends ResolvedAddress {
  /** What ffmpeg cannot know of the way to the source, in its words and in the form of its lines. */
  readonly troubles: readonly string[];
  /** Idempotent. */
  readonly close: () => void;
}

/** A URL as ffmpeg is to open it, and what has to stand in front of `-i` for that. */
export interface ResolvedAddress {
  readonly url: string;
  readonly options: readonly string[];
}

/**
 * Replaces the host name of a URL by its address where ffmpeg must not look it up itself: the bundled static build can
 * crash in its resolver. Other sources and builds are left alone.
 *
 * @throws Error of the resolver when the name is not known, or when it does not answer within `limitMs`
 */
export async function resolveAddress(
  source: string,
  ffmpeg: Pick<Ffmpeg, 'bundled'>,
  limitMs: number,
): Promise<ResolvedAddress> {
  const match = /^([a-z][a-z0-9+.-]*):\/\/((?:[^\s/?#]*@)?)(\[[^\]]*\]|[^\s/?#:]*)(.*)$/is.exec(source);
  const [, scheme = '', userInfo = '', host = '', rest = ''] = match ?? [];
  if (!ffmpeg.bundled || host === '' || host.startsWith('[') || isIP(host) !== 0) return { url: source, options: [] };
  const { address, family } = await withinLimit(lookup(host), limitMs);
  const url = `${scheme}://${userInfo}${family === 6 ? `[${address}]` : address}${rest}`;
  const port = /^:\d+/.exec(rest)?.[0] ?? '';
  return { url, options: /^http/i.test(scheme) ? ['-headers', `Host: ${host}${port}\r\n`] : [] };
}

/**
 * Gets a source ready for one ffmpeg: through a relay where its URL holds something secret or is encrypted, else with its name resolved
 * where ffmpeg must not.
 *
 * @param onLedAway told why a verified source is to be left: it leads to another address
 * @throws Error that says why not, for a person
 */
export async function openAddress(
  { source, tls, connectTimeoutMs: limitMs }: Pick<CameraSource, 'source' | 'tls' | 'connectTimeoutMs'>,
  kind: SourceKind,
  ffmpeg: Pick<Ffmpeg, 'bundled'>,
  onLedAway: (reason: string) => void,
): Promise<OpenedAddress> {
  const isVerified = tls.verify && isEncrypted(source);
  // The relay knows no proxy: a camera that only a proxy reaches is left to ffmpeg, where that shows and loses nothing.
  const isLeft = !isVerified && secretsOf(source).length === 0 && isProxied(source, process.env);
  if (isRelayed(source, kind) && !isLeft) {
    const troubles: string[] = [];
    const onTrouble = (text: string) => {
      if (troubles.push(`[error] ${text}`) > MOST_TROUBLES) troubles.shift();
    };
    const parts = { tls, limitMs: Math.round(limitMs * RELAY_SHARE), onTrouble, onLedAway };
    const { url, close } = await openRelay(source, kind, parts);
    return { url, options: isVerified ? onlyRelayed(kind, url) : [], troubles, close };
  }
  if (isVerified) throw new Error('its certificate can be verified on Linux only: leave out tls');
  const resolved = await resolveAddress(source, ffmpeg, limitMs).catch((cause: unknown) => {
    const words = `its host name cannot be resolved (${messageOf(cause)}): check its spelling, or use the address`;
    throw new Error(words, { cause });
  });
  return { ...resolved, troubles: [], close: () => {} };
}

/**
 * ffmpeg itself verifies nobody: where a camera sends it on to, or what a list names, it opens nothing encrypted, and nothing
 * else that does not come through the relay.
 */
function onlyRelayed(kind: SourceKind, url: string): readonly string[] {
  if (kind === 'rtsp') return ['-protocol_whitelist', 'rtsp,rtp,tcp,udp'];
  return ['-protocol_whitelist', 'http,tcp,crypto,data', ...askedOfRelay(url)];
}

async function withinLimit<T>(work: Promise<T>, limitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${limitMs} ms`)), limitMs);
  });
  return await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
