/** A message on its way to any number of subscribers: serialised once, and encoded once. */
export class Outgoing {
  readonly seq: number;
  readonly text: string;
  #bytes: Buffer | null = null;

  constructor(seq: number, text: string) {
    this.seq = seq;
    this.text = text;
  }

  /** UTF-8, the same memory for all. */
  get bytes(): Buffer {
    this.#bytes ??= Buffer.from(this.text);
    return this.#bytes;
  }
}
