import { createHash } from 'node:crypto';

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** What a server asks for with 401: RFC 7617, and RFC 7616 with RFC 2069 for servers without `qop`. */
export type Challenge = { readonly scheme: 'basic' } | DigestChallenge;

interface DigestChallenge {
  readonly scheme: 'digest';
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | null;
  readonly algorithm: 'MD5' | 'SHA-256';
  readonly isQopAsked: boolean;
  /** The answer was right but for its nonce, which is too old. */
  readonly isStale: boolean;
}

/** What makes each Digest answer another one. */
export interface Turn {
  /** Answers to this nonce so far, this one included. */
  readonly count: number;
  readonly clientNonce: string;
}

/**
 * The strongest challenge that can be answered; `null` where there is none.
 *
 * @param values those of the `WWW-Authenticate` headers
 */
export function challengeOf(values: readonly string[]): Challenge | null {
  const parts = values.flatMap((value) => value.split(/,\s*(?=(?:Basic|Digest)\s)/i));
  const digests = parts.map(digestOf).filter((digest) => digest !== null);
  const digest = digests.find(({ algorithm }) => algorithm === 'SHA-256') ?? digests[0];
  if (digest !== undefined) return digest;
  return parts.some((part) => /^\s*Basic\b/i.test(part)) ? { scheme: 'basic' } : null;
}

/** The value of the `Authorization` header for one request. */
export function authorization(
  challenge: Challenge,
  { user, password }: Credentials,
  { method, uri }: { readonly method: string; readonly uri: string },
  { count, clientNonce }: Turn,
): string {
  if (challenge.scheme === 'basic') return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const { realm, nonce, opaque, algorithm, isQopAsked } = challenge;
  const hash = (text: string) =>
    createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
      .update(text)
      .digest('hex');
  const turns = count.toString(16).padStart(8, '0');
  const middle = isQopAsked ? `${nonce}:${turns}:${clientNonce}:auth` : nonce;
  const response = hash(`${hash(`${user}:${realm}:${password}`)}:${middle}:${hash(`${method}:${uri}`)}`);
  return [
    `Digest username="${quoted(user)}", realm="${quoted(realm)}", nonce="${quoted(nonce)}", uri="${uri}"`,
    `response="${response}", algorithm=${algorithm}`,
    ...(opaque === null ? [] : [`opaque="${quoted(opaque)}"`]),
    ...(isQopAsked ? [`qop=auth, nc=${turns}, cnonce="${clientNonce}"`] : []),
  ].join(', ');
}

function digestOf(part: string): DigestChallenge | null {
  const text = /^\s*Digest\s+(.*)$/is.exec(part)?.[1];
  if (text === undefined) return null;
  const fields = new Map<string, string>();
  for (const [, name = '', inQuotes, bare] of text.matchAll(/([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/g)) {
    fields.set(name.toLowerCase(), inQuotes?.replace(/\\(.)/g, '$1') ?? bare ?? '');
  }
  const algorithm = (fields.get('algorithm') ?? 'MD5').toUpperCase();
  const nonce = fields.get('nonce');
  const qop = fields.get('qop');
  if (nonce === undefined || (algorithm !== 'MD5' && algorithm !== 'SHA-256')) return null;
  if (qop !== undefined && !/(?:^|[\s,])auth(?:$|[\s,])/i.test(qop)) return null;
  return {
    scheme: 'digest',
    realm: fields.get('realm') ?? '',
    nonce,
    opaque: fields.get('opaque') ?? null,
    algorithm,
    isQopAsked: qop !== undefined,
    isStale: fields.get('stale')?.toLowerCase() === 'true',
  };
}

function quoted(text: string): string {
  return text.replace(/["\\]/g, '\\$&');
}
