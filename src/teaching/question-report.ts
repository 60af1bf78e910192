import type { ReliabilityBin } from '../premodel/calibration.ts';

/** What is to be said about one question that a camera was taught. */
export interface QuestionReport {
  readonly id: string;
  readonly text: string | null;
  /** Frames that people labelled, and those that the teacher labelled besides. */
  readonly classes: readonly { readonly name: string; readonly examples: number; readonly byTeacher: number }[];
  /** Every candidate alone, out of fold, over what people labelled; rung zero is among them. */
  readonly candidates: readonly CandidateReport[];
  readonly reference: string;
  /** In use, cheapest first. */
  readonly rungs: readonly string[];
  /** Of the operating point `balanced` of mode `cascade`, out of fold. */
  readonly expected: {
    readonly accuracy: number;
    readonly accuracyGainVsTop: number;
    readonly interval: readonly [number, number];
    /** How many times less time than the reference. */
    readonly speedup: number;
    readonly shareByRung: Readonly<Record<string, number>>;
  };
  /** Of the same: how many frames of a class (row) got which answer (column; the last is `other`). */
  readonly confusion: readonly (readonly number[])[];
  /** Of the same: how likely it thought itself right, and how often it was. */
  readonly reliability: readonly ReliabilityBin[];
  /** Samples without a label whose label would teach most, by index, unsurest first. */
  readonly unsure: readonly number[];
  /** Samples whose label is not what is answered out of fold, by index, first where the answer is surest: slips may be among them. */
  readonly doubted: readonly number[];
  /** Labelled frames that were learnt from and judged, and how many moments they are of: the latter is what counts as evidence. */
  readonly samples: number;
  readonly moments: number;
  /** How many of the moments had to be cut in time, for their class has fewer than there are folds. */
  readonly cutMoments: number;
}

export interface CandidateReport {
  readonly id: string;
  readonly costMs: number;
  readonly accuracy: number;
  /** Mean cross-entropy with the truth. */
  readonly logLoss: number;
  readonly isUsed: boolean;
}

/** What became of a job of teaching over the API: see docs/examples.md. */
export interface TaughtAnswer {
  readonly camera: string;
  readonly heads: string;
  readonly rungs: readonly string[];
  readonly questions: readonly (Omit<QuestionReport, 'unsure' | 'doubted'> & {
    /** Examples without a label whose label would teach most. */
    readonly labelNext: readonly string[];
    /** Examples whose label is not what is answered. */
    readonly lookAgain: readonly string[];
  })[];
  readonly frames: number;
  readonly warnings: readonly string[];
}
