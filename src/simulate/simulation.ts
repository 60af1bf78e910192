import type { Figures } from './figures.ts';

/** `weir.simulation/1` */
export interface Simulation {
  readonly schema: 'weir.simulation/1';
  readonly ladder: string;
  readonly trace: {
    readonly clip: string;
    readonly frames: number;
    /** Frames a second of what was recorded; `null` of a single frame. */
    readonly rateHz: number | null;
    readonly device: string;
    readonly slots: number;
  };
  readonly settings: {
    readonly fps: number;
    readonly seconds: number;
    readonly costScale: number;
    readonly slots: number;
    readonly budgetMs: number | null;
    readonly seed: number;
    readonly mode: string;
    readonly operatingPoint: string;
    /** The number of cameras that was asked for; others stand around it. */
    readonly asked: number;
  };
  /** By rising number of cameras. */
  readonly rows: readonly Figures[];
}

const SIZES = [1, 2, 4, 8, 16, 32, 64, 125, 250, 500, 1000];

/** Numbers of cameras from 1 to 1,000, with the asked one among them. */
export function sizesAround(cameras: number): number[] {
  return [...new Set([...SIZES, cameras])].sort((a, b) => a - b);
}

/** A fixed rung has no operating point. */
export function decidedBy({ mode, operatingPoint }: Pick<Simulation['settings'], 'mode' | 'operatingPoint'>): string {
  return mode.startsWith('fixed:') ? mode : `${mode} ${operatingPoint}`;
}
