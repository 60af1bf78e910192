import { WeirError } from '../errors.ts';

/** What the one video stream of a NUT file says of itself. */
export interface NutVideoHeader {
  readonly width: number;
  readonly height: number;
}

/** Receives what a `NutDemuxer` finds. */
export interface NutHandler {
  header(header: NutVideoHeader): void;
  /** A frame of `bytes` bytes begins; they are written to the array returned, or skipped with `null`. */
  beginFrame(ptsSeconds: number, bytes: number): Uint8Array | null;
  endFrame(): void;
}

/**
 * Incremental demuxer for the NUT container with one raw video stream, as `ffmpeg -f nut` writes it. Raw video in a bare
 * pipe loses its presentation times; NUT carries them beside the pixels, so that no frame can be paired with another's
 * time. Copes with any chunking; pixel bytes are copied once, straight to where the handler wants them.
 *
 * Format: "NUT Open Container Format" (ffmpeg.org/~michael/nut.txt), version 3. Checksums are not verified: the other
 * end of the pipe is our own child.
 */
export class NutDemuxer {
  readonly #handler: NutHandler;
  readonly #parser: Generator<Request, never, number>;
  #request: Request;
  #filled = 0;

  constructor(handler: NutHandler) {
    this.#handler = handler;
    this.#parser = this.#parse();
    this.#request = this.#parser.next().value;
  }

  /**
   * Takes bytes from `chunk` beginning at `offset`, until the chunk or the current frame ends.
   *
   * @returns the offset of the first byte not taken; less than `chunk.length` only after an `endFrame`
   * @throws WeirError `decode-stream` if the bytes are not what ffmpeg writes
   */
  push(chunk: Uint8Array, offset = 0): number {
    let at = offset;
    while (at < chunk.length) {
      const request = this.#request;
      if (request === BYTE) {
        this.#request = this.#parser.next(chunk[at] ?? 0).value;
        at++;
        continue;
      }
      const take = Math.min(request.bytes - this.#filled, chunk.length - at);
      request.into?.set(chunk.subarray(at, at + take), request.start + this.#filled);
      this.#filled += take;
      at += take;
      if (this.#filled < request.bytes) break;
      this.#filled = 0;
      this.#request = this.#parser.next(0).value;
      this.#handler.endFrame();
      break;
    }
    return at;
  }

  *#parse(): Generator<Request, never, number> {
    for (const expected of FILE_ID) if ((yield BYTE) !== expected) throw malformed('no NUT file id at the start');
    let table: FrameCode[] = [];
    let elision: Uint8Array[] = [];
    let timeBases: [number, number][] = [];
    let timeBase: [number, number] = [1, 1];
    let ptsShift = 0;
    let lastPts = 0;

    for (;;) {
      const first = yield BYTE;
      if (first === N) {
        const startCode = yield* startCodeAfterN();
        const packet = yield* packetBody();
        if (startCode === MAIN) ({ table, elision, timeBases } = readMainHeader(packet));
        else if (startCode === STREAM) {
          const stream = readStreamHeader(packet);
          timeBase = timeBases[stream.timeBase] ?? timeBase;
          ptsShift = stream.ptsShift;
          this.#handler.header(stream);
        } else if (startCode === SYNCPOINT) {
          const global = packet.variable();
          const [numerator, denominator] = timeBases[global % timeBases.length] ?? [1, 1];
          const seconds = (Math.floor(global / timeBases.length) * numerator) / denominator;
          lastPts = Math.floor((seconds * timeBase[1]) / timeBase[0] + 1e-6);
        }
        continue;
      }

      const code = table[first];
      if (code === undefined) throw malformed(`frame code ${first} before the main header`);
      let { flags, sizeHigh, headerIndex, reserved } = { ...code, sizeHigh: 0, headerIndex: code.header };
      if (flags & FLAG_CODED) flags ^= yield* variable();
      if (flags & FLAG_INVALID) throw malformed(`invalid frame code ${first}`);
      if (flags & FLAG_STREAM_ID) yield* variable();
      let pts = lastPts + code.ptsDelta;
      if (flags & FLAG_CODED_PTS) pts = fullPts(yield* variable(), lastPts, ptsShift);
      if (flags & FLAG_SIZE_HIGH) sizeHigh = yield* variable();
      if (flags & FLAG_MATCH_TIME) yield* variable();
      if (flags & FLAG_HEADER_INDEX) headerIndex = yield* variable();
      if (flags & FLAG_RESERVED) reserved = yield* variable();
      for (; reserved > 0; reserved--) yield* variable();
      if (flags & FLAG_CHECKSUM) for (let i = 0; i < 4; i++) yield BYTE;
      lastPts = pts;

      const bytes = code.sizeLow + sizeHigh * code.sizeMultiplier;
      if (flags & FLAG_END_OF_RELEVANCE) continue;
      const elided = bytes > MAX_ELIDED_FRAME ? NOTHING : (elision[headerIndex] ?? NOTHING);
      const into = this.#handler.beginFrame((pts * timeBase[0]) / timeBase[1], bytes);
      into?.set(elided);
      yield { bytes: bytes - elided.length, into, start: elided.length };
    }
  }
}

/** What the parser wants next: one byte, or the bytes of a frame. */
type Request = typeof BYTE | { readonly bytes: number; readonly into: Uint8Array | null; readonly start: number };

interface FrameCode {
  readonly flags: number;
  readonly ptsDelta: number;
  readonly sizeMultiplier: number;
  readonly sizeLow: number;
  readonly reserved: number;
  readonly header: number;
}

const BYTE = 'byte';
const N = 0x4e;
const NOTHING = new Uint8Array(0);
const FILE_ID = Buffer.from('nut/multimedia container\0', 'latin1');
const MAIN = '4d7a561f5f04ad';
const STREAM = '5311405bf2f9db';
const SYNCPOINT = '4be4adeeca4569';
const MAX_PACKET = 1 << 20;
const MAX_ELIDED_FRAME = 4096;

const FLAG_END_OF_RELEVANCE = 2;
const FLAG_CODED_PTS = 8;
const FLAG_STREAM_ID = 16;
const FLAG_SIZE_HIGH = 32;
const FLAG_CHECKSUM = 64;
const FLAG_RESERVED = 128;
const FLAG_HEADER_INDEX = 1024;
const FLAG_MATCH_TIME = 2048;
const FLAG_CODED = 4096;
const FLAG_INVALID = 8192;

function malformed(what: string): WeirError {
  return new WeirError('decode-stream', `ffmpeg's output is not understood: ${what}`, {
    remedy: 'run `weir doctor`; another ffmpeg can be named with WEIR_FFMPEG',
  });
}

/** NUT's variable length integer: seven bits a byte, most significant first, the high bit says that more follow. */
function* variable(): Generator<Request, number, number> {
  let value = 0;
  for (;;) {
    const byte = yield BYTE;
    value = value * 128 + (byte & 127);
    if (byte < 128) return value;
    if (value > Number.MAX_SAFE_INTEGER / 256) throw malformed('a number that is too large');
  }
}

function* startCodeAfterN(): Generator<Request, string, number> {
  const code = Buffer.alloc(7);
  for (let i = 0; i < code.length; i++) code[i] = yield BYTE;
  return code.toString('hex');
}

function* packetBody(): Generator<Request, PacketReader, number> {
  const bytes = yield* variable();
  if (bytes > MAX_PACKET) throw malformed(`a header of ${bytes} bytes`);
  if (bytes > 4096) for (let i = 0; i < 4; i++) yield BYTE;
  const body = new Uint8Array(bytes);
  for (let i = 0; i < bytes; i++) body[i] = yield BYTE;
  return new PacketReader(body);
}

/** Reads the fields of a header packet that is in memory whole. */
class PacketReader {
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

function readMainHeader(packet: PacketReader): {
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

function readStreamHeader(packet: PacketReader): NutVideoHeader & { timeBase: number; ptsShift: number } {
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

/** The time nearest to the last one whose low bits are these (NUT, "lsb2full"), or a time coded in full. */
function fullPts(coded: number, lastPts: number, shift: number): number {
  const modulus = 2 ** shift;
  if (coded >= modulus) return coded - modulus;
  const delta = lastPts - Math.floor((modulus - 1) / 2);
  return ((((coded - delta) % modulus) + modulus) % modulus) + delta;
}
