import { redactUrls } from '../secrets.ts';
import type { SourceKind } from './kind.ts';

/** Why a source could not be read, for a person. */
export interface Diagnosis {
  /** Stable identifier, e.g. `connection-refused`. */
  readonly code: string;
  readonly reason: string;
}

/** What was opened, as far as it makes a difference to the words. */
export interface Opened {
  readonly kind: SourceKind;
  /** A password, or what looks like one, stands in its URL. */
  readonly hasPassword?: boolean;
  /** Takes the credentials out of what ffmpeg says. */
  readonly quote?: (text: string) => string;
}

type Rule = readonly [
  pattern: RegExp,
  code: string,
  reason: (match: RegExpExecArray, opened: Required<Opened>) => string,
];

/** First match wins: the specific before the general. */
const RULES: readonly Rule[] = [
  // What the relay said, which knows more than ffmpeg.
  [/^\[error\] certificate: (.*)$/m, 'certificate', ([, words = '']) => words],
  [/^\[error\] tls: (.*)$/m, 'tls', ([, words = '']) => words],
  [
    /Protocol '(?:https|tls|rtsps)' not on whitelist/,
    'certificate',
    () => 'it sends on to another encrypted address, whose certificate nobody checks: name that one in source',
  ],
  [
    /Picture size (\d+x\d+) exceeds specified max pixel count (\d+)/,
    'too-large',
    ([, size, limit]) =>
      `its pictures of ${size} exceed maxPixels (${limit}): raise maxPixels, or use a smaller stream of the camera`,
  ],
  // JPEG pictures beyond the limit have no size for ffmpeg.
  [
    /Picture size 0x0 is invalid/,
    'too-large',
    () => 'its pictures probably exceed maxPixels: raise maxPixels, or use a smaller stream of the camera',
  ],
  [
    /Stream map '0:V:0' matches no streams/,
    'no-video',
    () => 'it has no video stream, only sound or data: choose another of its streams',
  ],
  [
    /Decoder \(codec (\S+?)\) not found|Unknown decoder '(\S+)'/,
    'no-decoder',
    ([, codec, decoder]) =>
      `this ffmpeg cannot decode ${codec ?? decoder}: name another with WEIR_FFMPEG, or change the camera's codec`,
  ],
  [/Error while opening decoder/, 'no-decoder', () => 'its decoder cannot be opened here'],
  [
    /\b401 Unauthorized|(?:error|returned) 401\b/,
    'unauthorized',
    (_match, { hasPassword }) =>
      hasPassword
        ? 'it refuses the user or the password that it is given (401): check both, and that this user may see streams'
        : 'it wants a user and password, and is given none (401): set username and passwordFile, or put them into its URL',
  ],
  [/\b403 Forbidden/, 'forbidden', () => 'it refuses access (403): check the user’s rights on the camera'],
  [
    /\b404\b.*Not Found|\b404\b.*(?:File|Stream) not found/i,
    'not-found',
    () => 'it has no such stream (404): check the path in the URL',
  ],
  [
    /\b(5\d\d) (?:Server|Internal|Service|Bad Gateway)[^\n]*/i,
    'server-error',
    ([text = ''], { kind, quote }) =>
      `it reports an error of its own: ${quote(text)}${kind.startsWith('http') ? '; if this is its RTSP port, use rtsp://' : ''}`,
  ],
  [
    /Connection refused/,
    'connection-refused',
    () => 'connection refused, nothing listens there: check its address and port, and that it is on',
  ],
  [
    /No route to host|Network is unreachable/,
    'unreachable',
    () => 'the network does not reach it: check its address, cable and route',
  ],
  [
    /Failed to resolve hostname (\S+?):|Name or service not known|Temporary failure in name resolution/,
    'unknown-host',
    ([, host], { quote }) =>
      `the host name${host === undefined ? '' : ` ${quote(host)}`} is not known: check its spelling, or use the address`,
  ],
  [
    /Connection timed out|Operation timed out/i,
    'timed-out',
    () => 'it does not answer (timed out): check its address, and that it is on',
  ],
  [
    /No such file or directory/,
    'no-such-file',
    (_match, { kind }) =>
      kind === 'v4l2' ? 'there is no such device: is it plugged in?' : 'there is no such file: check the path',
  ],
  [
    /Permission denied/,
    'permission-denied',
    (_match, { kind }) =>
      kind === 'v4l2' ? 'no permission: add Weir’s user to the group `video`' : 'no permission to read it',
  ],
  [/Is a directory/, 'is-a-directory', () => 'it is a folder, not a video: name a file'],
  [/Device or resource busy/, 'busy', () => 'the device is used by another program: end that one'],
  [
    /Inappropriate ioctl for device|Not a video capture device/,
    'not-a-camera',
    () => 'the device is not a camera: `v4l2-ctl --list-devices` lists them',
  ],
  [/Protocol not found/, 'protocol', () => 'this ffmpeg does not know that protocol'],
  [
    /moov atom not found|Invalid data found when processing input/,
    'not-a-video',
    (_match, { kind }) =>
      kind === 'file'
        ? 'it is not a video that ffmpeg can read (text, cut off or damaged?)'
        : kind === 'rtsp'
          ? 'what it sends is not RTSP that ffmpeg can read: check port and path in its URL; if it speaks TLS there, use rtsps://'
          : 'what it sends is not a video that ffmpeg can read: check the path in its URL; if this is its RTSP port, use rtsp://',
  ],
  // Told of hardware that does not work here, also where ffmpeg goes on without: only if nothing else is known.
  [
    /(?:Unrecognized|Unsupported) hwaccel|Device creation failed|No device available for decoder|hwaccel initialisation returned error|Failed setup for format (?:cuda|vaapi|vdpau|drm)/i,
    'hwaccel-unavailable',
    () => 'its hardware decoder is not available here',
  ],
  [
    /End of file before an answer/,
    'connection-lost',
    (_match, { kind }) =>
      `the connection breaks off before an answer: see how many viewers it allows, and if it speaks TLS there, use ${kind === 'rtsp' ? 'rtsps' : 'https'}://`,
  ],
  [
    /Connection reset by peer|Broken pipe|End of file/,
    'connection-lost',
    (_match, { kind }) =>
      `the connection broke off: check the network, and how many viewers it allows${kind.startsWith('http') ? '; a camera at http:// may want https://' : ''}`,
  ],
];

/** Troubles on the way to a source, or with it: how it is decoded makes no difference to them. */
export const NOT_THE_DECODER: ReadonlySet<string> = new Set([
  'certificate',
  'tls',
  'unauthorized',
  'forbidden',
  'not-found',
  'server-error',
  'connection-refused',
  'unreachable',
  'unknown-host',
  'timed-out',
  'no-such-file',
  'permission-denied',
  'is-a-directory',
  'busy',
  'not-a-camera',
  'protocol',
  'connection-lost',
  'too-large',
  'too-small',
  'no-video',
  'no-frames',
  'has-times',
]);

/** What ffmpeg's last lines say about its failure; falls back on its own words. */
export function diagnose(stderr: readonly string[], opened: Opened): Diagnosis {
  const known = knownCause(stderr, opened);
  if (known !== null) return known;
  const last = stderr.filter((line) => /\[(?:error|fatal|panic)\]/.test(line)).at(-1);
  const words = last?.replace(/^(?:\[[^\]]*\] ?)+/, '').trim();
  const { quote } = settled(opened);
  return { code: 'decode-failed', reason: words ? `ffmpeg says: ${quote(words)}` : 'ffmpeg ended without saying why' };
}

/** The same for the causes that Weir knows; `null` if it is none of them. */
export function knownCause(stderr: readonly string[], opened: Opened): Diagnosis | null {
  const text = stderr.join('\n');
  for (const [pattern, code, reason] of RULES) {
    const match = pattern.exec(text);
    if (match !== null) return { code, reason: reason(match, settled(opened)) };
  }
  return null;
}

function settled({ kind, hasPassword = false, quote = redactUrls }: Opened): Required<Opened> {
  return { kind, hasPassword, quote };
}
