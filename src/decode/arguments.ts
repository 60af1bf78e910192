import type { Box, CameraSource, WorkingSize } from '../types.ts';
import { JUMP_MARKING } from './jumps.ts';
import { filePath, type SourceKind } from './kind.ts';

/** What of the ffmpeg at hand changes its arguments. */
export interface FfmpegTraits {
  /** 58 is ffmpeg 4.x, 59 is 5.x, 60 is 6.x. */
  readonly libavformatMajor: number;
}

export interface FfmpegArguments {
  /** Options in front of `-i`. */
  readonly input: readonly string[];
  /** What stands after `-i`. */
  readonly url: string;
  /** Options of the output; the output itself is a pipe. */
  readonly output: readonly string[];
  /** Options of a second output, for pictures; `null`: there is none. */
  readonly pictures: readonly string[] | null;
}

/** Pictures to be made for people, beside the frames. */
export interface PictureWish {
  /** Their longer side, in pixels; they are never enlarged. */
  readonly maxSide: number;
  /** Of the frames that are taken, at most one in so many seconds. */
  readonly everySeconds: number;
}

/** Times of frames are told in this unit. */
const TIME_BASE = '1:90000';
const MICROSECONDS = 1000;

/**
 * ffmpeg's arguments for a camera: one decoded, sampled, rotated, masked, cropped and scaled RGB stream in NUT, each
 * frame with the PTS of the source frame that it is; and, where they are wanted, larger pictures of some of these frames in a
 * NUT of their own: in one, the muxer would hold frames back to bring them into an order with the pictures. They are raw too:
 * a JPEG costs more than its bytes unless somebody looks, and its encoder ends ffmpeg where times do not grow.
 *
 * @param url the source as ffmpeg is to open it (a name may have been resolved)
 */
export function ffmpegArguments(
  camera: CameraSource,
  kind: SourceKind,
  url: string,
  working: WorkingSize,
  traits: FfmpegTraits,
  pictures: PictureWish | null = null,
): FfmpegArguments {
  return {
    input: [...globalOptions(kind), ...inputOptions(camera, kind, traits), ...decoderOptions(camera)],
    url: kind === 'file' ? `file:${filePath(url)}` : url,
    output: raw(videoFilter(camera, kind, working), traits),
    pictures: pictures === null ? null : raw(pictureFilter(camera, kind, pictures), traits),
  };
}

function raw(filter: string, { libavformatMajor }: FfmpegTraits): string[] {
  return [
    ...['-map', '0:V:0', '-an', '-sn', '-dn'],
    ...['-vf', filter],
    // Every frame that the filters let through, with its own time: no duplicates, no drops, no rounding to a frame rate.
    ...[libavformatMajor >= 60 ? '-fps_mode' : '-vsync', 'passthrough', '-enc_time_base', TIME_BASE],
    // An encoder of several threads holds as many frames back, less one: from ffmpeg 5 on that of raw video too.
    ...['-c:v', 'rawvideo', '-threads', '1'],
    // An index is for files: the muxer would keep a place for every frame, about 100 MB in a day.
    ...['-f', 'nut', '-write_index', '0', '-flush_packets', '1'],
  ];
}

function globalOptions(kind: SourceKind): string[] {
  // A source's own times are kept as they are.
  const times = kind === 'v4l2' || kind === 'http-pictures' ? [] : ['-copyts'];
  return ['-hide_banner', '-nostats', '-nostdin', '-loglevel', 'level+verbose', ...times];
}

/** The format that ffmpeg found in its input, from the line that it writes when it has looked. */
export function inputFormat(stderrLine: string): string | null {
  return /^\[info\] Input #0, (\S+), from '/.exec(stderrLine)?.[1] ?? null;
}

/**
 * The size of the source's pictures, from the line that ffmpeg writes whenever it sets up its filters: at the beginning, and
 * when the size changes.
 */
export function sourceSize(stderrLine: string): { width: number; height: number } | null {
  const match = /^\[graph 0 input.* w:(\d+) h:(\d+) pixfmt:/.exec(stderrLine);
  return match === null ? null : { width: Number(match[1]), height: Number(match[2]) };
}

function inputOptions(camera: CameraSource, kind: SourceKind, traits: FfmpegTraits): string[] {
  const timeoutMicroseconds = String(camera.connectTimeoutMs * MICROSECONDS);
  switch (kind) {
    case 'rtsp':
      return [
        ...['-rtsp_transport', camera.transport, '-allowed_media_types', 'video'],
        ...[traits.libavformatMajor >= 59 ? '-timeout' : '-stimeout', timeoutMicroseconds],
        // The session description already names the codec: little is read before the first frame is decoded. (`nobuffer`
        // would throw that little away, and with it the first key frame: seconds of waiting on a camera with a long GOP.)
        ...['-probesize', '32768', '-analyzeduration', '0'],
      ];
    case 'http-pictures':
      return ['-rw_timeout', timeoutMicroseconds, '-use_wallclock_as_timestamps', '1'];
    case 'hls':
    case 'http-timed':
      return ['-rw_timeout', timeoutMicroseconds];
    case 'v4l2':
      return [
        ...['-f', 'v4l2'],
        ...(camera.v4l2.format === null ? [] : ['-input_format', camera.v4l2.format]),
        ...(camera.v4l2.size === null ? [] : ['-video_size', camera.v4l2.size]),
        ...(camera.v4l2.rateHz === null ? [] : ['-framerate', String(camera.v4l2.rateHz)]),
      ];
    case 'file':
      return [];
  }
}

function decoderOptions(camera: CameraSource): string[] {
  return [
    ...(camera.hwaccel === 'none' ? [] : ['-hwaccel', camera.hwaccel]),
    ...(camera.decoder === null ? [] : ['-c:v', camera.decoder]),
    ...['-threads', String(camera.decodeThreads), '-max_pixels', String(camera.maxPixels)],
  ];
}

/** The filter chain; sampling comes first, so that dropped frames cost nothing more than their decoding. */
export function videoFilter(camera: CameraSource, kind: SourceKind, working: WorkingSize): string {
  return [...taken(camera, kind), ...lookedAt(camera), scaling(working), 'format=rgb24'].join(',');
}

/**
 * The filter chain of pictures. It begins as that of the frames does, so that each picture is of one of them and has its
 * time, jumps marked; then some of them are left out.
 */
function pictureFilter(camera: CameraSource, kind: SourceKind, { maxSide, everySeconds }: PictureWish): string {
  const sampled = `select='${sampling(1 / everySeconds)}'`;
  return [...taken(camera, kind), sampled, ...lookedAt(camera), shrinking(maxSide), 'format=rgb24'].join(',');
}

function taken({ fps }: CameraSource, kind: SourceKind): string[] {
  return [...selection(fps, kind), JUMP_MARKING];
}

/** What is looked at of a picture: turned, and without what nobody may see. */
function lookedAt({ rotate, masks, region }: CameraSource): string[] {
  return [...rotation(rotate), ...masks.map(mask), ...(isWhole(region) ? [] : [crop(region)])];
}

/**
 * Which frames are taken. The first one of an RTSP stream is not: its parameter sets arrive as packets of their own, and
 * ffmpeg then guesses the time of the first picture wrongly.
 */
function selection(fps: number | null, kind: SourceKind): string[] {
  const conditions = [...(kind === 'rtsp' ? ['gt(n,0)'] : []), ...(fps === null ? [] : [sampling(fps)])];
  return conditions.length === 0 ? [] : [`select='${conditions.join('*')}'`];
}

/**
 * The first frame at or after each multiple of 1/fps on the source's own time line; also the first of all, frames without
 * a time, and the first after a jump back. The small addend keeps a frame that lies on a multiple from being rounded off it.
 */
function sampling(fps: number): string {
  const cell = (time: string) => `floor(${time}*${fps}+0.001)`;
  return `(isnan(t)+isnan(prev_selected_t)+lt(t,prev_selected_t)+gt(${cell('t')},${cell('prev_selected_t')}))`;
}

function rotation(degrees: CameraSource['rotate']): string[] {
  if (degrees === 90) return ['transpose=clock'];
  if (degrees === 180) return ['hflip', 'vflip'];
  return degrees === 270 ? ['transpose=cclock'] : [];
}

function mask([x, y, width, height]: Box): string {
  // To whole pixels outwards: no line of a pixel may stay visible at an edge.
  const from = (side: string, at: number) => `floor(${side}*${at})`;
  const to = (side: string, at: number) => `ceil(${side}*${at})`;
  return [
    `drawbox=x='${from('iw', x)}':y='${from('ih', y)}'`,
    `w='${to('iw', x + width)}-${from('iw', x)}':h='${to('ih', y + height)}-${from('ih', y)}'`,
    'color=black:t=fill',
  ].join(':');
}

function crop([x, y, width, height]: Box): string {
  return `crop=w=iw*${width}:h=ih*${height}:x=iw*${x}:y=ih*${y}`;
}

function scaling({ aspect, width, height }: WorkingSize): string {
  if (aspect === 'stretch') return `scale=w='min(iw,${width})':h='min(ih,${height})':flags=area`;
  return shaped('min', Math.max(width, height));
}

/** To a longer side of so many pixels, at most. */
function shrinking(maxSide: number): string {
  return shaped('max', maxSide);
}

/**
 * To the shape in which it is meant to be seen, its shorter or its longer side of so many pixels at most. Pixels of encoders of
 * analogue cameras are not square (`sar`); no real ones are further from it than four to one.
 */
function shaped(which: 'min' | 'max', mostPixels: number): string {
  const width = 'iw*clip(sar,0.25,4)';
  const side = (length: string) => `'max(1,round(${length}*min(1,${mostPixels}/${which}(${width},ih))))'`;
  return `scale=w=${side(width)}:h=${side('ih')}:flags=area`;
}

export function isWhole([x, y, width, height]: Box): boolean {
  return x === 0 && y === 0 && width === 1 && height === 1;
}
