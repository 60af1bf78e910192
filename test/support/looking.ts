import { seededRandom } from '../../src/cascade/random.ts';
import { unchangedScene } from '../../src/commands/unchanged-scene.ts';
import type { RunRequest, RunResult } from '../../src/infer/pool.ts';
import type { Answered } from '../../src/pipeline/asking.ts';
import { type AskedQuestion, placeRungs } from '../../src/pipeline/question.ts';
import type { AuditSettings } from '../../src/pipeline/reuse.ts';
import { type Looked, WholeView } from '../../src/pipeline/view.ts';
import type { Frame, Raster } from '../../src/types.ts';

const SIDE = 48;
const NAMES = ['empty', 'car', 'dog'] as const;
export type Said = (typeof NAMES)[number];
const HELD = { ids: ['low', 'high'], p95Ms: [10, 40], zeroMs: null };

/** What a made-up camera shows: a yard, or another one, with a thing in it. */
export interface Shown {
  readonly yard?: number;
  readonly noise?: number;
  /** Pixels across, of 48. */
  readonly thing?: number;
  /** Of the thing, in grey levels. */
  readonly brightness?: number;
  readonly light?: number;
}

/** A question that two rungs answer: an answer of the low one is accepted where it is sure enough. */
export function ask(id: string, changes: Partial<AskedQuestion> = {}): AskedQuestion {
  const classes = NAMES.map((name) => ({ id: name, name }));
  const judge = () => ({ features: [], entry: () => 0, right: ({ confidence }: { confidence: number }) => confidence });
  const rung = { threshold: 0.8, temperature: 1, mergeWeight: 1 };
  const by = (mode: 'hybrid' | 'fixed', rungs: readonly string[]): AskedQuestion => {
    const policy = { mode, rungs: rungs.map((rungId) => ({ ...rung, id: rungId })), judge, operatingPoint: 'balanced' };
    return { id, text: null, classes, policy, ...placeRungs(policy, HELD), reader: null };
  };
  return { ...by('hybrid', ['low', 'high']), top: by('fixed', ['high']), ...changes };
}

export interface LookingOptions {
  readonly questions?: readonly AskedQuestion[];
  readonly audits?: Partial<AuditSettings> | null;
  readonly budgetMs?: number | null;
  readonly isReused?: boolean;
  readonly maxReuseMs?: number;
  readonly random?: () => number;
}

/** A view of all of each frame, over made-up pictures, inference and time. */
export class Looking {
  nowMs = 0;
  unixMs = 1_000_000;
  seconds = 0;
  stream = 1;
  size = SIDE;
  /** What each rung says of the next frames; one that hesitates gives its answer little more than the others. */
  says: Record<'low' | 'high', Said> = { low: 'empty', high: 'empty' };
  hesitates = false;
  fails = false;
  /** What comes of runs of the low rung, and what they take. */
  low: 'done' | 'failed' | 'late' = 'done';
  lowMs = 10;
  readonly ran: string[] = [];
  readonly notices: string[] = [];
  rasters = 0;
  readonly view: WholeView;
  readonly #noise = seededRandom(3);

  constructor(options: LookingOptions = {}) {
    const { questions = [ask('default')], audits = {}, budgetMs = null, isReused = true } = options;
    const settings = { auditRatio: 0.02, targetDisagreement: 0.005, driftFloor: 0.9, ...audits };
    this.view = new WholeView({
      climb: {
        inference: { classes: NAMES.length, embeddingSizes: [], run: (request) => this.#run(request) },
        questions,
        clock: { monotonicMs: () => this.nowMs, unixMs: () => this.unixMs },
        topK: 2,
        raster: () => (frame: Raster) => {
          this.rasters++;
          return frame;
        },
        features: () => () => new Float64Array(0),
        zero: null,
      },
      budgetMs,
      kind: 'frame',
      region: [0, 0, 1, 1],
      guard: null,
      reuse: isReused
        ? {
            ...unchangedScene(),
            maxReuseMs: options.maxReuseMs ?? 10_000,
            audits: audits === null ? null : settings,
            random: options.random ?? (() => 1),
            onNotice: (text) => this.notices.push(text),
          }
        : null,
    });
  }

  async look(shown: Shown = {}, { afterSeconds = 0.2, gear = 0 } = {}): Promise<Looked> {
    this.seconds += afterSeconds;
    this.nowMs += 200;
    this.unixMs += 200;
    const frame: Frame = {
      camera: 'gate',
      stream: this.stream,
      ptsSeconds: this.seconds,
      arrivedAtMs: this.unixMs,
      arrivedMs: this.nowMs,
      width: this.size,
      height: this.size,
      pixels: this.#picture(shown),
      release: () => {},
    };
    return await this.view.look(frame, gear);
  }

  /** What became of a question in so many frames, one after another. */
  async stops(frames: number, shown: (at: number) => Shown = () => ({}), question = 0): Promise<string[]> {
    const stops: string[] = [];
    for (let at = 0; at < frames; at++) stops.push(answerOf(await this.look(shown(at)), question).stop);
    return stops;
  }

  async #run({ rung, logits }: RunRequest): Promise<RunResult> {
    const id = rung === 0 ? 'low' : 'high';
    this.ran.push(id);
    if (this.fails) return { kind: 'failed', waitMs: 0, reason: 'the model is broken' };
    if (id === 'low' && this.low === 'failed') return { kind: 'failed', waitMs: 0, reason: 'the model is broken' };
    if (id === 'low' && this.low === 'late') {
      this.nowMs += 1000;
      return { kind: 'late', waitMs: 1000 };
    }
    this.nowMs += id === 'low' ? this.lowMs : (HELD.p95Ms[rung] ?? 0);
    logits.fill(0);
    logits[NAMES.indexOf(this.says[id])] = this.hesitates && id === 'low' ? 2.5 : 6;
    return { kind: 'done', waitMs: 0, prepareMs: 0, runMs: 1, serviceMs: 1 };
  }

  #picture({ yard = 1, noise = 1, thing = 0, brightness = 240, light = 1 }: Shown): Uint8Array {
    const random = seededRandom(yard);
    const patches = Float32Array.from({ length: 64 }, () => 60 + 120 * random());
    const pixels = new Uint8Array(SIDE * SIDE * 3);
    for (let i = 0; i < SIDE * SIDE; i++) {
      const [x, y] = [i % SIDE, Math.floor(i / SIDE)];
      const isThing = x >= 20 && x < 20 + thing && y >= 20 && y < 20 + thing;
      const scene = isThing ? brightness : (patches[Math.floor(x / 6) + 8 * Math.floor(y / 6)] as number);
      const value = scene * light + noise * 4 * (this.#noise() - 0.5);
      pixels.fill(Math.max(0, Math.min(255, value)), i * 3, i * 3 + 3);
    }
    return pixels;
  }
}

/** @throws Error where a question was not answered */
export function answerOf({ statements }: Looked, question = 0): Answered {
  const result = statements[question]?.result;
  if (result?.kind !== 'answered') throw new Error(`it was not answered: ${JSON.stringify(result)}`);
  return result;
}

/** Numbers that come one after another; the last stays. */
export function chances(...numbers: readonly number[]): () => number {
  let at = 0;
  return () => numbers[Math.min(at++, numbers.length - 1)] ?? 1;
}
