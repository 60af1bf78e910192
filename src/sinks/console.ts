import type { Writable } from 'node:stream';
import type { SequencedMessage } from '../protocol/messages.ts';
import { DEFAULT_QUESTION } from '../words.ts';
import type { Sink } from './sink.ts';

/** Prints labels and events for a person: one aligned line per change. */
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
    if (this.#ended || message.type === 'camera') return;
    if (this.#every === 'change' && (message.type === 'label' ? !message.changed : isOfChange(message))) return;
    // A reader that pauses (a pager) costs lines, not memory.
    if (this.#out.writableNeedDrain) {
      this.#dropped++;
      return;
    }
    if (this.#dropped > 0) this.#out.write(`… ${this.#dropped} lines were not read in time and are left out\n`);
    this.#dropped = 0;
    this.#out.write(`${message.type === 'label' ? formatLabel(message) : formatEvent(message)}\n`);
  }

  async close(): Promise<void> {}
}

/** Room for two rungs and the reason. */
const PATH_WIDTH = 44;
const LABEL_WIDTH = 26;
const NAME_WIDTH = 12;

/** What of a label is printed; both the daemon's labels and those of a WebSocket client are one. */
export interface PrintableLabel {
  readonly camera: string;
  readonly question: string;
  readonly view: { readonly track?: number };
  readonly emittedAtMs: number;
  readonly label: string | null;
  readonly confidence: number | null;
  readonly stable?: { readonly label: string } | null;
  readonly path: readonly { readonly rung: string }[];
  readonly stop: string;
  readonly reusedAgeMs?: number;
  readonly spentMs: number;
}

/** What of an event is printed. */
export interface PrintableEvent {
  readonly camera: string;
  readonly question: string;
  readonly label: string | null;
  readonly phase: string;
  readonly atMs: number;
  readonly track?: number;
}

/** Whether an event says what changed labels say: what is stable of the whole view. */
export function isOfChange({ track }: { readonly track?: unknown }): boolean {
  return track === undefined;
}

/** `14:03:07.120  gate #7       vehicle                     came`; of the whole view `began` and `ended` */
export function formatEvent({ camera, question, label, phase, atMs, track }: PrintableEvent): string {
  const [begun, over] = track === undefined ? ['began', 'ended'] : ['came', 'left'];
  const what = phase === 'begin' ? begun : over;
  return [timeOf(atMs), nameOf(camera, question, track), (label ?? '–').padEnd(LABEL_WIDTH), what].join('  ');
}

/** `0.4 s` */
function ageOf(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/**
 * `14:03:07.120  gate          espresso                    0.93  lite0@160-int8 > lite1@240-int8 (accepted)       12.3 ms`; an
 * answer that is told again: `as 0.4 s ago (unchanged)`; where another answer is stable, that follows: `stable: cup`
 */
export function formatLabel(label: PrintableLabel): string {
  const confidence = label.confidence === null ? '   –' : label.confidence.toFixed(2);
  const stable = label.stable?.label ?? null;
  const { path, reusedAgeMs } = label;
  const how = reusedAgeMs === undefined ? path.map((step) => step.rung).join(' > ') : `as ${ageOf(reusedAgeMs)} ago`;
  return [
    timeOf(label.emittedAtMs),
    nameOf(label.camera, label.question, label.view.track),
    (label.label ?? '–').padEnd(LABEL_WIDTH),
    confidence,
    `${how} (${label.stop})`.trimStart().padEnd(PATH_WIDTH),
    `${label.spentMs.toFixed(1).padStart(6)} ms`,
    ...(stable === null || stable === label.label ? [] : [`stable: ${stable}`]),
  ].join('  ');
}

function timeOf(atMs: number): string {
  const time = new Date(atMs).toTimeString().slice(0, 8);
  return `${time}.${String(Math.floor(atMs % 1000)).padStart(3, '0')}`;
}

/** Of which camera, of what question unless it is the usual one, of which object. */
function nameOf(camera: string, question: string, track: number | undefined): string {
  const asked = question === DEFAULT_QUESTION ? '' : `/${question}`;
  return `${camera}${asked}${track === undefined ? '' : ` #${track}`}`.padEnd(NAME_WIDTH);
}
