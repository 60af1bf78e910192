/** What recordings are called. ffmpeg makes pictures of far more, also of plain text (`.asc`, `.nfo`), by its name alone. */
const RECORDINGS = [
  ...['mp4', 'm4v', 'mov', 'mkv', 'webm', 'avi', 'ts', 'm2ts', 'mts', 'mpg', 'mpeg', 'flv', 'wmv', 'ogv', '3gp'],
  ...['mjpeg', 'mjpg', 'h264', 'h265', 'hevc', 'y4m', 'nut'],
];

/**
 * What is wrong with a source that comes over the API, beside what is wrong with any; `null` if nothing. Of the machine's own files only
 * recordings are opened: who may add a camera is not to see what else Weir's user may read.
 *
 * @param source has no problem by `sourceProblem`
 */
export function apiSourceProblem(source: string): string | null {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(source)?.[1]?.toLowerCase();
  if (scheme === undefined && !source.startsWith('/')) return 'must be a URL, or a path from / on';
  if (scheme !== undefined && scheme !== 'file') return null;
  if (/^\/dev\/video\d+$/.test(source)) return null;
  const extension = /\/[^/]*\.([a-z0-9]+)$/i.exec(source)?.[1]?.toLowerCase();
  if (extension !== undefined && RECORDINGS.includes(extension) && !/\0|%00/.test(source)) return null;
  return `over the API only a file that is named as a video can be a source (${RECORDINGS.join(', ')}): rename it, or add the camera in the configuration`;
}
