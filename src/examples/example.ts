/** Why a frame was kept: its answer is not trusted, or it was drawn by chance. */
export type Reason = 'unsure' | 'random';

/** What Weir answered to one question about a frame. */
export interface Answered {
  readonly question: string;
  readonly label: string | null;
  readonly classId: string | null;
  readonly confidence: number | null;
  /** Calibrated probability that the answer is right. */
  readonly right: number;
}

/** A frame that is kept, without its pixels. */
export interface Example {
  /** Unix time of its arrival in base 36; of its camera's examples no other has it. */
  readonly id: string;
  /** Unix time of the frame's arrival. */
  readonly takenAtMs: number;
  readonly stream: number;
  readonly ptsSeconds: number;
  readonly reason: Reason;
  readonly width: number;
  readonly height: number;
  /** Of its picture's file: lossless, so that what is taught is what was classified. */
  readonly bytes: number;
  readonly sha256: string;
  readonly answers: readonly Answered[];
  /** What people said, by question: the name of a class, or `~`. */
  readonly labels: Readonly<Record<string, string>>;
}

/** How many frames of a camera are kept, and for how long. */
export interface ExampleLimits {
  readonly maxFrames: number;
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  /** Share of `maxFrames` that is drawn by chance; the rest is for unsure ones. */
  readonly randomRatio: number;
  /** Frames are this far apart. */
  readonly minIntervalMs: number;
  /** An answer below this probability of being right is unsure. */
  readonly unsureBelow: number;
}

export function isLabelled({ labels }: Pick<Example, 'labels'>): boolean {
  for (const _ in labels) return true;
  return false;
}
