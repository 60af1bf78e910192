/** A source's URL apart from whom it is opened as. */
export interface SourceUser {
  /** Without a user. */
  readonly source: string;
  readonly username?: string;
  readonly password?: string;
}

const WITH_USER = /^([a-z][a-z0-9+.-]*:\/\/)([^\s/?#@]*)@(.*)$/is;

/** Takes user and password out of a source, decoded. A source that has none stays as it is. */
export function splitUser(source: string): SourceUser {
  const match = WITH_USER.exec(source);
  if (match === null) return { source };
  const [, scheme = '', user = '', rest = ''] = match;
  const [name = '', ...secret] = user.split(':');
  const password = secret.length === 0 ? {} : { password: decoded(secret.join(':')) };
  return { source: `${scheme}${rest}`, username: decoded(name), ...password };
}

/** Whether two sources without a user lead to the same host and port, so that one's password may be sent to the other. */
export function isSameHost(a: string, b: string): boolean {
  const [host, other] = [a, b].map((source) => /^([a-z][a-z0-9+.-]*:\/\/[^\s/?#]+)/i.exec(source)?.[1]?.toLowerCase());
  return host !== undefined && host === other;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
