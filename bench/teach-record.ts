/** What everyone who took part did with the judged part of a clip. */
export interface PlayedClip {
  readonly clip: string;
  /** Who took part: `weir`, and every rung as `rung:<id>`, and in streams `without:<part>`. */
  readonly variants: readonly string[];
  /** The reference's. */
  readonly top: string;
  /** By frame: what belongs together. */
  readonly moments: readonly number[];
  /** By variant and frame: the sum of `session.run`, and rung zero's time. */
  readonly runMs: readonly Float64Array[];
  /** By variant and frame: from the decoded frame to the labels. */
  readonly totalMs: readonly Float64Array[];
  readonly questions: readonly QuestionRecord[];
}

/** The same, with what is known of its teaching. */
export interface ClipRecord extends PlayedClip {
  /** CPU time of teaching, and how many frames taught. */
  readonly teachCpuSeconds: number;
  readonly taughtFrames: number;
  /** What of it cannot be decoded at its beginning: times of its truth count from there. */
  readonly leadSeconds: number;
  /** Time of a head alone, by rung. */
  readonly headMs: Readonly<Record<string, number>>;
}

export interface QuestionRecord {
  readonly id: string;
  /** By frame: the labels that are right; `null`: not scored. */
  readonly truth: readonly (readonly string[] | null)[];
  /** By variant and frame. */
  readonly answers: readonly (readonly string[])[];
  /** By frame: the rung on which Weir ended, or why none ran. */
  readonly ended: readonly string[];
  /** The most frequent class among what taught. */
  readonly majority: string;
}
