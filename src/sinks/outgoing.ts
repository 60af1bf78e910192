const FINAL_TEXT = 0x81;
const LENGTH_16 = 126;
const LENGTH_64 = 127;

/**
 * A message on its way to any number of subscribers: serialised once, and framed once (RFC 6455, section 5.2: what a server sends is not
 * masked, so the bytes are the same for all).
 */
export class Outgoing {
  readonly seq: number;
  readonly text: string;
  #frame: Buffer | null = null;

  constructor(seq: number, text: string) {
    this.seq = seq;
    this.text = text;
  }

  /** One whole, uncompressed text frame. */
  get frame(): Buffer {
    this.#frame ??= textFrame(this.text);
    return this.#frame;
  }
}

export function textFrame(text: string): Buffer {
  const bytes = Buffer.byteLength(text);
  const header = bytes < LENGTH_16 ? 2 : bytes < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(header + bytes);
  frame[0] = FINAL_TEXT;
  if (header === 2) frame[1] = bytes;
  else if (header === 4) {
    frame[1] = LENGTH_16;
    frame.writeUInt16BE(bytes, 2);
  } else {
    frame[1] = LENGTH_64;
    frame.writeBigUInt64BE(BigInt(bytes), 2);
  }
  frame.write(text, header, 'utf8');
  return frame;
}
