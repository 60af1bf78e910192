/**
 * Removes credentials from text. Whatever leaves the process as text goes through one of these.
 *
 * A password like `gate` or `1234` is a word of Weir's own too: blotted out of `camera gate is live`, it would spoil the line, and whoever
 * knows what stands there otherwise would read the password out of it. Such ones are blotted out where a credential can stand, and in what
 * others say (`quote`); all others wherever they appear.
 */
export class Redactor {
  readonly #secrets = new Set<string>();
  /** Longest first: of `admin` and `admin123` the longer must go before the shorter mangles it. */
  #ordered: readonly string[] = [];
  /** Those of them that no word of Weir's is. */
  #unmistakable: readonly string[] = [];

  /** Makes `redact` and `quote` blot this value out, also percent-encoded. */
  register(secret: string): void {
    if (secret === '') return;
    this.#secrets.add(secret);
    this.#secrets.add(encodeURIComponent(secret));
    this.#ordered = [...this.#secrets].sort((a, b) => b.length - a.length);
    this.#unmistakable = this.#ordered.filter((known) => !isPlain(known));
  }

  /** Of Weir's own texts. */
  redact(text: string): string {
    let clean = redactUrls(text);
    for (const secret of this.#unmistakable) clean = clean.replaceAll(secret, BLOT);
    return clean;
  }

  /** Of what others say, ffmpeg or a library, before it is put into a text: no secret is left in it, also none that is a word. */
  quote(text: string): string {
    let clean = redactUrls(text);
    for (const secret of this.#ordered) {
      if (secret.length >= LEAST_ANYWHERE) clean = clean.replaceAll(secret, BLOT);
      else clean = clean.replace(standingAlone(secret), BLOT);
    }
    return clean;
  }

  /** As `redact` for every text inside a value made of plain objects and arrays, with all of what is named as a secret. */
  redactDeep<T>(value: T): T {
    if (typeof value === 'string') return this.redact(value) as T;
    if (Array.isArray(value)) return value.map((item) => this.redactDeep(item)) as T;
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        SECRET_KEY.test(key) && typeof item === 'string' ? BLOT : this.redactDeep(item),
      ]),
    ) as T;
  }
}

const BLOT = '***';
/** Shorter ones are looked for as words of their own: inside of others they would stand by chance. */
const LEAST_ANYWHERE = 4;
const SECRET_KEY = /(?:password|secret)$/i;

/** A word, with a number at its end or without; a number. What mixes them otherwise (a key in hexadecimal) is no word. */
const WORD = /^(?:(?:[A-Z]?[a-z]*|[A-Z]+)\d{0,4}|\d+)$/;

/** Words, names, ids and numbers: what may stand in a text of Weir's anyway. Ids have up to 63 characters. */
function isPlain(secret: string): boolean {
  if (secret.length < LEAST_ANYWHERE) return true;
  return secret.length < 64 && secret.split(/[ ._:-]/).every((part) => WORD.test(part));
}

function standingAlone(secret: string): RegExp {
  const literal = secret.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  return new RegExp(`(?<![a-z0-9])${literal}(?![a-z0-9])`, 'gi');
}

/** Also with one slash too few, as people mistype it. */
const USER_INFO = /([a-z][a-z0-9+.-]*:\/+)[^\s/?#]*@/gi;
/** Every value in the query of a URL: cameras name their passwords as they like. */
const QUERY_VALUE = /(?<=[a-z][a-z0-9+.-]*:\/\/[^\s"'<>]*[?&;][^\s=&;#"'<>]*=)[^\s&;#"'<>]+/gi;
const SECRET_PARAMETER =
  /([?&;/_][\w.-]*(?:pass|pwd|psw|token|auth|secret|key|sid|session|user|login)[\w.-]*=)[^\s&;#"]*/gi;

/** The same as a word of its own, without a URL around it. */
const SECRET_WORD = /((?:^|[\s"'(,{])(?:password|passwd|pass|pwd|secret)["']?=["']?)[^\s&;#"']+/gi;
/** What a request answers a challenge with. */
const AUTHORIZATION = /(authorization["']?\s*[:=]\s*["']?(?:basic|digest)\s+)[^\r\n]+/gi;

/** Weir's own access tokens, wherever somebody put one. */
const ACCESS_TOKEN = /weir_[\w-]{43}/g;

/** The text without what stands where a credential stands: in URLs, behind `password=`, in a header that authorizes. */
export function redactUrls(text: string): string {
  return text
    .replace(ACCESS_TOKEN, BLOT)
    .replace(USER_INFO, `$1${BLOT}@`)
    .replace(QUERY_VALUE, BLOT)
    .replace(SECRET_PARAMETER, `$1${BLOT}`)
    .replace(SECRET_WORD, `$1${BLOT}`)
    .replace(AUTHORIZATION, `$1${BLOT}`);
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
