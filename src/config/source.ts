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
  if (/\s/.test(source)) return 'its URL holds a space: percent-encode it (%20), or use passwordFile';
  if (scheme[2] === '') return `its URL lacks a slash: ${name}:// is meant`;
  const authority = /^[^:]*:\/\/([^/?#]*)/.exec(source)?.[1] ?? '';
  if (name !== 'file') {
    const host = authority.slice(authority.lastIndexOf('@') + 1);
    const port = /:(\d+)$/.exec(host)?.[1];
    if (host.replace(/:\d*$/, '') === '') return 'its URL names no host';
    if (port !== undefined && Number(port) > 65535) return `its port ${port} is above 65535`;
  }
  const looksLikePort = /^(\[[^\]]*\]|[^:]*)(:\d*)?$/.test(authority);
  if (!authority.includes('@') && !looksLikePort && source.includes('@')) {
    return 'its password holds a "/", "?" or "#": percent-encode it (%2F, %3F, %23), or use passwordFile';
  }
  return null;
}
