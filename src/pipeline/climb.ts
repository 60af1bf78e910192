import type { RungOutputs } from '../cascade/reader.ts';
import { latestStartMs } from '../cascade/step.ts';
import type { RunRequest, RunResult } from '../infer/pool.ts';
import type { Box, Clock, Raster } from '../types.ts';
import { ZERO } from '../words.ts';
import { Asking, type QuestionResult, type RungRun } from './asking.ts';
import { type AskedQuestion, NOT_LOADED, rank, ZERO_RUNG } from './question.ts';

/** The inference slots, as the climb sees them. */
export interface Inference {
  /** Number of labels. */
  readonly classes: number;
  /** Length of each rung's embedding; 0 where its model gives none. */
  readonly embeddingSizes: readonly number[];
  run(request: RunRequest): Promise<RunResult>;
}

/** Rung zero: an embedding that is computed on the spot. Keeps its buffers. */
export interface ZeroRung {
  /** @param raster `uint8 [48][48][3]` @returns valid until the next call */
  embed(raster: Uint8Array): Float32Array;
}

export interface ClimbParts {
  readonly inference: Inference;
  /** All that is asked of each frame; at least one. */
  readonly questions: readonly AskedQuestion[];
  readonly clock: Clock;
  readonly topK: number;
  /** Makes the small raster of a part of a frame, at most once per frame; valid until the next call. */
  readonly raster: () => (frame: Raster, box: Box) => Raster;
  /** Computes the image features that judges want, of the small raster; valid until the next call. */
  readonly features: (names: readonly string[]) => (raster: Raster) => Float64Array;
  /** `null` where no question uses rung zero. */
  readonly zero: (() => ZeroRung) | null;
}

/** A picture to be classified, with the moment from which its budget counts. */
export interface Arrival extends Raster {
  readonly arrivedMs: number;
}

export interface ClimbResult {
  /** What became of each question, in their order. */
  readonly answers: readonly QuestionResult[];
  /** Every rung that ran, once, in that order. */
  readonly ran: readonly RungRun[];
  /** Spent on deciding: features, premodel, steps, reading (rung zero's is in its own time), merging, ranking. */
  readonly decideMs: number;
}

/** In the queue, a frame without a budget takes its turn as if it had this one: it must not wait behind all others for ever. */
const UNHURRIED_MS = 1_000;
const NO_FEATURES = new Float64Array(0);
const NO_LOGITS = new Float32Array(0);

/**
 * Takes one frame at a time up the ladder. Each question is decided by its own steps, as if it were alone; a rung that several want
 * next runs once for all of them, and of the rungs that are wanted the cheapest first. Keeps its buffers; not re-entrant.
 */
export class Climber {
  readonly #parts: ClimbParts;
  readonly #askings: readonly Asking[];
  readonly #logits: Float32Array;
  readonly #embeddings: (Float32Array | undefined)[] = [];
  readonly #look: (frame: Raster, box: Box) => Raster;
  readonly #features: ((raster: Raster) => Float64Array) | null;
  readonly #zero: ZeroRung | null;
  /** The small raster of the frame that was seen last, and that frame. */
  #raster: Raster | null = null;
  #seen: Raster | null = null;
  #decideMs = 0;

  constructor(parts: ClimbParts) {
    this.#parts = parts;
    const judges = parts.questions.map(({ policy }) => policy.judge());
    const names = [...new Set(judges.flatMap(({ features }) => features))];
    this.#askings = parts.questions.map(
      (question, at) => new Asking(question, judges[at] ?? question.policy.judge(), names),
    );
    this.#logits = new Float32Array(parts.inference.classes);
    this.#look = parts.raster();
    this.#features = names.length === 0 ? null : parts.features(names);
    this.#zero = parts.zero?.() ?? null;
  }

  async climb(frame: Arrival, box: Box, limitMs: number | null): Promise<ClimbResult> {
    const { clock } = this.#parts;
    const begunMs = clock.monotonicMs();
    const ran: RungRun[] = [];
    let waitedMs = 0;
    this.#raster = null;
    for (const asking of this.#askings) asking.begin(limitMs, begunMs - frame.arrivedMs);
    if (this.#askings.some(({ result }) => result === null)) this.#enter(frame, box);
    this.#decideMs = clock.monotonicMs() - begunMs;
    for (;;) {
      const next = this.#next(frame);
      if (next === null) break;
      const rung = next.wantedPoolRung;
      if (rung === ZERO_RUNG) {
        this.#runZero(frame, box, ran);
        continue;
      }
      if (rung === NOT_LOADED) {
        for (const asking of this.#wanting(rung)) asking.fail(`rung ${asking.wantedId} is not loaded`);
        continue;
      }
      const embedding = this.#embeddingFor(rung);
      const result = await this.#parts.inference.run({
        rung,
        frame,
        box,
        deadlineMs: frame.arrivedMs + (limitMs ?? UNHURRIED_MS),
        latestStartMs: latestStartMs(next.wanted, frame.arrivedMs, next.budget),
        logits: this.#logits,
        embedding,
      });
      waitedMs += result.waitMs;
      if (result.kind === 'late') continue; // the next steps see the time that has passed and do without this rung
      if (result.kind === 'failed') {
        for (const asking of this.#wanting(rung)) asking.fail(result.reason);
        continue;
      }
      const { prepareMs, runMs, serviceMs } = result;
      const run: RungRun = { rung: next.wantedId, waitMs: waitedMs, prepareMs, runMs, serviceMs };
      this.#timed(() => this.#read(rung, { logits: this.#logits, embedding }));
      this.#take(rung, run, ran);
      waitedMs = 0;
    }
    const answers = this.#askings.map(
      ({ result }) => result ?? { kind: 'failed' as const, reason: 'it was not decided' },
    );
    return { answers, ran, decideMs: this.#decideMs };
  }

  /** Probabilities of a question's answer to the last frame, `float64 [classes]`; valid until the next climb. */
  probabilities(question: number): Float64Array | null {
    const asking = this.#askings[question];
    return asking?.result?.kind === 'answered' ? asking.evidence.probabilities : null;
  }

  #enter(frame: Raster, box: Box): void {
    const values = this.#features?.(this.small(frame, box)) ?? NO_FEATURES;
    for (const asking of this.#askings) if (asking.result === null) asking.look(values);
  }

  /** The small raster of the frame in hand, or of another one between two climbs; made where that was not done yet. */
  small(frame: Raster, box: Box): Raster {
    if (this.#raster === null || this.#seen !== frame) this.#raster = this.#look(frame, box);
    this.#seen = frame;
    return this.#raster;
  }

  /** Lets every question that is open decide. @returns one that wants the cheapest of the rungs that are wanted; `null`: none */
  #next(frame: Arrival): Asking | null {
    const { clock, topK } = this.#parts;
    const nowMs = clock.monotonicMs();
    let next: Asking | null = null;
    for (const asking of this.#askings) {
      if (asking.result !== null) continue;
      const stop = asking.step(nowMs - frame.arrivedMs);
      if (stop !== null) {
        const top = rank(asking.question, asking.evidence.probabilities, topK);
        asking.answer(top, stop, clock.monotonicMs() - frame.arrivedMs);
      } else if (asking.result === null && (next === null || isCheaper(asking, next))) next = asking;
    }
    this.#decideMs += clock.monotonicMs() - nowMs;
    return next;
  }

  *#wanting(rung: number): Iterable<Asking> {
    for (const asking of this.#askings) if (asking.result === null && asking.wantedPoolRung === rung) yield asking;
  }

  /** Has every question that wants a rung read its outputs. */
  #read(rung: number, outputs: RungOutputs): void {
    for (const asking of this.#wanting(rung)) asking.read(outputs);
  }

  /** Has them take what they read for evidence. */
  #take(rung: number, run: RungRun, ran: RungRun[]): void {
    ran.push(run);
    this.#timed(() => {
      for (const asking of this.#wanting(rung)) asking.take(run);
    });
  }

  /** Counts what is done as spent on deciding. */
  #timed(work: () => void): void {
    const { clock } = this.#parts;
    const begunMs = clock.monotonicMs();
    work();
    this.#decideMs += clock.monotonicMs() - begunMs;
  }

  /** Its time is that of its whole classifier, as a network's is: the embedding and its heads. */
  #runZero(frame: Raster, box: Box, ran: RungRun[]): void {
    const { clock } = this.#parts;
    const begunMs = clock.monotonicMs();
    const { pixels } = this.small(frame, box);
    const preparedMs = clock.monotonicMs();
    this.#read(ZERO_RUNG, { logits: NO_LOGITS, embedding: this.#zero?.embed(pixels) ?? null });
    const endMs = clock.monotonicMs();
    const run: RungRun = {
      rung: ZERO,
      waitMs: 0,
      prepareMs: preparedMs - begunMs,
      runMs: endMs - preparedMs,
      serviceMs: endMs - begunMs,
    };
    this.#take(ZERO_RUNG, run, ran);
  }

  /** A buffer for the rung's embedding, if a question that wants the rung reads it. */
  #embeddingFor(rung: number): Float32Array | null {
    let isWanted = false;
    for (const asking of this.#wanting(rung)) isWanted ||= asking.wantsEmbedding;
    const size = this.#parts.inference.embeddingSizes[rung] ?? 0;
    if (!isWanted || size === 0) return null;
    const buffer = this.#embeddings[rung] ?? new Float32Array(size);
    this.#embeddings[rung] = buffer;
    return buffer;
  }
}

/** Whether a question wants a cheaper rung than another does; of equal ones that which stands first in the pool. */
function isCheaper(one: Asking, other: Asking): boolean {
  const [a, b] = [one.wantedPoolRung, other.wantedPoolRung];
  if (a === ZERO_RUNG || b === ZERO_RUNG) return a === ZERO_RUNG && b !== ZERO_RUNG;
  return one.wantedMs === other.wantedMs ? a < b : one.wantedMs < other.wantedMs;
}
