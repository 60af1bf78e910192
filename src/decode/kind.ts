import { existsSync } from 'node:fs';
import { decodePercent } from '../secrets.ts';

/** How a source is opened and what its end means. */
export type SourceKind = 'file' | 'v4l2' | 'rtsp' | 'hls' | 'http-file' | 'http-live';

/** Containers that hold files; transport streams and FLV come from cameras and servers that never end. */
const CONTAINERS = /\.(mp4|m4v|mov|mkv|webm|avi|mpg|mpeg)$/i;

/** What kind of source a URL, path or device is; `null` if Weir does not read that scheme. */
export function sourceKind(source: string): SourceKind | null {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(source)?.[1]?.toLowerCase();
  if (scheme === undefined) return /^\/dev\/video\d+$/.test(source) ? 'v4l2' : 'file';
  if (scheme === 'file') return 'file';
  if (scheme === 'rtsp' || scheme === 'rtsps') return 'rtsp';
  if (scheme !== 'http' && scheme !== 'https') return null;
  const path = pathOf(source);
  if (/\.m3u8$/i.test(path)) return 'hls';
  return CONTAINERS.test(path) ? 'http-file' : 'http-live';
}

/**
 * Frames of these come faster than they were filmed (a disk, segments in bursts): Weir holds each back until its time.
 */
export function needsPacing(kind: SourceKind): boolean {
  return kind === 'file' || kind === 'http-file' || kind === 'hls';
}

/** Whether a local source is there; network sources are found out by opening them. */
export function localSourceExists(source: string): boolean {
  const kind = sourceKind(source);
  return (kind !== 'file' && kind !== 'v4l2') || existsSync(filePath(source));
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
