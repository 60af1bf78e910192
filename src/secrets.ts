/**
 * Removes credentials from free text: user and password of URLs, passwords in query strings, and every secret that was
 * registered. Whatever leaves the process as text goes through one of these.
 */
export class Redactor {
  readonly #secrets = new Set<string>();

  /** Makes `redact` blot this value out wherever it appears, also percent-encoded. */
  register(secret: string): void {
    if (secret.length < MINIMUM_LENGTH) return;
    this.#secrets.add(secret);
    this.#secrets.add(encodeURIComponent(secret));
  }

  redact(text: string): string {
    let clean = redactUrls(text);
    for (const secret of this.#secrets) if (clean.includes(secret)) clean = clean.replaceAll(secret, BLOT);
    return clean;
  }
}

const BLOT = '***';
/** Blotting out shorter strings wherever they stand would mangle ordinary words. */
const MINIMUM_LENGTH = 4;

const USER_INFO = /([a-z][a-z0-9+.-]*:\/\/)[^\s/?#'"]*@/gi;
const SECRET_PARAMETER = /([?&;](?:pass(?:word|wd)?|pwd|token|auth|secret|key|api_?key|user(?:name)?)=)[^\s&;#'"]*/gi;

/** The text with the credentials of every URL in it blotted out. */
export function redactUrls(text: string): string {
  return text.replace(USER_INFO, `$1${BLOT}@`).replace(SECRET_PARAMETER, `$1${BLOT}`);
}

/** The passwords that a URL carries, decoded: what a `Redactor` should know of it. */
export function secretsOf(url: string): string[] {
  const userInfo = /^[a-z][a-z0-9+.-]*:\/\/([^\s/?#]*)@/i.exec(url)?.[1];
  const password = userInfo === undefined || !userInfo.includes(':') ? [] : [userInfo.slice(userInfo.indexOf(':') + 1)];
  const parameters = [...url.matchAll(SECRET_PARAMETER)].map((match) => match[0].slice(match[0].indexOf('=') + 1));
  return [...password, ...parameters].flatMap((secret) => [secret, decode(secret)]);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
