/** Schemes of sources that Weir reads; without a scheme a source is a path. */
const SCHEMES = ['rtsp', 'rtsps', 'http', 'https', 'file'];

/** What is wrong with a source as it is written, in words that do not repeat it (it may hold a password); `null` if nothing. */
export function sourceProblem(source: string): string | null {
  const scheme = /^([a-z][a-z0-9+.-]*):\/(\/?)/i.exec(source);
  if (scheme === null) return null;
  const name = (scheme[1] ?? '').toLowerCase();
  if (!SCHEMES.includes(name)) return `Weir does not read ${name}:// sources, only paths and ${SCHEMES.join(', ')}`;
  if (scheme[2] === '') return `its URL lacks a slash: ${name}:// is meant`;
  const authority = /^[^:]*:\/\/([^/?#]*)/.exec(source)?.[1] ?? '';
  const looksLikePort = /^(\[[^\]]*\]|[^:]*)(:\d*)?$/.test(authority);
  if (!authority.includes('@') && !looksLikePort && source.includes('@')) {
    return 'its password holds a "/", "?" or "#": percent-encode it (%2F, %3F, %23), or use passwordFile';
  }
  return null;
}
