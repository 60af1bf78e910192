import type { SequencedMessage } from '../protocol/messages.ts';

/** A destination of what the daemon says. */
export interface Sink {
  /**
   * Must not block and must not throw; what it cannot take it drops and counts.
   *
   * @param text the message as JSON, serialised once for all sinks
   */
  publish(message: SequencedMessage, text: string): void;
  /** Resolves when everything taken so far is delivered or given up. */
  close(): Promise<void>;
}
