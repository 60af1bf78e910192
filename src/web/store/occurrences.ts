import { DEFAULT_QUESTION } from '../../words.ts';
import type { CameraMessage, EventMessage } from '../wire.ts';

/** A line of what happened lately. */
export interface Occurrence {
  /** The message that told it. */
  readonly key: string;
  readonly atMs: number;
  readonly camera: string;
  readonly tone: 'good' | 'fair' | 'bad' | 'calm';
  readonly sign: string;
  readonly text: string;
  /** The moment at which one answer about the whole view made way for another; `null` of anything else. */
  readonly moment: string | null;
}

const MAX_KEPT = 60;

/** The newest events and changes of cameras' states, newest first. */
export class Occurrences {
  #lines: readonly Occurrence[] = [];

  get lines(): readonly Occurrence[] {
    return this.#lines;
  }

  /** Something that happened now. */
  add(message: EventMessage | CameraMessage): void {
    this.#lines = withLine(this.#lines, lineOf(message)).slice(0, MAX_KEPT);
  }

  /**
   * What happened before the page heard of it.
   *
   * @param messages in any order; of states only those that are another than before count
   */
  fill(messages: readonly (EventMessage | CameraMessage)[]): void {
    const heard = new Set(this.#lines.map(({ key }) => key));
    const states = new Map<string, string>();
    let earlier: readonly Occurrence[] = [];
    for (const message of [...messages].sort((a, b) => a.seq - b.seq)) {
      if (message.type === 'camera') {
        // What a camera was before is not known: that it is live is then no news.
        const before = states.get(message.camera) ?? 'live';
        states.set(message.camera, message.state);
        if (before === message.state) continue;
      }
      if (!heard.has(keyOf(message))) earlier = withLine(earlier, lineOf(message));
    }
    this.#lines = [...this.#lines, ...earlier].sort((a, b) => b.atMs - a.atMs).slice(0, MAX_KEPT);
  }
}

/** Of an answer that made way for another, what began with it says enough. */
function withLine(lines: readonly Occurrence[], line: Occurrence): readonly Occurrence[] {
  const isOther = ({ moment }: Occurrence) => moment === null || moment !== line.moment;
  return [line, ...lines.filter(isOther)];
}

function lineOf(message: EventMessage | CameraMessage): Occurrence {
  const common = { key: keyOf(message), atMs: message.atMs, camera: message.camera };
  if (message.type === 'camera') {
    const { state, reason } = message;
    const tone = state === 'failed' ? 'bad' : state === 'stalled' ? 'fair' : state === 'live' ? 'good' : 'calm';
    const sign = tone === 'bad' ? '✕' : tone === 'fair' ? '▲' : tone === 'good' ? '●' : '■';
    return { ...common, tone, sign, text: reason === '' ? state : `${state}: ${reason}`, moment: null };
  }
  const { label, phase, track, question } = message;
  const about = question === DEFAULT_QUESTION ? '' : `${question}: `;
  const isObject = track !== undefined;
  const verb = phase === 'begin' ? (isObject ? 'came' : 'began') : isObject ? 'left' : 'ended';
  const sign = phase === 'begin' ? '▸' : '◂';
  const moment = isObject ? null : `${message.camera} ${question} ${message.atMs}`;
  return { ...common, tone: 'calm', sign, text: `${about}${label ?? 'something'} ${verb}`, moment };
}

function keyOf({ epoch, seq }: EventMessage | CameraMessage): string {
  return `${epoch} ${seq}`;
}
