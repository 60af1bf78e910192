import type { CameraStatus } from '../types.ts';
import type { Finding } from './alert.ts';
import { Cooldown, isAbout, isInHours, type Origin, type Rule, type RuleParts, sentence } from './rule.ts';
import type { Head } from './when.ts';

/** A camera that is in the state that a rule asks about. */
interface Held {
  state: string;
  origin: Origin;
  /** Reading of the monotonic clock; `null`: it is outside of the rule's hours. */
  sinceMs: number | null;
  sinceAtMs: number;
  isAlerted: boolean;
  isDue: boolean;
}

/** Follows a rule about the state of cameras. A state lasts also while nothing is said: `tick` looks at the time. */
export class StateWatch {
  readonly #rule: Rule;
  readonly #head: Extract<Head, { kind: 'state' }>;
  readonly #parts: RuleParts;
  readonly #held = new Map<string, Held>();
  readonly #cooldown: Cooldown;

  constructor(rule: Rule, head: Extract<Head, { kind: 'state' }>, parts: RuleParts) {
    this.#rule = rule;
    this.#head = head;
    this.#parts = parts;
    this.#cooldown = new Cooldown(rule.repeatAfterSeconds, parts.lastMs);
  }

  /** Times as readings of the monotonic clock and as Unix time, in milliseconds. */
  status({ state }: Pick<CameraStatus, 'state'>, origin: Origin, nowMs: number, unixMs: number): Finding | null {
    const { camera } = origin;
    if (!isAbout(this.#rule.when, camera, null)) return null;
    if (state === 'removed') this.#cooldown.forget(camera);
    if (state === 'removed' || this.#head.states.includes(state) === this.#head.isNot) {
      this.#end(camera);
      return null;
    }
    const held = this.#held.get(camera);
    if (held === undefined) {
      this.#held.set(camera, { state, origin, sinceMs: null, sinceAtMs: unixMs, isAlerted: false, isDue: false });
    } else {
      held.state = state;
      held.origin = origin;
    }
    return this.#look(camera, nowMs, unixMs);
  }

  tick(nowMs: number, unixMs: number): Finding[] {
    return [...this.#held.keys()].flatMap((camera) => this.#look(camera, nowMs, unixMs) ?? []);
  }

  #look(camera: string, nowMs: number, unixMs: number): Finding | null {
    const held = this.#held.get(camera);
    if (held === undefined) return null;
    const { id, when, repeatAfterSeconds } = this.#rule;
    if (!isInHours(when, unixMs, this.#parts)) {
      this.#setDue(camera, held, false);
      held.sinceMs = null;
      held.isAlerted = false;
      return null;
    }
    if (held.sinceMs === null) {
      held.sinceMs = nowMs;
      held.sinceAtMs = unixMs;
    }
    if (nowMs - held.sinceMs < when.forSeconds * 1000) return null;
    this.#setDue(camera, held, true);
    if (held.isAlerted && repeatAfterSeconds === null) return null;
    if (!this.#cooldown.takes(camera, nowMs)) return null;
    held.isAlerted = true;
    const { epoch, seq } = held.origin;
    const finding = {
      rule: id,
      camera,
      question: null,
      label: held.state,
      confidence: null,
      track: null,
      atMs: unixMs,
      sinceMs: held.sinceAtMs,
      stream: null,
      ptsSeconds: null,
      epoch,
      seq,
    };
    return { ...finding, text: sentence(id, this.#head, finding, when.forSeconds) };
  }

  #end(camera: string): void {
    const held = this.#held.get(camera);
    if (held === undefined) return;
    this.#setDue(camera, held, false);
    this.#held.delete(camera);
  }

  #setDue(camera: string, held: Held, isDue: boolean): void {
    if (held.isDue === isDue) return;
    held.isDue = isDue;
    this.#parts.onHolding?.(this.#rule.id, camera, isDue);
  }
}
