import { WeirError } from '../errors.ts';

/** What the one video stream of a NUT file says of itself. */
export interface NutVideoHeader {
  readonly width: number;
  readonly height: number;
}

/** What a frame's first byte stands for (NUT, "frame_code"). */
export interface FrameCode {
  readonly flags: number;
  readonly ptsDelta: number;
  readonly sizeMultiplier: number;
  readonly sizeLow: number;
  readonly reserved: number;
  readonly header: number;
}

export const N = 0x4e;
export const NOTHING = new Uint8Array(0);
export const FLAG_INVALID = 8192;

export function malformed(what: string): WeirError {
  return new WeirError('decode-stream', `ffmpeg's output is not understood: ${what}`, {
    remedy: 'run `weir doctor`; another ffmpeg can be named with WEIR_FFMPEG',
  });
}

/** Reads the fields of a header packet that is in memory whole. */
export class PacketReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  variable(): number {
    let value = 0;
    for (;;) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw malformed('a header that ends too early');
      value = value * 128 + (byte & 127);
      if (byte < 128) return value;
    }
  }

  /** Signed: 0, 1, −1, 2, −2 … */
  signed(): number {
    const value = this.variable() + 1;
    return value % 2 === 1 ? -(value - 1) / 2 : value / 2;
  }

  block(): Uint8Array {
    const length = this.variable();
    this.#at += length;
    return this.#bytes.slice(this.#at - length, this.#at);
  }
}

export function readMainHeader(packet: PacketReader): {
  table: FrameCode[];
  elision: Uint8Array[];
  timeBases: [number, number][];
} {
  const version = packet.variable();
  if (version > 3) packet.variable();
  packet.variable(); // stream count
  packet.variable(); // maximum distance of syncpoints
  const timeBases = Array.from({ length: packet.variable() }, (): [number, number] => [
    packet.variable(),
    packet.variable(),
  ]);
  const table: FrameCode[] = [];
  const field = { pts: 0, multiplier: 1, header: 0 };
  while (table.length < 256) {
    const flags = packet.variable();
    const fields = packet.variable();
    if (fields > 0) field.pts = packet.signed();
    if (fields > 1) field.multiplier = packet.variable();
    if (fields > 2) packet.variable(); // stream
    const size = fields > 3 ? packet.variable() : 0;
    const reserved = fields > 4 ? packet.variable() : 0;
    const count = fields > 5 ? packet.variable() : field.multiplier - size;
    if (fields > 6) packet.signed(); // match time
    if (fields > 7) field.header = packet.variable();
    for (let i = 8; i < fields; i++) packet.variable();
    for (let j = 0; j < count && table.length < 256; j++) {
      if (table.length === N) {
        table.push({ flags: FLAG_INVALID, ptsDelta: 0, sizeMultiplier: 1, sizeLow: 0, reserved: 0, header: 0 });
        j--;
        continue;
      }
      table.push({
        flags,
        ptsDelta: field.pts,
        sizeMultiplier: field.multiplier,
        sizeLow: size + j,
        reserved,
        header: field.header,
      });
    }
    if (count <= 0) throw malformed('an empty run in the frame code table');
  }
  const elision = [NOTHING, ...Array.from({ length: packet.variable() }, () => packet.block())];
  return { table, elision, timeBases };
}

export function readStreamHeader(packet: PacketReader): NutVideoHeader & { timeBase: number; ptsShift: number } {
  packet.variable(); // stream id
  if (packet.variable() !== 0) throw malformed('a stream that is not video');
  packet.block(); // fourcc
  const timeBase = packet.variable();
  const ptsShift = packet.variable();
  packet.variable(); // maximum distance of times
  packet.variable(); // decode delay
  packet.variable(); // flags
  packet.block(); // codec specific data
  return { width: packet.variable(), height: packet.variable(), timeBase, ptsShift };
}
