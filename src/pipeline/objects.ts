import { isKnown, TrackAnswer } from '../cascade/track-answer.ts';
import type { SceneRegion, SceneReport } from '../scene/motion.ts';
import { type Box, type Frame, type RankedClass, type ViewTaken, WHOLE_FRAME } from '../types.ts';
import { OTHER } from '../words.ts';
import type { Answered, RungRun } from './asking.ts';
import { Climber, type ClimbParts } from './climb.ts';
import { type AskedQuestion, inGear, rank } from './question.ts';
import type { SceneEvent } from './told.ts';
import type { Statement } from './view.ts';

export interface ObjectsParts {
  /** For one question: what something is. */
  readonly climb: ClimbParts;
  readonly budgetMs: number | null;
  readonly region: Box;
  /** What stands still is looked at again after so long. */
  readonly maxReuseMs: number;
}

/** A frame that shows an object. */
type Sight = Pick<SceneEvent, 'stream' | 'ptsSeconds' | 'atMs'>;

/** An object that is followed. */
interface Followed {
  readonly answer: TrackAnswer;
  readonly first: Sight;
  last: Sight;
  /** When it was looked at, on the source's time line; NaN before. */
  lookedSeconds: number;
  top: readonly RankedClass[];
  right: number;
  /** What it was called when its event began; `null` before. */
  told: string | null;
}

/** What came of a frame's objects. */
export interface ObjectsSeen {
  readonly statements: Statement[];
  readonly ran: RungRun[];
  readonly events: Omit<SceneEvent, 'camera'>[];
  decideMs: number;
  leftOut: number;
}

/** Weight of a look at what the picture's border cuts, as at a car of which half is in view, in the answer of all looks. */
const CUT_WEIGHT = 0.5;
const NO_PROBABILITIES = new Float64Array(0);

/** Answers what each moving object is, once per look and once altogether, and tells when it comes and leaves. */
export class Objects {
  readonly question: AskedQuestion;
  readonly #parts: ObjectsParts;
  readonly #climber: Climber;
  #gear = 0;
  readonly #followed = new Map<number, Followed>();

  constructor(parts: ObjectsParts) {
    this.#parts = parts;
    this.#climber = new Climber(parts.climb);
    const [question] = parts.climb.questions;
    if (question === undefined || parts.climb.questions.length > 1)
      throw new RangeError('objects are asked one question');
    this.question = question;
  }

  /** Looks at the regions of a frame, in their order, as far as its budget lasts. */
  async look(frame: Frame, { regions, ended, held }: SceneReport, gear = 0): Promise<ObjectsSeen> {
    this.#gear = gear;
    const seen: ObjectsSeen = { statements: [], ran: [], events: [], decideMs: 0, leftOut: 0 };
    for (const track of ended) this.#leave(track, seen.events);
    for (const region of regions) {
      const object = this.#sight(frame, region.track);
      if (this.#mayReuse(frame, region, object)) seen.statements.push(this.#again(frame, region, object));
      else await this.#climb(frame, region, object, seen);
    }
    if (held === 'change') await this.#whole(frame, seen);
    else if (regions.length === 0) seen.statements.push(this.#nothing(frame));
    else if (seen.statements.length === 0) {
      seen.statements.push({ question: this.question, view: this.#view(null), result: { kind: 'dropped' } });
    }
    return seen;
  }

  /** Numbers of what is followed. */
  get tracks(): number[] {
    return [...this.#followed.keys()];
  }

  /** All that is followed has left. */
  end(): Omit<SceneEvent, 'camera'>[] {
    const events: Omit<SceneEvent, 'camera'>[] = [];
    for (const track of this.tracks) this.#leave(track, events);
    return events;
  }

  /** The question as it is asked in the gear in use. */
  get #asked(): AskedQuestion {
    return inGear(this.question, this.#gear);
  }

  #sight({ stream, ptsSeconds, arrivedAtMs }: Frame, track: number): Followed {
    const sight: Sight = { stream, ptsSeconds, atMs: arrivedAtMs };
    const object = this.#followed.get(track) ?? {
      answer: new TrackAnswer(this.question.classes.length),
      first: sight,
      last: sight,
      lookedSeconds: Number.NaN,
      top: [],
      right: 0,
      told: null,
    };
    object.last = sight;
    this.#followed.set(track, object);
    return object;
  }

  /** What stands still and was looked at lately has not changed. */
  #mayReuse({ ptsSeconds }: Frame, { stillSeconds }: SceneRegion, { lookedSeconds, answer }: Followed): boolean {
    const ageMs = (ptsSeconds - lookedSeconds) * 1000;
    return stillSeconds > 0 && isKnown(answer) && ageMs >= 0 && ageMs < this.#parts.maxReuseMs;
  }

  #again(frame: Frame, { box, track }: SceneRegion, { answer, top, right, lookedSeconds }: Followed): Statement {
    const result: Answered = {
      kind: 'answered',
      top,
      probabilities: answer.probabilities,
      stop: 'still',
      right,
      path: [],
      spentMs: this.#parts.climb.clock.monotonicMs() - frame.arrivedMs,
      reusedAgeMs: (frame.ptsSeconds - lookedSeconds) * 1000,
    };
    return { question: this.question, view: this.#view(box, track), result };
  }

  #nothing(frame: Frame): Statement {
    const spentMs = this.#parts.climb.clock.monotonicMs() - frame.arrivedMs;
    const result: Answered = {
      kind: 'answered',
      top: [],
      probabilities: NO_PROBABILITIES,
      stop: 'still',
      right: 0,
      path: [],
      spentMs,
    };
    return { question: this.question, view: this.#view(null), result };
  }

  /** Where no thing can be told from the rest because nearly all of the picture changed, it is looked at as a whole. */
  async #whole(frame: Frame, seen: ObjectsSeen): Promise<void> {
    const { answers, ran, decideMs } = await this.#climber.climb(frame, WHOLE_FRAME, this.#parts.budgetMs, {
      gear: this.#gear,
    });
    seen.ran.push(...ran);
    seen.decideMs += decideMs;
    for (const result of answers) seen.statements.push({ question: this.#asked, view: this.#view(null), result });
  }

  async #climb(frame: Frame, { box, track, isCut }: SceneRegion, object: Followed, seen: ObjectsSeen): Promise<void> {
    const { answers, ran, decideMs } = await this.#climber.climb(frame, box, this.#parts.budgetMs, {
      gear: this.#gear,
    });
    const [result] = answers;
    const probabilities = this.#climber.probabilities(0);
    seen.ran.push(...ran);
    seen.decideMs += decideMs;
    if (result?.kind === 'dropped') seen.leftOut++;
    if (result === undefined || result.kind === 'dropped') return;
    const view = this.#view(box, track);
    if (result.kind === 'failed' || probabilities === null) {
      seen.statements.push({ question: this.#asked, view, result });
      return;
    }
    const { answer } = object;
    answer.add(probabilities, isCut ? CUT_WEIGHT : 1);
    object.lookedSeconds = frame.ptsSeconds;
    object.right = result.right;
    object.top = rank(this.question, answer.probabilities, this.#parts.climb.topK);
    const seenSoFar = { ...result, top: object.top, probabilities: answer.probabilities };
    seen.statements.push({ question: this.#asked, view, result: seenSoFar });
    this.#begin(track, object, seen.events);
  }

  /** Tells an object that is known well enough. What is none of the wished-for things is not told. */
  #begin(track: number, object: Followed, events: Omit<SceneEvent, 'camera'>[]): void {
    const [best] = object.top;
    if (object.told !== null || best === undefined || best.classId === OTHER || !isKnown(object.answer)) return;
    object.told = best.label;
    events.push({ question: this.question.id, label: object.told, phase: 'begin', ...object.first, track });
  }

  #leave(track: number, events: Omit<SceneEvent, 'camera'>[]): void {
    const object = this.#followed.get(track);
    this.#followed.delete(track);
    if (object === undefined || object.told === null) return;
    events.push({ question: this.question.id, label: object.told, phase: 'end', ...object.last, track });
  }

  /** @param box in ratios of the region; `null`: all of it */
  #view(box: Box | null, track?: number): ViewTaken {
    const [left, top, width, height] = this.#parts.region;
    if (box === null || track === undefined) return { kind: 'motion', box: this.#parts.region };
    const inSource: Box = [left + box[0] * width, top + box[1] * height, box[2] * width, box[3] * height];
    return { kind: 'motion', box: inSource, track };
  }
}
