import type { SequencedMessage } from '../protocol/messages.ts';
import { plainName } from '../words.ts';
import type { Finding } from './alert.ts';
import {
  Cooldown,
  isAbout,
  isInHours,
  isNamed,
  ROUNDING_SECONDS,
  type Rule,
  type RuleParts,
  sentence,
} from './rule.ts';
import type { Head } from './when.ts';

type LabelMessage = Extract<SequencedMessage, { type: 'label' }>;
type EventMessage = Extract<SequencedMessage, { type: 'event' }>;

/** What holds of a question, or of one object of it. */
interface Held {
  readonly camera: string;
  readonly track: number | null;
  readonly stream: number;
  readonly sincePts: number;
  readonly sinceAtMs: number;
  lastPts: number;
  /** Reading of the monotonic clock. */
  lastMs: number;
  /** It lasts as long as the rule asks for. */
  isDue: boolean;
  isAlerted: boolean;
}

/** Places without a word for so many gaps are forgotten: objects that were lost, questions that nobody asks any more. */
const FORGOTTEN_GAPS = 2;

/**
 * Follows a rule about labels through what cameras say. Whether something lasts is read off the frames' own times: a frame that
 * comes late counts when it was taken.
 */
export class LabelWatch {
  readonly #rule: Rule;
  readonly #head: Extract<Head, { label: string }>;
  readonly #parts: RuleParts;
  readonly #plain: string;
  /** Whether the label is among answers: a ladder has a thousand. */
  readonly #mayBe = new WeakMap<readonly string[], boolean>();
  readonly #held = new Map<string, Held>();
  /** Of rules about absence: the last frame with the label, by question. */
  readonly #present = new Map<string, { stream: number; pts: number }>();
  readonly #cooldown: Cooldown;

  constructor(rule: Rule, head: Extract<Head, { label: string }>, parts: RuleParts) {
    this.#rule = rule;
    this.#head = head;
    this.#parts = parts;
    this.#plain = plainName(head.label);
    this.#cooldown = new Cooldown(rule.repeatAfterSeconds, parts.lastMs);
  }

  /** @param nowMs reading of the monotonic clock, in milliseconds */
  label(message: LabelMessage, nowMs: number): Finding | null {
    const { camera, question, stream, ptsSeconds } = message;
    const { when } = this.#rule;
    if (this.#head.kind === 'event' || !isAbout(when, camera, question) || !this.#mayAnswer(camera, question))
      return null;
    const place = `${camera}/${question}`;
    const isAbsence = this.#head.kind === 'absence';
    const track = isAbsence ? null : (message.view.track ?? null);
    const key = track === null ? place : `${place}#${track}`;
    const isThere = this.#isThere(message);
    if (isAbsence && isThere) this.#present.set(place, { stream, pts: ptsSeconds });
    if (isAbsence && this.#wasInSameFrame(place, message)) {
      this.#end(key);
      return null;
    }
    if (isThere === isAbsence || !isInHours(when, message.arrivedAtMs, this.#parts)) {
      this.#end(key);
      return null;
    }
    const held = this.#continued(key, message, track, nowMs);
    held.lastPts = ptsSeconds;
    held.lastMs = nowMs;
    if (ptsSeconds - held.sincePts < when.forSeconds - ROUNDING_SECONDS) return null;
    if (!held.isDue) {
      held.isDue = true;
      this.#tellHolding(camera);
    }
    if (held.isAlerted && this.#rule.repeatAfterSeconds === null) return null;
    if (!this.#cooldown.takes(place, nowMs)) return null;
    held.isAlerted = true;
    const isItself = !isAbsence && isNamed(message.label, this.#plain);
    return this.#finding(message, {
      confidence: isItself ? message.confidence : null,
      track,
      atMs: message.arrivedAtMs,
      sinceMs: held.sinceAtMs,
    });
  }

  event(message: EventMessage, nowMs: number): Finding | null {
    const { camera, question, phase, track, atMs } = message;
    if (track !== undefined && phase === 'end') this.#end(`${camera}/${question}#${track}`);
    if (this.#head.kind !== 'event' || this.#head.phase !== phase) return null;
    const { when } = this.#rule;
    if (!isAbout(when, camera, question) || !isNamed(message.label, this.#plain)) return null;
    if (!isInHours(when, atMs, this.#parts) || !this.#cooldown.takes(`${camera}/${question}`, nowMs)) return null;
    return this.#finding(message, { confidence: null, track: track ?? null, atMs, sinceMs: atMs });
  }

  /** What was said of a camera holds no more: it is gone, or gives nothing. */
  forget(camera: string, isGone: boolean): void {
    for (const [key, held] of this.#held) if (held.camera === camera) this.#end(key);
    if (isGone) this.#cooldown.forget(camera);
    for (const place of this.#present.keys()) if (place.startsWith(`${camera}/`)) this.#present.delete(place);
  }

  /** Forgets what was not heard of for long. */
  tick(nowMs: number): void {
    for (const [key, { camera, lastMs }] of this.#held) {
      if (nowMs - lastMs > FORGOTTEN_GAPS * this.#parts.gapSeconds(camera) * 1000) this.#end(key);
    }
  }

  /** With a confidence the frame's own answer counts; else what is stable, where something is. */
  #isThere(message: LabelMessage): boolean {
    if (this.#head.kind !== 'label' || this.#head.above === null) {
      return isNamed(message.stable === null ? message.label : message.stable.label, this.#plain);
    }
    const { above, orEqual } = this.#head;
    const confidence = message.confidence ?? 0;
    return isNamed(message.label, this.#plain) && (confidence > above || (orEqual && confidence === above));
  }

  /** That a question never says a label tells nothing where the label is none of its answers. */
  #mayAnswer(camera: string, question: string): boolean {
    if (this.#head.kind !== 'absence') return true;
    const answers = this.#parts.answers(camera, question);
    if (answers === null) return true;
    const known = this.#mayBe.get(answers) ?? answers.some((name) => isNamed(name, this.#plain));
    this.#mayBe.set(answers, known);
    return known;
  }

  #wasInSameFrame(place: string, { stream, ptsSeconds }: LabelMessage): boolean {
    const last = this.#present.get(place);
    return last !== undefined && last.stream === stream && last.pts === ptsSeconds;
  }

  #continued(key: string, message: LabelMessage, track: number | null, nowMs: number): Held {
    const { camera, stream, ptsSeconds, arrivedAtMs } = message;
    const held = this.#held.get(key);
    const pause = held === undefined ? 0 : ptsSeconds - held.lastPts;
    if (held !== undefined && held.stream === stream && pause >= 0 && pause <= this.#parts.gapSeconds(camera))
      return held;
    if (held !== undefined) this.#end(key);
    const begun: Held = {
      camera,
      track,
      stream,
      sincePts: ptsSeconds,
      sinceAtMs: arrivedAtMs,
      lastPts: ptsSeconds,
      lastMs: nowMs,
      isDue: false,
      isAlerted: false,
    };
    this.#held.set(key, begun);
    return begun;
  }

  #end(key: string): void {
    const held = this.#held.get(key);
    if (held === undefined) return;
    this.#held.delete(key);
    if (held.isDue) this.#tellHolding(held.camera);
  }

  #tellHolding(camera: string): void {
    const holds = [...this.#held.values()].some((held) => held.camera === camera && held.isDue);
    this.#parts.onHolding?.(this.#rule.id, camera, holds);
  }

  #finding(
    { camera, question, epoch, seq, stream, ptsSeconds }: LabelMessage | EventMessage,
    told: Pick<Finding, 'confidence' | 'track' | 'atMs' | 'sinceMs'>,
  ): Finding {
    const { id, when } = this.#rule;
    const finding = { rule: id, camera, question, label: this.#head.label, ...told, stream, ptsSeconds, epoch, seq };
    return { ...finding, text: sentence(id, this.#head, finding, when.forSeconds) };
  }
}
