import { DEFAULT_QUESTION } from '../../words.ts';
import type { CameraMessage, CameraState, EventMessage } from '../wire.ts';

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
   * @param messages in any order; of states only news count
   */
  fill(messages: readonly (EventMessage | CameraMessage)[]): void {
    const heard = new Set(this.#lines.map(({ key }) => key));
    const news = new News();
    let earlier: readonly Occurrence[] = [];
    for (const message of [...messages].sort((a, b) => a.seq - b.seq)) {
      if (message.type === 'camera' && !news.take(message)) continue;
      if (!heard.has(keyOf(message))) earlier = withLine(earlier, lineOf(message));
    }
    this.#lines = [...this.#lines, ...earlier].sort((a, b) => b.atMs - a.atMs).slice(0, MAX_KEPT);
  }
}

/** Which states of cameras are worth a word: a source that is tried again and again fails once. */
export class News {
  readonly #last = new Map<string, CameraState>();

  /** @returns whether it is news; of a camera that is not known yet, that it is live is none */
  take({ camera, state }: Pick<CameraMessage, 'camera' | 'state'>): boolean {
    const before = this.#last.get(camera) ?? 'live';
    if (state === 'connecting' || state === before) return false;
    this.#last.set(camera, state);
    return true;
  }

  /** What is known without having been told. */
  know(camera: string, state: CameraState): void {
    if (state !== 'connecting') this.#last.set(camera, state);
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
