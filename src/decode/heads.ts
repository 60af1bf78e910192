/** The first line of an RTSP or HTTP message and its header lines, without the empty one behind them. */
export type Head = readonly string[];

/** A message whose head or body is larger than this is none. */
const MOST_BYTES = 256 * 1024;
/** In the words of ffmpeg. */
export const END = 'End of file';
/** Of a camera that is not spoken to over TLS. */
export const EARLY_END = 'End of file before an answer';
const END_OF_HEAD = '\r\n\r\n';
const MEDIA = 0x24; // `$`
/** The record with which TLS turns away whoever does not speak it (RFC 8446, 5.1). */
const TLS_ALERT = 0x15;
const MEDIA_HEADER_BYTES = 4;

/** The other side turned away what was not encrypted, or seems to. */
export class NotPlainError extends Error {}

/** Values of a header, in order. */
export function valuesOf(head: Head, name: string): string[] {
  const prefix = `${name.toLowerCase()}:`;
  return head
    .slice(1)
    .filter((line) => line.toLowerCase().startsWith(prefix))
    .map((line) => line.slice(prefix.length).trim());
}

/** The head with this header in place of those of its name; `null` leaves it out. */
export function withHeader(head: Head, name: string, value: string | null): Head {
  const prefix = `${name.toLowerCase()}:`;
  const others = head.filter((line, index) => index === 0 || !line.toLowerCase().startsWith(prefix));
  return value === null ? others : [...others, `${name}: ${value}`];
}

export function headBytes(head: Head): Buffer {
  return Buffer.from(head.join('\r\n') + END_OF_HEAD, 'latin1');
}

/**
 * The head at the beginning of some bytes, and where it ends; `null` while it is not complete.
 *
 * @throws Error when there is more than a head may have; `NotPlainError` when it is TLS
 */
export function headAt(bytes: Buffer): { head: Head; end: number } | null {
  if (bytes[0] === TLS_ALERT) throw new NotPlainError();
  const at = bytes.indexOf(END_OF_HEAD);
  if (at > MOST_BYTES || (at < 0 && bytes.length > MOST_BYTES)) throw new Error('a head without an end');
  if (at < 0) return null;
  return { head: bytes.toString('latin1', 0, at).split('\r\n'), end: at + END_OF_HEAD.length };
}

export interface RtspParts {
  /** Whole packets of media as they are, framed by `$`, channel and length (RFC 2326, 10.12). */
  media(bytes: Buffer): void;
  message(head: Head, body: Buffer): void;
}

/** Takes one direction of an RTSP connection apart into messages and the media between them, in their order. */
export class RtspSplitter {
  readonly #parts: RtspParts;
  #rest: Buffer = Buffer.alloc(0);

  constructor(parts: RtspParts) {
    this.#parts = parts;
  }

  /** @throws Error when what comes cannot be RTSP */
  push(chunk: Buffer): void {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (;;) {
      while (bytes[0] === 0x0d || bytes[0] === 0x0a) bytes = bytes.subarray(1);
      const media = mediaEnd(bytes);
      if (media > 0) this.#parts.media(bytes.subarray(0, media));
      bytes = bytes.subarray(media);
      if (bytes.length === 0 || bytes[0] === MEDIA) break;
      const found = headAt(bytes);
      if (found === null) break;
      const length = Number(valuesOf(found.head, 'Content-Length')[0] ?? 0);
      if (!(length >= 0 && length <= MOST_BYTES)) throw new Error('a body without an end');
      if (bytes.length < found.end + length) break;
      this.#parts.message(found.head, bytes.subarray(found.end, found.end + length));
      bytes = bytes.subarray(found.end + length);
    }
    this.#rest = bytes;
  }
}

/** Where the whole packets at the beginning end. */
function mediaEnd(bytes: Buffer): number {
  let end = 0;
  while (bytes[end] === MEDIA && end + MEDIA_HEADER_BYTES <= bytes.length) {
    const next = end + MEDIA_HEADER_BYTES + bytes.readUInt16BE(end + 2);
    if (next > bytes.length) break;
    end = next;
  }
  return end;
}
