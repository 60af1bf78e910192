import { isEncrypted } from './relay-target.ts';

/** Those of a process's environment that ffmpeg reads. */
type Environment = Readonly<Record<string, string | undefined>>;

/** Where the relay listens. */
const OWN = '127.0.0.1';
const OPTION = '-http_proxy';

/**
 * Whether ffmpeg, left to itself, would go to an encrypted source through the proxy of its environment: by the rules of its
 * `tls` protocol and of `ff_http_match_no_proxy` in its libavformat/network.c.
 */
export function isProxied(source: string, { http_proxy: proxy = '', no_proxy: exceptions = '' }: Environment): boolean {
  const host = /^[a-z]+:\/\/(?:[^\s/?#]*@)?(\[[^\]]*\]|[^\s/?#:]*)/i.exec(source)?.[1]?.replace(/^\[|\]$/g, '') ?? '';
  const isException = (pattern: string) => {
    const end = pattern.replace(/^\*?\.?/, '');
    return pattern === '*' || host === end || (end !== '' && host.endsWith(`.${end}`));
  };
  const patterns = exceptions.split(/[ ,]+/).filter((pattern) => pattern !== '');
  return isEncrypted(source) && proxy.startsWith('http://') && !patterns.some(isException);
}

/** Options with which all is asked of the relay, which refuses what is not the camera's own and says why. */
export function askedOfRelay(url: string): readonly string[] {
  return [OPTION, new URL(url).origin];
}

/**
 * The environment of an ffmpeg with such options in front of its input: what listens on this machine is no proxy's business, and
 * where all is asked of the relay there is no exception, not even that: a camera must not lead to this machine either.
 */
export function ffmpegEnvironment(input: readonly string[], env: Environment): Record<string, string | undefined> {
  if (input.includes(OPTION)) return { ...env, no_proxy: '' };
  return { ...env, no_proxy: [env.no_proxy ?? '', OWN].filter((text) => text !== '').join(',') };
}
