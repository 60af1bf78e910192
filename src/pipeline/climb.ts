import type { RungOutputs } from '../cascade/reader.ts';
import { isTimeFeature } from '../cascade/recollection.ts';
import { latestStartMs } from '../cascade/step.ts';
import type { Box, Raster } from '../types.ts';
import { ZERO } from '../words.ts';
import { Asking, type RungRun } from './asking.ts';
import type { Arrival, ClimbHow, ClimbParts, ClimbResult, ZeroRung } from './climb-parts.ts';
import { gearsOf, inGear, NOT_LOADED, rank, ZERO_RUNG } from './question.ts';

export type { Arrival, ClimbHow, ClimbParts, ClimbResult, Inference, ZeroRung } from './climb-parts.ts';

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
  /** By gear and question. */
  readonly #gears: readonly (readonly Asking[])[];
  /** Of the gear in use. */
  #askings: readonly Asking[];
  readonly #logits: Float32Array;
  readonly #embeddings: (Float32Array | undefined)[] = [];
  readonly #look: (frame: Raster, box: Box) => Raster;
  readonly #features: ((raster: Raster) => Float64Array) | null;
  readonly #zero: ZeroRung | null;
  /** The small raster of the frame that was seen last, and that frame. */
  #raster: Raster | null = null;
  #seen: Raster | null = null;
  #seenBox: Box | null = null;
  #decideMs = 0;

  constructor(parts: ClimbParts) {
    this.#parts = parts;
    const asked = parts.questions.flatMap((question) => [question, ...(question.cheaper ?? [])]);
    const judged = asked.map((question) => ({ question, judge: question.policy.judge() }));
    const names = [...new Set(judged.flatMap(({ judge }) => judge.features))].filter((name) => !isTimeFeature(name));
    const askings = new Map(judged.map(({ question, judge }) => [question, new Asking(question, judge, names)]));
    this.#gears = Array.from({ length: gearsOf(parts.questions) }, (_, gear) =>
      parts.questions.map((question) => askings.get(inGear(question, gear)) as Asking),
    );
    this.#askings = this.#gears[0] ?? [];
    this.#logits = new Float32Array(parts.inference.classes);
    this.#look = parts.raster();
    this.#features = names.length === 0 ? null : parts.features(names);
    this.#zero = parts.zero?.() ?? null;
  }

  async climb(frame: Arrival, box: Box, ownLimitMs: number | null, how: ClimbHow = {}): Promise<ClimbResult> {
    const { clock, limit } = this.#parts;
    const limitMs = sooner(ownLimitMs, limit?.ms ?? null);
    const begunMs = clock.monotonicMs();
    const ran: RungRun[] = [];
    let waitedMs = 0;
    this.#askings = this.#inGear(how.gear ?? 0);
    for (const [at, asking] of this.#askings.entries()) {
      const given = how.given?.[at] ?? null;
      if (given !== null) asking.give(given);
      else {
        asking.isStrict = how.strict?.[at] ?? false;
        // What has drifted is not to lean on what was said before.
        const recollection = asking.isStrict ? null : how.recollections?.[at];
        asking.begin(limitMs, begunMs - frame.arrivedMs, recollection ?? null);
      }
    }
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
        // The queue goes by the frame's deadline: a part of its time that ends sooner is no reason to pass by other cameras.
        deadlineMs: frame.arrivedMs + (ownLimitMs ?? UNHURRIED_MS),
        latestStartMs: latestStartMs(next.wanted, frame.arrivedMs, next.budget),
        logits: this.#logits,
        embedding,
        client: this.#parts.client,
      });
      waitedMs += result.waitMs;
      // What stands before a run counts as spent, whether it was waited for or not: the next steps do without this rung.
      this.#expectWait(result.kind === 'late' ? (result.aheadMs ?? 0) : 0);
      if (result.kind === 'late') continue;
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
    return asking?.result?.kind === 'answered' ? asking.result.probabilities : null;
  }

  #expectWait(ms: number): void {
    for (const asking of this.#askings) asking.expectWait(ms);
  }

  #inGear(gear: number): readonly Asking[] {
    return this.#gears[Math.min(gear, this.#gears.length - 1)] ?? [];
  }

  #enter(frame: Raster, box: Box): void {
    const values = this.#features?.(this.small(frame, box)) ?? NO_FEATURES;
    for (const asking of this.#askings) if (asking.result === null) asking.look(values);
  }

  /** The small raster of a part of a frame: made once, whoever asks for it before, in or after the frame's climb. */
  small(frame: Raster, box: Box): Raster {
    if (this.#raster === null || this.#seen !== frame || this.#seenBox !== box) this.#raster = this.#look(frame, box);
    this.#seen = frame;
    this.#seenBox = box;
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

/** The lesser of two limits; `null` is none. */
export function sooner(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.min(one, other);
}

/** Whether a question wants a cheaper rung than another does; of equal ones that which stands first in the pool. */
function isCheaper(one: Asking, other: Asking): boolean {
  const [a, b] = [one.wantedPoolRung, other.wantedPoolRung];
  if (a === ZERO_RUNG || b === ZERO_RUNG) return a === ZERO_RUNG && b !== ZERO_RUNG;
  return one.wantedMs === other.wantedMs ? a < b : one.wantedMs < other.wantedMs;
}
