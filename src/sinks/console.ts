import type { Writable } from 'node:stream';
import type { SequencedMessage, Sink } from './messages.ts';

/** Prints labels for a person: one aligned line per change. */
export class ConsoleSink implements Sink {
  readonly #out: Writable;
  readonly #every: 'frame' | 'change';
  #ended = false;
  #dropped = 0;

  constructor(out: Writable, every: 'frame' | 'change') {
    this.#out = out;
    this.#every = every;
    // The reader of a pipe may leave (`| head`): what follows is nobody's, and no error.
    out.once('error', () => {
      this.#ended = true;
    });
  }

  publish(message: SequencedMessage): void {
    if (this.#ended || message.type !== 'label') return;
    if (this.#every === 'change' && !message.changed) return;
    // A reader that pauses (a pager) costs lines, not memory.
    if (this.#out.writableNeedDrain) {
      this.#dropped++;
      return;
    }
    if (this.#dropped > 0) this.#out.write(`… ${this.#dropped} lines were not read in time and are left out\n`);
    this.#dropped = 0;
    this.#out.write(`${formatLabel(message)}\n`);
  }

  async close(): Promise<void> {}
}

/** Room for two rungs and the reason. */
const PATH_WIDTH = 44;

/** What of a label is printed; both the daemon's labels and those of a WebSocket client are one. */
export interface PrintableLabel {
  readonly camera: string;
  readonly emittedAtMs: number;
  readonly label: string | null;
  readonly confidence: number | null;
  readonly path: readonly { readonly rung: string }[];
  readonly stop: string;
  readonly spentMs: number;
}

/** `14:03:07.120  gate          espresso                    0.93  lite0@160-int8 > lite1@240-int8 (accepted)       12.3 ms` */
export function formatLabel(label: PrintableLabel): string {
  const time = new Date(label.emittedAtMs).toTimeString().slice(0, 8);
  const fraction = String(Math.floor(label.emittedAtMs % 1000)).padStart(3, '0');
  const confidence = label.confidence === null ? '   –' : label.confidence.toFixed(2);
  const path = label.path.map((step) => step.rung).join(' > ');
  return [
    `${time}.${fraction}`,
    label.camera.padEnd(12),
    (label.label ?? '–').padEnd(26),
    confidence,
    `${path} (${label.stop})`.padEnd(PATH_WIDTH),
    `${label.spentMs.toFixed(1).padStart(6)} ms`,
  ].join('  ');
}
