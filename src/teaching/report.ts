import type { HeadFile, Heads } from '../heads/artifact.ts';
import type { QuestionReport } from './question-report.ts';

/** What a camera was taught, and what is to be said about it. */
export interface Teaching {
  readonly heads: Heads;
  readonly report: TeachingReport;
  readonly warnings: readonly string[];
  /** By question and candidate, those that are not in use among them: what each would answer alone. */
  readonly candidateHeads: readonly Readonly<Record<string, HeadFile>>[];
}

/** Plain data: it is handed from thread to thread. */
export interface TeachingReport {
  readonly questions: readonly QuestionReport[];
  /** All rungs in use, cheapest first. */
  readonly rungs: readonly string[];
}
