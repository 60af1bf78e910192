import { Background } from './background.ts';
import { type Size, sidePixels, squareAround } from './boxes.ts';
import { areaOf } from './cell-box.ts';
import { findChanges } from './change.ts';
import { Follower } from './follower.ts';
import { GainFinder } from './gain.ts';
import { joinNear } from './join.ts';
import { markLit } from './light.ts';
import { CELLS, contrastOf, LevelPlane, LUMA_HEIGHT, LUMA_WIDTH } from './luma.ts';
import type { Comparison, PartMap } from './part.ts';
import { PartFinder } from './parts.ts';
import { ScenePhase } from './phase.ts';
import type { SceneRegion, SceneReport } from './report.ts';
import { Structure, UNCHANGED } from './structure.ts';
import { Tightener } from './tighten.ts';
import type { Track } from './track.ts';
import { Tracker } from './tracker.ts';

export { LUMA_HEIGHT, LUMA_WIDTH, toLuma } from './luma.ts';
export type { SceneRegion, SceneReport } from './report.ts';

/** As a camera's configuration has them, with its defaults. */
export interface MotionSettings {
  /** Most regions told per frame. */
  readonly maxRegions: number;
  /** What is smaller than this on its longer side, in pixels of the source, is not told. */
  readonly leastPixels: number;
  /** Added around a thing on each side, in ratios of its longer side. */
  readonly marginRatio: number;
  /** What stands still for so long becomes part of the background. */
  readonly standSeconds: number;
}

/** Times that jump back, or on by more than the first, end all tracks; by more than the second, the background is learnt anew. */
const GAP_SECONDS = { tracks: 5, background: 60 } as const;
/** Taken for the step of a time that jumped. */
const NOMINAL_SECONDS = 0.2;
/** Fewer cells that differ than this make neither a thing nor a shadow. */
const LEAST_CHANGED = 6;
/** Less contrast than this is nothing to see, grey levels, where the background has at least that, units. */
const BLANK = { contrast: 4, background: 10 } as const;
/** Seconds in which the usual gain follows. */
const GAIN_SECONDS = 60;

const NOTHING: readonly never[] = [];

/**
 * What moves in front of a fixed camera: a background learnt per cell of a small luma frame, the parts that differ from it
 * otherwise than by light, and the tracks that these make. Pure but for its memory: the same frames give the same reports.
 */
export class MotionScene {
  readonly #settings: MotionSettings;
  readonly #source: Size;
  readonly #plane = new LevelPlane();
  readonly #background = new Background();
  readonly #gainFinder = new GainFinder();
  readonly #structure = new Structure();
  readonly #finder = new PartFinder();
  readonly #tracker: Tracker;
  readonly #phase = new ScenePhase();
  readonly #difference = new Float32Array(CELLS);
  readonly #changes = new Uint8Array(CELLS);
  /** Those that differ. */
  readonly #cells = new Int32Array(CELLS);
  readonly #comparison: Comparison = {
    values: this.#plane.values,
    level: this.#background.level,
    difference: this.#difference,
    changes: this.#changes,
    kinds: this.#structure.kinds,
  };
  readonly #found: PartMap = { parts: [], map: this.#finder.map, alias: new Uint8Array(256) };
  readonly #follower: Follower;
  readonly #tightener = new Tightener();
  readonly #last = new Uint8Array(CELLS);
  /** Follows the gain. */
  #usualGain = 0;
  /** Cells that differ, and that differ otherwise than by light, in the last frame; and how its structure compares. */
  #changed = 0;
  #unlit = 0;
  #shares = UNCHANGED;
  #seconds = Number.NaN;

  /**
   * @param source size of the picture that the luma frame was made from, in pixels
   * @param tracksBefore numbers up to this one are taken, by a scene that was before
   */
  constructor(settings: MotionSettings, source: Size, tracksBefore = 0) {
    this.#settings = settings;
    this.#source = source;
    this.#tracker = new Tracker(tracksBefore);
    this.#follower = new Follower(this.#background, this.#comparison, this.#tracker);
  }

  /** The last number that a track was given. */
  get tracks(): number {
    return this.#tracker.lastId;
  }

  /**
   * @param luma uint8 [LUMA_HEIGHT][LUMA_WIDTH]
   * @param seconds presentation time
   */
  observe(luma: Uint8Array, seconds: number): SceneReport {
    if (luma.length !== CELLS) throw new RangeError(`a luma frame has ${CELLS} values, not ${luma.length}`);
    const jumped = this.#jumped(seconds);
    const elapsed = jumped === null ? seconds - this.#seconds : NOMINAL_SECONDS;
    const ended = jumped ?? NOTHING;
    this.#seconds = seconds;
    const isFrozen = isSame(luma, this.#last);
    this.#last.set(luma);
    this.#plane.take(luma);
    const { values } = this.#plane;

    const gain = this.#compare(values);
    const unlit = this.#unlit;
    const isBlank = this.#background.contrast >= BLANK.background && contrastOf(luma) < BLANK.contrast;
    const use = this.#phase.judge(
      { changed: this.#changed / CELLS, unlit: unlit / CELLS, shares: this.#shares, isBlank },
      elapsed,
    );
    if (use !== 'look') {
      if (use === 'learn' && this.#background.gather(values)) this.#learn();
      this.#finder.map.fill(0);
      this.#tracker.hold(seconds);
      const { state } = this.#phase;
      const held = isBlank ? 'blank' : state === 'steady' ? 'change' : 'learning';
      return { regions: NOTHING, ended, state, held, foregroundRatio: unlit / CELLS };
    }
    this.#findParts(gain);
    this.#tracker.update(this.#found.parts, seconds);
    if (!isFrozen) {
      this.#usualGain += (gain - this.#usualGain) * Math.min(0.5, elapsed / GAIN_SECONDS);
      this.#follower.follow(this.#found, gain, elapsed, this.#settings.standSeconds);
    }
    const endedNow = this.#tracker.ended;
    return {
      regions: this.#regions(seconds),
      ended: endedNow.length === 0 ? ended : [...ended, ...endedNow],
      state: this.#phase.state,
      held: null,
      foregroundRatio: unlit / CELLS,
    };
  }

  /** @returns tracks that ended because time jumped; null where it did not */
  #jumped(seconds: number): readonly number[] | null {
    const elapsed = seconds - this.#seconds;
    if (elapsed > 0 && elapsed <= GAP_SECONDS.tracks) return null;
    this.#tracker.endAll();
    if (elapsed > GAP_SECONDS.background || (!(elapsed > 0) && this.#phase.state !== 'steady')) {
      this.#background.restart();
      this.#phase.restart();
    }
    return this.#tracker.ended.length === 0 ? NOTHING : [...this.#tracker.ended];
  }

  /** Compares a frame with the background. @returns the gain */
  #compare(values: Float32Array): number {
    this.#changed = 0;
    this.#unlit = 0;
    if (this.#phase.state === 'learning') return 0;
    const found = this.#gainFinder.find(values, this.#background.level, this.#finder.map);
    const gain = Number.isNaN(found) ? 0 : found;
    const cells = this.#cells;
    this.#changed = findChanges(
      values,
      this.#background,
      gain,
      this.#usualGain,
      this.#difference,
      this.#changes,
      cells,
    );
    this.#unlit = this.#changed;
    if (this.#changed < LEAST_CHANGED) {
      this.#shares = UNCHANGED;
      return gain;
    }
    this.#shares = this.#structure.compare(this.#background.level, this.#background.noise, this.#difference);
    this.#unlit = markLit(this.#structure, this.#difference, this.#changes, cells, this.#changed);
    return gain;
  }

  #learn(): void {
    this.#background.learn();
    this.#usualGain = 0;
    this.#follower.restart();
    this.#phase.learnt();
  }

  /** Things that differ, without specks and without what was there before. */
  #findParts(gain: number): void {
    const { parts, alias } = this.#found;
    parts.length = 0;
    for (const part of this.#finder.find(this.#comparison)) parts.push(part);
    joinNear(parts, alias);
    this.#follower.restore(this.#found, gain);
    this.#tightener.tighten(this.#found, this.#difference);
    let kept = 0;
    for (const part of parts) {
      if (sidePixels(part, this.#source) >= this.#settings.leastPixels) parts[kept++] = part;
    }
    parts.length = kept;
  }

  #regions(seconds: number): readonly SceneRegion[] {
    const { maxRegions, marginRatio, leastPixels } = this.#settings;
    const seen = this.#tracker.tracks.filter((track) => track.id !== 0 && track.isSeen);
    if (seen.length === 0) return NOTHING;
    const stands = (track: Track) => (stillSeconds(track, seconds) === 0 ? 0 : 1);
    // What only stands there must not hide what moves.
    seen.sort((a, b) => stands(a) - stands(b) || areaOf(b.box) - areaOf(a.box) || a.id - b.id);
    return seen.slice(0, maxRegions).map((track) => {
      const isNew = !track.isTold;
      track.isTold = true;
      return {
        box: squareAround(track.box, this.#source, marginRatio, leastPixels),
        track: track.id,
        isNew,
        isCut: track.touches(LUMA_WIDTH, LUMA_HEIGHT),
        stillSeconds: stillSeconds(track, seconds),
      };
    });
  }
}

/** How long a track has been standing still; 0 while it moves. */
function stillSeconds({ stillSince }: Track, seconds: number): number {
  return seconds - stillSince < 1 ? 0 : seconds - stillSince;
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false;
  return true;
}
