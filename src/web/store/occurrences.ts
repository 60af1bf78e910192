import { DEFAULT_QUESTION } from '../../words.ts';
import type { CameraMessage, EventMessage } from '../wire.ts';

/** A line of what happened lately. */
export interface Occurrence {
  readonly key: number;
  readonly atMs: number;
  readonly camera: string;
  readonly tone: 'good' | 'fair' | 'bad' | 'calm';
  readonly sign: string;
  readonly text: string;
}

const MAX_KEPT = 60;

/** The newest events and changes of cameras' states, newest first. */
export class Occurrences {
  #lines: readonly Occurrence[] = [];
  #next = 1;

  get lines(): readonly Occurrence[] {
    return this.#lines;
  }

  event({ camera, label, phase, track, atMs, question }: EventMessage): void {
    const what = label ?? 'something';
    const about = question === DEFAULT_QUESTION ? '' : `${question}: `;
    const isObject = track !== undefined;
    const verb = phase === 'begin' ? (isObject ? 'came' : 'began') : isObject ? 'left' : 'ended';
    const sign = phase === 'begin' ? '▸' : '◂';
    this.#add({ atMs, camera, tone: 'calm', sign, text: `${about}${what} ${verb}` });
  }

  state({ camera, state, reason }: Pick<CameraMessage, 'camera' | 'state' | 'reason'>, atMs: number): void {
    const tone = state === 'failed' ? 'bad' : state === 'stalled' ? 'fair' : state === 'live' ? 'good' : 'calm';
    const sign = tone === 'bad' ? '✕' : tone === 'fair' ? '▲' : tone === 'good' ? '●' : '■';
    this.#add({ atMs, camera, tone, sign, text: reason === '' ? state : `${state}: ${reason}` });
  }

  #add(line: Omit<Occurrence, 'key'>): void {
    this.#lines = [{ ...line, key: this.#next++ }, ...this.#lines].slice(0, MAX_KEPT);
  }
}
