import { Evidence } from '../cascade/evidence.ts';
import type { Judge } from '../cascade/policy.ts';
import type { AnswerReader, RungOutputs } from '../cascade/reader.ts';
import { type Memorable, NOTHING_REMEMBERED, type Recollection, TIME_FEATURES } from '../cascade/recollection.ts';
import { type Budget, meets, type StepPolicy, step } from '../cascade/step.ts';
import type { Label, PathStep, RankedClass, StopReason } from '../types.ts';
import { type AskedQuestion, NOT_LOADED, ZERO_RUNG } from './question.ts';

/** A rung that ran, with all that was measured of it. */
export interface RungRun extends Omit<PathStep, 'confidence'> {
  readonly prepareMs: number;
  readonly serviceMs: number;
}

/** What became of one question. */
export type QuestionResult =
  | {
      readonly kind: 'answered';
      readonly top: readonly RankedClass[];
      /** `float64 [classes]`, valid until the next climb. */
      readonly probabilities: Float64Array;
      readonly stop: StopReason;
      /** Calibrated probability that the answer is right, as the judge sees it. */
      readonly right: number;
      /** The rungs that it read, with the confidence after each. */
      readonly path: readonly (RungRun & PathStep)[];
      /** From arrival to decision. */
      readonly spentMs: number;
      /** Of an answer that is given again: how old it is. */
      readonly reusedAgeMs?: number;
      /** The top rung's answer to the same frame, where it was asked too. */
      readonly audit?: Label['audit'];
      /** What of it is worth remembering; left out of what needs no memory. */
      readonly memorable?: Memorable;
    }
  /** Nothing was run that fits the budget; `leftMs` was left of it when it was begun, where even that was too little. */
  | { readonly kind: 'dropped'; readonly leftMs?: number }
  | { readonly kind: 'failed'; readonly reason: string };

export type Answered = Extract<QuestionResult, { kind: 'answered' }>;

const DROPPED: QuestionResult = { kind: 'dropped' };

/** One question on its way up the ladder. Keeps its buffers from frame to frame. */
export class Asking {
  readonly question: AskedQuestion;
  /** `null` while it is not decided. */
  result: QuestionResult | null = null;
  /** The policy's rung that it wants next; -1: none. */
  wanted = -1;
  /** Image features that its judge reads. */
  readonly features: Float64Array;
  /** The same where nothing is remembered. */
  readonly #unaided: Float64Array;
  readonly evidence: Evidence;
  /** Accepts only answers that are surer than the operating point wants them. */
  isStrict = false;
  readonly #strict: StepPolicy;
  readonly #judge: Judge;
  readonly #reader: AnswerReader | null;
  readonly #answer: Float32Array;
  /** What was read last: that, or the rung's own. */
  #logits: Float32Array;
  readonly #featureColumns: readonly number[];
  readonly #timeColumns: readonly number[];
  #recollection: Recollection | null = null;
  readonly #budget: { limitMs: number | null; spentMs: number; p95Ms: readonly number[] };
  /** The same with the time that has to be waited for a slot. */
  readonly #withWait: { limitMs: number | null; spentMs: number; p95Ms: readonly number[] };
  readonly #waitedP95Ms: number[];
  #waitMs = 0;
  readonly #state = { entry: 0, last: -1, right: 0 };
  #path: (RungRun & PathStep)[] = [];

  /** @param featureNames the features that are computed of a frame for all questions together */
  constructor(question: AskedQuestion, judge: Judge, featureNames: readonly string[]) {
    this.question = question;
    this.evidence = new Evidence(question.classes.length);
    this.#strict = stricter(question.policy);
    this.#judge = judge;
    this.#reader = question.reader?.() ?? null;
    this.#answer = new Float32Array(this.#reader === null ? 0 : question.classes.length);
    this.#logits = this.#answer;
    this.#featureColumns = judge.features.map((name) => featureNames.indexOf(name));
    this.#timeColumns = judge.features.map((name) => (TIME_FEATURES as readonly string[]).indexOf(name));
    this.features = new Float64Array(judge.features.length);
    this.#unaided = new Float64Array(judge.features.length);
    this.#budget = { limitMs: null, spentMs: 0, p95Ms: [] };
    this.#waitedP95Ms = question.poolRungs.map(() => 0);
    this.#withWait = { limitMs: null, spentMs: 0, p95Ms: this.#waitedP95Ms };
  }

  get wantsEmbedding(): boolean {
    return this.#reader?.wantsEmbedding ?? false;
  }

  /** The pool's index of the rung that it wants next. */
  get wantedPoolRung(): number {
    return this.question.poolRungs[this.wanted] ?? NOT_LOADED;
  }

  get wantedId(): string {
    return this.question.policy.rungs[this.wanted]?.id ?? String(this.wanted);
  }

  /** What it expects the rung that it wants next to take. */
  get wantedMs(): number {
    return this.#budget.p95Ms[this.wanted] ?? Infinity;
  }

  get budget(): Budget {
    return this.#budget;
  }

  /** Begins with a frame. One for which no rung is in time is dropped without a look at it. */
  begin(limitMs: number | null, spentMs: number, recollection: Recollection | null = null): void {
    this.result = null;
    this.#recollection = recollection;
    this.#waitMs = 0;
    this.wanted = -1;
    this.#path = [];
    this.evidence.reset();
    this.#budget.limitMs = limitMs;
    this.#budget.spentMs = spentMs;
    this.#budget.p95Ms = this.question.p95Ms();
    const { policy } = this.question;
    Object.assign(this.#state, { entry: policy.rungs.length - 1, last: -1, right: 0 });
    if (step(policy, this.#state, this.#budget).kind === 'drop')
      this.result = { kind: 'dropped', leftMs: (limitMs ?? Infinity) - spentMs };
  }

  /** Enters where its judge says. @param all values of the features that are computed for all questions together */
  look(all: Float64Array): void {
    const { values } = this.#recollection ?? { values: NOTHING_REMEMBERED };
    for (const [at, column] of this.#featureColumns.entries()) {
      const time = this.#timeColumns[at] ?? -1;
      this.features[at] = (time < 0 ? all[column] : values[time]) ?? 0;
    }
    this.#state.entry = this.#judge.entry(this.features, this.#recollection);
  }

  /**
   * Decides what to do next: sets `wanted`, or `result` where nothing is in time.
   *
   * @returns why the answer in hand stands, where it does: it is then to be ranked and told by `answer`
   */
  step(spentMs: number): StopReason | null {
    this.wanted = -1;
    this.#budget.spentMs = spentMs;
    const policy = this.isStrict ? this.#strict : this.question.policy;
    const decision = step(policy, this.#state, this.#waitMs === 0 ? this.#budget : this.#waited());
    if (decision.kind === 'drop') this.result = DROPPED;
    if (decision.kind === 'run') this.wanted = decision.rung;
    return decision.kind === 'answer' ? decision.stop : null;
  }

  /** A slot would have to be waited for: until it is told otherwise, that much of the budget is as good as spent. */
  expectWait(ms: number): void {
    this.#waitMs = ms;
  }

  #waited(): Budget {
    const { limitMs, spentMs, p95Ms } = this.#budget;
    this.#withWait.limitMs = limitMs;
    this.#withWait.spentMs = spentMs;
    for (const [rung, index] of this.question.poolRungs.entries())
      this.#waitedP95Ms[rung] = (p95Ms[rung] ?? Infinity) + (index === ZERO_RUNG ? 0 : this.#waitMs);
    return this.#withWait;
  }

  /** Reads what the wanted rung gave. */
  read(outputs: RungOutputs): void {
    this.#reader?.read(this.wanted, outputs, this.#answer);
    this.#logits = this.#reader === null ? outputs.logits : this.#answer;
  }

  /** Takes what was read for evidence. */
  take(run: RungRun): void {
    const parameters = this.question.policy.rungs[this.wanted];
    if (parameters === undefined || !this.evidence.add(this.wanted, this.#logits, parameters)) {
      return this.fail(`rung ${this.wantedId} gave values that are not finite`);
    }
    this.#state.last = this.wanted;
    this.#state.right = this.#judge.right(this.evidence, this.features, this.#recollection);
    this.#path.push({ ...run, confidence: this.evidence.confidence });
  }

  /** Takes an answer that is known without asking. */
  give(answer: Answered): void {
    this.result = answer;
    this.wanted = -1;
  }

  fail(reason: string): void {
    this.result = { kind: 'failed', reason };
  }

  answer(top: readonly RankedClass[], stop: StopReason, spentMs: number): void {
    const { probabilities } = this.evidence;
    const { right } = this.#state;
    const answered = { kind: 'answered', top, probabilities, stop, right, path: this.#path, spentMs } as const;
    this.result = this.question.policy.remembers ? { ...answered, memorable: this.#memorable(stop) } : answered;
  }

  /** What the answer in hand is worth without what was remembered. */
  #memorable(stop: StopReason): Memorable {
    const { rungs } = this.question.policy;
    const { last, right: aided } = this.#state;
    const right = this.#recollection === null ? aided : this.#rightAlone();
    const isAided = stop === 'accepted' && !meets(right, rungs[last]?.threshold ?? 0);
    return { classIndex: this.evidence.top, right, rung: last / Math.max(1, rungs.length - 1), isAided };
  }

  #rightAlone(): number {
    const values = this.#unaided;
    values.set(this.features);
    for (const [at, time] of this.#timeColumns.entries()) if (time >= 0) values[at] = NOTHING_REMEMBERED[time] ?? 0;
    return this.#judge.right(this.evidence, values, null);
  }
}

/** A policy that accepts an answer where half as much doubt is left as it would bear. */
function stricter({ mode, rungs }: StepPolicy): StepPolicy {
  return { mode, rungs: rungs.map(({ threshold }) => ({ threshold: Math.max(threshold, (1 + threshold) / 2) })) };
}
