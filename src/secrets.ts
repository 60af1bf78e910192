/**
 * Removes credentials from text: user and password of URLs, secret-looking parameters, and every secret that was
 * registered. Whatever leaves the process as text goes through one of these.
 */
export class Redactor {
  readonly #secrets = new Set<string>();
  /** Longest first: of `admin` and `admin123` the longer must go before the shorter mangles it. */
  #ordered: readonly string[] = [];

  /** Makes `redact` blot this value out wherever it appears, also percent-encoded. */
  register(secret: string): void {
    if (secret.length < MINIMUM_LENGTH) return;
    this.#secrets.add(secret);
    this.#secrets.add(encodeURIComponent(secret));
    this.#ordered = [...this.#secrets].sort((a, b) => b.length - a.length);
  }

  redact(text: string): string {
    let clean = redactUrls(text);
    for (const secret of this.#ordered) if (clean.includes(secret)) clean = clean.replaceAll(secret, BLOT);
    return clean;
  }

  /** The same for every text inside a value made of plain objects and arrays. */
  redactDeep<T>(value: T): T {
    if (typeof value === 'string') return this.redact(value) as T;
    if (Array.isArray(value)) return value.map((item) => this.redactDeep(item)) as T;
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.redactDeep(item)])) as T;
  }
}

const BLOT = '***';
/** Blotting out shorter strings wherever they stand would mangle ordinary words. */
const MINIMUM_LENGTH = 4;

/** Also with one slash too few, as people mistype it. */
const USER_INFO = /([a-z][a-z0-9+.-]*:\/+)[^\s/?#]*@/gi;
/** Every value in the query of a URL: cameras name their passwords as they like. */
const QUERY_VALUE = /(?<=[a-z][a-z0-9+.-]*:\/\/[^\s"'<>]*[?&;][^\s=&;#"'<>]*=)[^\s&;#"'<>]+/gi;
const SECRET_PARAMETER =
  /([?&;/_][\w.-]*(?:pass|pwd|psw|token|auth|secret|key|sid|session|user|login)[\w.-]*=)[^\s&;#"]*/gi;

/** Weir's own access tokens, wherever somebody put one. */
const ACCESS_TOKEN = /weir_[\w-]{43}/g;

/** The text with the credentials of every URL in it blotted out. */
export function redactUrls(text: string): string {
  return text
    .replace(ACCESS_TOKEN, BLOT)
    .replace(USER_INFO, `$1${BLOT}@`)
    .replace(QUERY_VALUE, BLOT)
    .replace(SECRET_PARAMETER, `$1${BLOT}`);
}

/** The passwords that a URL carries, as written and decoded: what a `Redactor` should know of it. */
export function secretsOf(url: string): string[] {
  const userInfo = /^[a-z][a-z0-9+.-]*:\/+([^\s/?#]*)@/i.exec(url)?.[1];
  const password = userInfo === undefined || !userInfo.includes(':') ? [] : [userInfo.slice(userInfo.indexOf(':') + 1)];
  const parameters = [...url.matchAll(SECRET_PARAMETER)].map((match) => match[0].slice(match[0].indexOf('=') + 1));
  return [...password, ...parameters].flatMap((secret) => [secret, decodePercent(secret)]);
}

/** Percent-decoding that leaves malformed text as it is. */
export function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
