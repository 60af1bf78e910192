import type { NutVideoHeader } from './nut-header.ts';
import {
  FLAG_INVALID,
  type FrameCode,
  malformed,
  N,
  NOTHING,
  PacketReader,
  readMainHeader,
  readStreamHeader,
} from './nut-header.ts';

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

const BYTE = 'byte';
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

/** The time nearest to the last one whose low bits are these (NUT, "lsb2full"), or a time coded in full. */
function fullPts(coded: number, lastPts: number, shift: number): number {
  const modulus = 2 ** shift;
  if (coded >= modulus) return coded - modulus;
  const delta = lastPts - Math.floor((modulus - 1) / 2);
  return ((((coded - delta) % modulus) + modulus) % modulus) + delta;
}
