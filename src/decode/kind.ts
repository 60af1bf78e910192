import { decodePercent } from '../secrets.ts';

/**
 * How a source is opened. Of those over HTTP, `http-timed` carry times of their own, recordings or live; `http-pictures` are
 * JPEG after JPEG, which take the time of their arrival.
 */
export type SourceKind = 'file' | 'v4l2' | 'rtsp' | 'hls' | 'http-timed' | 'http-pictures';

/** Containers with times of their own. A stream of one may be live all the same: only what has a length is a recording. */
const CONTAINERS = /\.(mp4|m4v|mov|mkv|webm|avi|mpg|mpeg|ts|mts|m2ts|flv)$/i;

/** What kind of source a URL, path or device is; `null` if Weir does not read that scheme. */
export function sourceKind(source: string): SourceKind | null {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(source)?.[1]?.toLowerCase();
  if (scheme === undefined) return /^\/dev\/video\d+$/.test(source) ? 'v4l2' : 'file';
  if (scheme === 'file') return 'file';
  if (scheme === 'rtsp' || scheme === 'rtsps') return 'rtsp';
  if (scheme !== 'http' && scheme !== 'https') return null;
  const path = pathOf(source);
  if (/\.m3u8$/i.test(path)) return 'hls';
  // Without a name that tells, cameras' pictures are the rule; a stream that turns out to have times is opened as one.
  return CONTAINERS.test(path) ? 'http-timed' : 'http-pictures';
}

/**
 * Frames of these come faster than they were filmed (a disk, segments in bursts): Weir holds each back until its time.
 */
export function needsPacing(kind: SourceKind): boolean {
  return kind === 'file' || kind === 'http-timed' || kind === 'hls';
}

/** Path of a local source, from `file://` too. */
export function filePath(source: string): string {
  return source.startsWith('file://') ? decodePercent(source.slice('file://'.length).replace(/^[^/]*/, '')) : source;
}

function pathOf(url: string): string {
  try {
    return new URL(url).pathname;
  } catch {
    return url.replace(/[?#].*$/s, '');
  }
}
