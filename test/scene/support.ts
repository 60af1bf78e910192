import { seededRandom } from '../../src/cascade/random.ts';
import { motion as motionConfig } from '../../src/config/look.ts';
import { CELLS, LUMA_HEIGHT, LUMA_WIDTH } from '../../src/scene/luma.ts';
import { MotionScene, type MotionSettings, type SceneReport } from '../../src/scene/motion.ts';

/** A rectangle of cells. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A thing with a pattern of its own. */
export interface Thing extends Rectangle {
  /** Mean grey level. */
  readonly level: number;
  /** Amplitude of its pattern. Default 20. */
  readonly pattern?: number;
}

/** What one frame shows. */
export interface Picture {
  readonly things?: readonly Thing[];
  /** Parts in another light, by their factor. */
  readonly lights?: readonly (Rectangle & { readonly factor: number })[];
  /** Factor of the light of each cell. */
  readonly light?: (x: number, y: number) => number;
  /** The camera's shift in cells. */
  readonly shift?: number;
  /** Standard deviation of the sensor's noise, grey levels. Default 2. */
  readonly noise?: number;
  /** Changes levels at last. */
  readonly paint?: (levels: Float32Array) => void;
}

/** What cameras are configured with that say nothing. */
export const USUAL: MotionSettings = motionConfig.parse({});
export const SOURCE = { width: 1280, height: 720 };
const NOISES = 1 << 16;
/** The world is wider than the picture, for a camera that is moved. */
const WORLD = 2 * LUMA_WIDTH;

/** A still scene with texture: ground, walls, kerbs, made from a seed; and its frames. */
export class SyntheticScene {
  readonly #world = new Float32Array(WORLD * LUMA_HEIGHT);
  readonly #noises = new Float32Array(NOISES);
  readonly #pattern = new Float32Array(NOISES);
  readonly #levels = new Float32Array(CELLS);
  readonly random: () => number;

  constructor(seed = 1, texture = 12) {
    this.random = seededRandom(seed);
    const { random } = this;
    for (let i = 0; i < NOISES; i++) {
      this.#noises[i] = (random() + random() + random() + random() - 2) * Math.sqrt(3);
      this.#pattern[i] = random() * 2 - 1;
    }
    for (let y = 0; y < LUMA_HEIGHT; y++) {
      for (let x = 0; x < WORLD; x++) {
        let value = 110 + 30 * this.#grain(x, y, 24, 0) + texture * this.#grain(x, y, 4, 777);
        if (y < 30 && (x + 7) % 23 < 3) value += 45; // posts
        if (y > 34 && y < 37) value -= 40; // kerb
        if (y > 60 && Math.floor(x / 12) % 3 === 0 && y < 64) value += 50; // marks
        this.#world[y * WORLD + x] = value;
      }
    }
  }

  /** uint8 [LUMA_HEIGHT][LUMA_WIDTH] */
  frame({ things = [], lights = [], light, shift = 0, noise = 2, paint }: Picture = {}): Uint8Array {
    const levels = this.#levels;
    for (let y = 0, i = 0; y < LUMA_HEIGHT; y++) {
      for (let x = 0; x < LUMA_WIDTH; x++, i++) levels[i] = this.#world[y * WORLD + x + shift] as number;
    }
    things.forEach((thing, index) => {
      each(thing, (i, x, y) => {
        levels[i] = thing.level + (thing.pattern ?? 20) * this.#grain(x, y, 3, 1000 * (index + 1));
      });
    });
    for (const part of lights)
      each(part, (i) => {
        levels[i] = (levels[i] as number) * part.factor;
      });
    paint?.(levels);
    const luma = new Uint8Array(CELLS);
    const start = Math.floor(this.random() * NOISES);
    for (let y = 0, i = 0; y < LUMA_HEIGHT; y++) {
      for (let x = 0; x < LUMA_WIDTH; x++, i++) {
        const lit = (levels[i] as number) * (light?.(x, y) ?? 1);
        const value = lit + noise * (this.#noises[(start + i) % NOISES] as number);
        luma[i] = Math.max(0, Math.min(255, Math.round(value)));
      }
    }
    return luma;
  }

  /** Smooth random pattern of a wavelength, about -1..1. */
  #grain(x: number, y: number, wavelength: number, seed: number): number {
    const u = x / wavelength;
    const v = y / wavelength;
    const column = Math.floor(u);
    const row = Math.floor(v);
    const at = (c: number, r: number) => this.#pattern[(((c * 73) ^ (r * 1009)) + seed) & (NOISES - 1)] as number;
    const s = u - column;
    const t = v - row;
    const upper = at(column, row) * (1 - s) + at(column + 1, row) * s;
    const lower = at(column, row + 1) * (1 - s) + at(column + 1, row + 1) * s;
    return upper * (1 - t) + lower * t;
  }
}

function each({ x, y, width, height }: Rectangle, visit: (cell: number, x: number, y: number) => void): void {
  const left = Math.round(x);
  const top = Math.round(y);
  for (let v = 0; v < height; v++) {
    for (let u = 0; u < width; u++) {
      const column = left + u;
      const row = top + v;
      if (column < 0 || row < 0 || column >= LUMA_WIDTH || row >= LUMA_HEIGHT) continue;
      visit(row * LUMA_WIDTH + column, u, v);
    }
  }
}

export interface Seen extends SceneReport {
  readonly seconds: number;
}

/** Plays frames to a scene, and keeps what it says. Time goes on from one call to the next. */
export class Player {
  readonly motion: MotionScene;
  readonly scene: SyntheticScene;
  readonly reports: Seen[] = [];
  seconds = 0;
  rate: number;

  constructor({
    seed = 1,
    rate = 5,
    texture = 12,
    settings = {},
    tracksBefore = 0,
  }: {
    seed?: number;
    rate?: number;
    texture?: number;
    settings?: Partial<MotionSettings>;
    tracksBefore?: number;
  } = {}) {
    this.scene = new SyntheticScene(seed, texture);
    this.motion = new MotionScene({ ...USUAL, ...settings }, SOURCE, tracksBefore);
    this.rate = rate;
  }

  /** @param picture by the seconds since this call @returns the reports of this call */
  play(seconds: number, picture: (seconds: number) => Picture = () => ({})): Seen[] {
    const frames = Math.round(seconds * this.rate);
    const from = this.reports.length;
    for (let k = 0; k < frames; k++) this.show(this.scene.frame(picture(k / this.rate)));
    return this.reports.slice(from);
  }

  show(luma: Uint8Array): Seen {
    const report = { ...this.motion.observe(luma, this.seconds), seconds: this.seconds };
    this.reports.push(report);
    this.seconds += 1 / this.rate;
    return report;
  }
}

export const tracksOf = (reports: readonly Seen[]): number[] => [
  ...new Set(reports.flatMap(({ regions }) => regions.map(({ track }) => track))),
];
export const endsOf = (reports: readonly Seen[]): number[] => reports.flatMap(({ ended }) => ended);
export const statesOf = (reports: readonly Seen[]): string[] =>
  reports.map(({ state }) => state).filter((state, k, all) => state !== all[k - 1]);
