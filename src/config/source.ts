/** Schemes of sources that Weir reads; without a scheme a source is a path. */
const SCHEMES = ['rtsp', 'rtsps', 'http', 'https', 'file'];

/** Whether a source may be a recording: cameras have no end from which to begin again, and keep their own pace. */
export function mayBeRecording(source: string): boolean {
  return !/^(\/dev\/video\d+$|rtsps?:)/i.test(source);
}

/** What is wrong with a source as it is written, in words that do not repeat it (it may hold a password); `null` if nothing. */
export function sourceProblem(source: string): string | null {
  const scheme = /^([a-z][a-z0-9+.-]*):\/(\/?)/i.exec(source);
  if (scheme === null) return null;
  const name = (scheme[1] ?? '').toLowerCase();
  if (!SCHEMES.includes(name)) return `Weir does not read ${name}:// sources, only paths and ${SCHEMES.join(', ')}`;
  if (/\s/.test(source)) return 'its URL holds a space: percent-encode it (%20), or use username and passwordFile';
  if (scheme[2] === '') return `its URL lacks a slash: ${name}:// is meant`;
  const authority = /^[^:]*:\/\/([^/?#]*)/.exec(source)?.[1] ?? '';
  if (name !== 'file') {
    const host = authority.slice(authority.lastIndexOf('@') + 1);
    const port = /:(\d+)$/.exec(host)?.[1];
    if (host.replace(/:\d*$/, '') === '') return 'its URL names no host';
    if (port !== undefined && Number(port) > 65535) return `its port ${port} is above 65535`;
  }
  return name === 'file' ? null : unescapedPassword(authority, source);
}

/** What stands behind an `@`, where that ends a user and password: a name with a letter in it, or an address. */
const HOST_BEHIND = /@(?:\[[^\]\s]*\]|[\w.-]*[a-z_][\w.-]*|\d+(?:\.\d+){3})(?::\d+)?(?:[/?#]|$)/i;

/** Behind a user and password, what no password is cut to: an address, or a name with a port. An `@` in the path is the path's then. */
const SURE_HOST = /@(?:\[[^\]]*\]|\d+(?:\.\d+){3}|[^@]*:\d+)(?::\d+)?$/;

/** A password that breaks its URL: a piece of it would be looked up as the name of a host, by DNS. @returns `null`: none is seen */
function unescapedPassword(authority: string, source: string): string | null {
  const remedy =
    'write "@" as %40, "/" as %2F, "?" as %3F and "#" as %23 there (and "@" as %40 in a path), or give username and the password beside it (passwordFile; over the API password)';
  const looksLikePort = /^(\[[^\]]*\]|[^:]*)(:\d+)?$/.test(authority);
  const isBroken = !authority.includes('@') && !looksLikePort && source.includes('@');
  const mayBeUser = /[@:]/.test(authority) && !SURE_HOST.test(authority);
  const isEarly = mayBeUser && HOST_BEHIND.test(source.slice(source.indexOf('//') + 2 + authority.length));
  return isBroken || isEarly
    ? `its URL has "/", "?" or "#" in front of an "@", in its password perhaps: ${remedy}`
    : null;
}
