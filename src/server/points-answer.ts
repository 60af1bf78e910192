/** A point of a front, as `GET /api/cameras/:id/operating-points` tells it. */
export interface PointTold {
  /** From 0 for the cheapest. */
  readonly index: number;
  readonly name: string | null;
  readonly rungs: readonly string[];
  /** Of the samples that it was fitted on. */
  readonly accuracy: number;
  readonly accuracyGainVsTop: number;
  readonly interval: readonly [number, number];
  /** In runs of the reference, and by what that one takes. */
  readonly costRatio: number;
  readonly costMs: number;
  readonly meanRungsRun: number;
  readonly shareByRung: Readonly<Record<string, number>>;
}

/** One of a question's points, by name where it has one; `index` null: there is none to choose from. */
export interface PointNamed {
  readonly name: string | null;
  readonly index: number | null;
}

export interface QuestionPoints {
  readonly question: string;
  readonly current: PointNamed;
  /** `labels`: accuracy is against true classes; `agreement`: against the reference's answers. */
  readonly truth: 'labels' | 'agreement';
  /** `meanMs`: as it was measured here where it is loaded, else as when the premodel was fitted. */
  readonly reference: { readonly id: string; readonly meanMs: number; readonly accuracy: number };
  readonly points: readonly PointTold[];
}

export interface PointsAnswer {
  readonly current: PointNamed;
  /** As configured, which counts again from `until` on. */
  readonly configured: string;
  readonly until: 'restart' | null;
  readonly mode: string;
  /** Of each question that was fitted; none where nothing can be chosen. */
  readonly questions: readonly QuestionPoints[];
}
