import { type Clock, type Frame, WHOLE_FRAME } from '../types.ts';
import type { AskedQuestion } from './question.ts';
import type { RegionLimit } from './region-climb.ts';
import type { ReuseState } from './reuse.ts';
import type { SceneEvent } from './told.ts';
import { TrackNumbers } from './track-numbers.ts';
import type { Looked, Statement, View } from './view.ts';

/** A region of a camera's picture, and how it is looked at. */
export interface RegionPart {
  readonly view: View;
  /** What of a frame's time it may have, compared with the others. */
  readonly budgetShare: number;
  /** Read by its climbs; set here. */
  readonly limit: RegionLimit;
  /** What its view is given of a frame; valid until the next one. */
  readonly cut: (frame: Frame) => Frame;
}

export interface RegionsViewParts {
  /** In the order in which they are looked at. */
  readonly regions: readonly RegionPart[];
  readonly budgetMs: number | null;
  readonly clock: Clock;
}

/** What is seen in all regions of a frame. */
interface Sum {
  statements: Statement[];
  ran: Looked['ran'][number][];
  decideMs: number;
  events: Omit<SceneEvent, 'camera'>[];
  gone: number[];
  leftOut: number;
  troubles: Set<string>;
  compareMs: number;
  audits: NonNullable<Looked['audits']>[number][];
}

const NONE: readonly never[] = [];

/**
 * Looks at several regions of every frame, one after the other, each in its own way. Each has its share of the time that the frame
 * still has, and what one does not use goes to those after it. Objects are numbered throughout the camera.
 */
export class RegionsView implements View {
  readonly questions: readonly AskedQuestion[];
  readonly #parts: RegionsViewParts;
  readonly #numbers = new TrackNumbers();
  /** By region, what it knows of its reused answers, and all of that in one list; views give the same list every time. */
  readonly #reusesOf: (readonly ReuseState[])[] = [];
  #reuses: readonly ReuseState[] = [];

  constructor(parts: RegionsViewParts) {
    this.#parts = parts;
    this.questions = parts.regions.flatMap(({ view }) => view.questions);
  }

  get tracks(): number {
    return this.#numbers.last;
  }

  /** Before its first frame. */
  set tracks(taken: number) {
    this.#numbers.last = taken;
  }

  async look(frame: Frame, gear = 0): Promise<Looked> {
    const { regions, budgetMs, clock } = this.#parts;
    const sum = nothingYet();
    let sharesLeft = regions.reduce((total, { budgetShare }) => total + budgetShare, 0);
    for (const [index, { view, budgetShare, limit, cut }] of regions.entries()) {
      const nowMs = clock.monotonicMs();
      if (budgetMs !== null && nowMs - frame.arrivedMs >= budgetMs) {
        for (const question of view.questions) sum.statements.push(passedBy(question));
        continue;
      }
      const isLast = index === regions.length - 1;
      const ratio = isLast ? 1 : budgetShare / sharesLeft;
      limit.ms = budgetMs === null ? null : shareUntil(nowMs - frame.arrivedMs, budgetMs, ratio);
      sharesLeft -= budgetShare;
      const part = cut(frame);
      sum.decideMs += clock.monotonicMs() - nowMs;
      this.#add(index, await view.look(part, gear), sum);
    }
    return { ...sum, troubles: [...sum.troubles], reuses: this.#reuses };
  }

  end(): readonly Omit<SceneEvent, 'camera'>[] {
    const events = this.#parts.regions.flatMap(({ view }, region) =>
      view.end().map((event) => this.#numbers.renumbered(region, event)),
    );
    this.#numbers.forgetAll();
    return events;
  }

  #add(region: number, looked: Looked, sum: Sum): void {
    for (const statement of looked.statements) {
      const view = this.#numbers.renumbered(region, statement.view);
      sum.statements.push(view === statement.view ? statement : { ...statement, view });
    }
    sum.ran.push(...looked.ran);
    sum.decideMs += looked.decideMs;
    for (const event of looked.events) sum.events.push(this.#numbers.renumbered(region, event));
    for (const track of looked.gone) {
      const number = this.#numbers.forget(region, track);
      if (number !== null) sum.gone.push(number);
    }
    sum.leftOut += looked.leftOut;
    for (const trouble of looked.troubles) sum.troubles.add(trouble);
    sum.compareMs += looked.compareMs ?? 0;
    sum.audits.push(...(looked.audits ?? []));
    this.#know(region, looked.reuses);
  }

  #know(region: number, reuses: readonly ReuseState[] = NONE): void {
    if (this.#reusesOf[region] === reuses) return;
    this.#reusesOf[region] = reuses;
    this.#reuses = this.#reusesOf.flat();
  }
}

function nothingYet(): Sum {
  const lists = { statements: [], ran: [], events: [], gone: [], audits: [] };
  return { ...lists, troubles: new Set(), decideMs: 0, compareMs: 0, leftOut: 0 };
}

/** A question of a region for which there is no time at all: its pixels are not even cut out. */
function passedBy(question: AskedQuestion): Statement {
  return { question, view: question.view ?? { kind: 'frame', box: WHOLE_FRAME }, result: { kind: 'dropped' } };
}

/** Until when one may go on that has a share of what is left of a budget, from the same moment as the budget. */
export function shareUntil(spentMs: number, budgetMs: number, ratio: number): number {
  return spentMs >= budgetMs ? budgetMs : spentMs + (budgetMs - spentMs) * ratio;
}
