import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Ffmpeg } from './ffmpeg.ts';

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

async function withinLimit<T>(work: Promise<T>, limitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${limitMs} ms`)), limitMs);
  });
  return await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
