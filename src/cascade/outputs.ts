import type { Evidence } from './evidence.ts';

/** What a deferral model reads of the rungs' answers, by name. */
export const OUTPUT_FEATURES = [
  'logOdds',
  'logOddsSquared',
  'margin',
  'entropy',
  'agreement',
  'lastLogOdds',
  'dissent',
  'rungsRun',
] as const;

/** Log-odds and log-probabilities are cut off here: beyond lies the noise of the arithmetic. */
const LOG_LIMIT = 12;

/** Writes the `OUTPUT_FEATURES` of a frame of which at least one rung ran; all finite. */
export function outputFeatures(evidence: Evidence, into: Float64Array): void {
  const logOdds = clamp(Math.log(evidence.confidence / evidence.doubt));
  const { lastConfidence } = evidence;
  into[0] = logOdds;
  into[1] = (logOdds * logOdds) / LOG_LIMIT;
  into[2] = clamp(Math.log(evidence.confidence / evidence.runnerUp));
  into[3] = evidence.entropy;
  into[4] = evidence.agreement;
  into[5] = clamp(Math.log(lastConfidence / (1 - lastConfidence)));
  into[6] = clamp(evidence.dissent);
  into[7] = evidence.ran.length - 1;
}

function clamp(value: number): number {
  if (value > LOG_LIMIT) return LOG_LIMIT;
  return value < -LOG_LIMIT ? -LOG_LIMIT : value;
}
