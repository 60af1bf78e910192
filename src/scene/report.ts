import type { Box } from '../types.ts';
import type { SceneState } from './phase.ts';

/** Something that is followed and was seen in this frame. */
export interface SceneRegion {
  /** Square unless it had to be cut at the border; ratios of the picture. */
  readonly box: Box;
  readonly track: number;
  /** The first report of this track. */
  readonly isNew: boolean;
  /** It touches the border of the picture: part of it may be out of sight. */
  readonly isCut: boolean;
  /** How long it has been standing still; 0 while it moves. */
  readonly stillSeconds: number;
}

/**
 * Why nothing was looked for in a frame. learning: the background, or its new light, is not known; blank: the picture shows
 * nothing; change: so much of it is other than before that no thing can be told from the rest, as where a lorry fills the gate.
 */
export type Held = 'learning' | 'blank' | 'change';

export interface SceneReport {
  /** What moves before what stands still, then the largest first, at most `maxRegions`. */
  readonly regions: readonly SceneRegion[];
  /** Tracks that ended with this frame; each was reported before, and is not again. */
  readonly ended: readonly number[];
  readonly state: SceneState;
  /** `null`: it was looked for things. Otherwise that there are no regions does not say that nothing moves; what was followed still is. */
  readonly held: Held | null;
  /** Share of the picture that differs from the background otherwise than by light; 0 while that is learnt for the first time. */
  readonly foregroundRatio: number;
}
