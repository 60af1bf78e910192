import { randomUUID } from 'node:crypto';
import type { HistoryConfig } from '../config/history.ts';
import { WeirError } from '../errors.ts';
import { startHistory } from '../history/history.ts';
import { lockState } from '../history/lock.ts';
import type { StoreStatus } from '../history/protocol.ts';
import { spawnThread } from '../history/thread.ts';
import type { SequencedMessage } from '../protocol/messages.ts';
import { type LabelArchive, NO_PAST, type Past } from '../sinks/past.ts';

export interface OpenHistory {
  /** For the hub: its epoch, and behind which number it goes on. */
  readonly epoch: string;
  readonly last: number;
  readonly past: Past;
  /** `null` where no history is kept. */
  readonly archive: LabelArchive | null;
  readonly sink: { publish(message: SequencedMessage, text: string): void; close(): Promise<void> } | null;
  readonly status: () => StoreStatus | null;
  /** When nothing is published any more: writes what is left, and seals it. Once, however often it is called. */
  readonly seal: () => Promise<void>;
  /** After the hub is closed: seals, gives the state directory free. */
  readonly close: () => Promise<void>;
}

/** A state directory that cannot be written keeps the daemon from nothing but its past. @throws WeirError `state-in-use`, `history-newer` */
export async function openHistory(
  config: HistoryConfig,
  parts: {
    readonly stateDir: string;
    readonly onNotice: (text: string) => void;
    readonly onFailure?: (text: string) => void;
  },
): Promise<OpenHistory> {
  const { stateDir, onNotice } = parts;
  let release = lockIfPossible(stateDir);
  const unlock = () => release?.();
  if (!config.enabled) {
    const close = async () => unlock();
    if (release === null) onNotice(`${stateDir} cannot be locked: another Weir that uses it would not be noticed`);
    const seal = async () => {};
    return { epoch: randomUUID(), last: 0, past: NO_PAST, archive: null, sink: null, status: () => null, seal, close };
  }
  try {
    const history = await startHistory({ ...parts, limits: config }, (setup) => {
      release ??= lockState(stateDir);
      return spawnThread(setup);
    });
    let sealed: Promise<void> | null = null;
    const seal = () => {
      sealed ??= history.close();
      return sealed;
    };
    return {
      epoch: history.epochId,
      last: history.startsBehind,
      past: history,
      archive: history,
      // Closed last, by `close`: other sinks may still read while they end.
      sink: { publish: (message, text) => history.publish(message, text), close: async () => {} },
      status: () => history.status,
      seal,
      close: () => seal().finally(unlock),
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

/** @returns what gives it free; `null` where its folder cannot be used. @throws WeirError `state-in-use` */
function lockIfPossible(stateDir: string): (() => void) | null {
  try {
    return lockState(stateDir);
  } catch (error) {
    if (error instanceof WeirError && error.code === 'state-in-use') throw error;
    return null;
  }
}
