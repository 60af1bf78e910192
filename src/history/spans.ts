/** A run of messages without a hole that is kept or dropped as one. */
export interface Span {
  readonly first: number;
  readonly last: number;
  /** Unix ms by the clock of the time, which may have been wrong. */
  readonly atMin: number;
  readonly atMax: number;
  readonly messages: number;
}

/** A span ends after so many messages, or so long. */
export const SPAN_MESSAGES = 1_000;
export const SPAN_MS = 3_600_000;

/** Whether a message that follows may still belong to it. */
export function takes(span: Span, seq: number, at: number): boolean {
  return span.last + 1 === seq && span.messages < SPAN_MESSAGES && Math.abs(at - span.atMin) < SPAN_MS;
}

export function extended(span: Span, seq: number, at: number): Span {
  return {
    ...span,
    last: seq,
    atMin: Math.min(span.atMin, at),
    atMax: Math.max(span.atMax, at),
    messages: span.messages + 1,
  };
}

/**
 * How many of the oldest spans are older than the cut. Messages are in the order of their numbers, whatever the clock said:
 * none is older than what came before it (a clock that began in 1970 makes nothing old), and a time that has not come yet
 * says nothing (a clock that was ahead keeps nothing for ever: such a span goes with the next that has a time).
 *
 * @param spans oldest first
 */
export function expired(spans: readonly Span[], cutMs: number, nowMs: number): number {
  let newest = Number.NEGATIVE_INFINITY;
  let count = 0;
  for (const [index, span] of spans.entries()) {
    if (span.atMax > nowMs) continue; // decided by the next one with a time
    newest = Math.max(newest, span.atMax);
    if (newest >= cutMs) break;
    count = index + 1;
  }
  return count;
}
