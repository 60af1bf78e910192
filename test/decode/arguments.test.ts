import { describe, expect, test } from 'vitest';
import { toCameraSource } from '../../src/config/camera.ts';
import { type CameraConfig, camera } from '../../src/config/schema.ts';
import { ffmpegArguments, type PictureWish, videoFilter } from '../../src/decode/arguments.ts';
import { needsPacing, type SourceKind, sourceKind } from '../../src/decode/kind.ts';
import { SMALL } from '../support/decoding.ts';

const source = (settings: Partial<CameraConfig> = {}) =>
  toCameraSource(camera.parse({ id: 'gate', source: 'rtsp://192.0.2.7/1', ...settings }));

const OLD = { libavformatMajor: 58 };
const NEW = { libavformatMajor: 59 };

function args(
  kind: SourceKind,
  settings: Partial<CameraConfig> = {},
  traits = OLD,
  pictures: PictureWish | null = null,
) {
  const camera = source(settings);
  return ffmpegArguments(camera, kind, camera.source, SMALL, traits, pictures);
}

/** The value behind an option, or undefined. */
const valueAfter = (list: readonly string[], option: string) => list[list.indexOf(option) + 1 || list.length];

describe('sourceKind', () => {
  test.each([
    ['clip.mp4', 'file'],
    ['/a/b c/clip.avi', 'file'],
    ['file:///a/clip.mp4', 'file'],
    ['/dev/video0', 'v4l2'],
    ['/dev/video12', 'v4l2'],
    ['rtsp://u:p@host/x', 'rtsp'],
    ['RTSPS://host:322/x', 'rtsp'],
    ['http://host/live.m3u8?token=1', 'hls'],
    ['https://host/a/clip.MP4', 'http-timed'],
    ['http://host/video.mjpg', 'http-pictures'],
    ['http://host/axis-cgi/mjpg/video.cgi?fps=5', 'http-pictures'],
    ['ftp://host/x.mp4', null],
    ['srt://host:9000', null],
  ])('%s is %s', (text, kind) => {
    expect(sourceKind(text)).toBe(kind);
  });

  test('only what is read in bursts is paced', () => {
    const kinds: SourceKind[] = ['file', 'v4l2', 'rtsp', 'hls', 'http-timed', 'http-pictures'];
    expect(kinds.filter(needsPacing)).toEqual(['file', 'hls', 'http-timed']);
  });
});

describe('ffmpegArguments', () => {
  test.each([
    ['tcp', OLD, '-stimeout'],
    ['udp', NEW, '-timeout'],
  ] as const)('RTSP over %s names its transport and time-out', (transport, traits, option) => {
    const { input } = args('rtsp', { transport, connectTimeoutMs: 7000 }, traits);
    expect(valueAfter(input, '-rtsp_transport')).toBe(transport);
    expect(valueAfter(input, option)).toBe('7000000');
  });

  test('keeps a source’s own times where it has some', () => {
    for (const kind of ['file', 'rtsp', 'hls', 'http-timed'] as const) expect(args(kind).input).toContain('-copyts');
    for (const kind of ['v4l2', 'http-pictures'] as const) expect(args(kind).input).not.toContain('-copyts');
  });

  test('opens V4L2 devices with what the camera is asked for', () => {
    const { input } = args('v4l2', { source: '/dev/video0', v4l2: { format: 'mjpeg', size: '1280x720', rateHz: 30 } });
    expect(input.join(' ')).toContain('-f v4l2 -input_format mjpeg -video_size 1280x720 -framerate 30');
    const plain = args('v4l2', { source: '/dev/video0' }).input.join(' ');
    expect(plain).toContain('-f v4l2');
    expect(plain).not.toMatch(/-input_format|-video_size|-framerate/);
  });

  test('takes times of arrival for streams that carry none', () => {
    expect(valueAfter(args('http-pictures').input, '-use_wallclock_as_timestamps')).toBe('1');
    expect(args('hls').input).not.toContain('-use_wallclock_as_timestamps');
  });

  test('protects file names that look like options or protocols', () => {
    expect(args('file', { source: '-i.mp4' }).url).toBe('file:-i.mp4');
    expect(args('file', { source: 'pipe:0' }).url).toBe('file:pipe:0');
    expect(args('file', { source: 'file:///a%20b.mp4' }).url).toBe('file:/a b.mp4');
  });

  test('asks for hardware decoding and decoders only when configured', () => {
    const { input } = args('rtsp', { hwaccel: 'vaapi', decoder: 'h264_v4l2m2m', decodeThreads: 4 });
    expect(input.join(' ')).toContain('-hwaccel vaapi -c:v h264_v4l2m2m -threads 4');
    expect(args('rtsp').input.join(' ')).not.toMatch(/-hwaccel|-c:v/);
  });

  test('limits the size of pictures', () => {
    expect(valueAfter(args('rtsp', { maxPixels: 5000 }).input, '-max_pixels')).toBe('5000');
  });

  test('makes no pictures unless they are wanted, and those in a NUT of their own', () => {
    expect(args('rtsp').pictures).toBeNull();
    const wanted = args('rtsp', {}, OLD, { maxSide: 640, everySeconds: 1 });
    expect({ ...wanted, pictures: null }).toEqual(args('rtsp'));
    expect(wanted.pictures?.join(' ')).toMatch(
      /^-map 0:V:0 .*-enc_time_base 1:90000 -c:v rawvideo -threads 1 -f nut -write_index 0 -flush_packets 1$/,
    );
  });

  test('takes pictures of the frames that are taken, and turns, masks and crops them alike', () => {
    const settings: Partial<CameraConfig> = { rotate: 90, masks: [[0, 0, 0.1, 0.1]], region: [0.5, 0, 0.5, 1] };
    const { output, pictures } = args('rtsp', settings, OLD, { maxSide: 640, everySeconds: 2 });
    const filters = (options: readonly string[]) => (valueAfter(options, '-vf') ?? '').split(/,(?=[a-z]+=)/);
    const ofFrames = filters(output);
    const ofPictures = filters(pictures ?? []);
    const common = ofFrames.slice(0, -2);
    const [selection, jumps, ...looked] = common;
    expect(ofPictures.slice(0, 2)).toEqual([selection, jumps]);
    expect(ofPictures[2]).toMatch(/^select=.*floor\(t\*0\.5\+0\.001\)/);
    expect(ofPictures.slice(3, -2)).toEqual(looked);
    expect(looked.map((filter) => filter.split('=')[0])).toEqual(['transpose', 'drawbox', 'crop']);
    expect(ofPictures.at(-1)).toBe('format=rgb24');
  });

  test('gives one stream of raw pictures with times', () => {
    const { output } = args('file');
    expect(output.join(' ')).toMatch(
      /^-map 0:V:0 .*-enc_time_base 1:90000 -c:v rawvideo -threads 1 -f nut -write_index 0 -flush_packets 1$/,
    );
  });
});

describe('videoFilter', () => {
  test('turns, masks, crops, then scales once', () => {
    const camera = source({ rotate: 90, masks: [[0, 0, 0.5, 0.25]], region: [0.5, 0, 0.5, 1] });
    const names = videoFilter(camera, 'file', SMALL)
      .match(/(?:^|,)[a-z]+=/g)
      ?.map((text) => text.replace(/[,=]/g, ''));
    expect(names).toEqual(['select', 'setpts', 'transpose', 'drawbox', 'crop', 'scale', 'format']);
  });

  test('a whole region is not cropped, all frames are not sampled', () => {
    expect(videoFilter(source({ fps: 'all' }), 'file', SMALL)).not.toMatch(/select|crop/);
  });

  test('never enlarges, and keeps the aspect ratio where a rung needs it', () => {
    expect(videoFilter(source(), 'file', SMALL)).toContain("scale=w='min(iw,128)':h='min(ih,96)'");
    expect(videoFilter(source(), 'file', { aspect: 'keep', width: 224, height: 224 })).toContain(
      "h='max(1,round(ih*min(1,224/min(iw*clip(sar,0.25,4),ih))))'",
    );
  });
});
