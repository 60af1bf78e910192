import { decodePercent } from '../secrets.ts';

/** A source's URL apart from whom it is opened as. */
export interface SourceUser {
  /** Without a user. */
  readonly source: string;
  readonly username?: string;
  readonly password?: string;
}

/** The last `@` in front of the host ends them: a password may hold others. */
const WITH_USER = /^([a-z][a-z0-9+.-]*:\/\/)([^\s/?#]*)@(.*)$/is;

/** Takes user and password out of a source, decoded. A source that has none stays as it is. */
export function splitUser(source: string): SourceUser {
  const match = WITH_USER.exec(source);
  if (match === null) return { source };
  const [, scheme = '', user = '', rest = ''] = match;
  const [name = '', ...secret] = user.split(':');
  const password = secret.length === 0 ? {} : { password: decodePercent(secret.join(':')) };
  return { source: `${scheme}${rest}`, username: decodePercent(name), ...password };
}

/** Whether two sources without a user lead to the same host and port, so that one's password may be sent to the other. */
export function isSameHost(a: string, b: string): boolean {
  const [host, other] = [a, b].map((source) => /^([a-z][a-z0-9+.-]*:\/\/[^\s/?#]+)/i.exec(source)?.[1]?.toLowerCase());
  return host !== undefined && host === other;
}
