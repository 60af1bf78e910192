import { type ClientState, WeirClient } from '../client/client.ts';
import type { ServerMessage } from './wire.ts';

export interface LiveOptions {
  readonly token: string | null;
  readonly onMessage: (message: ServerMessage) => void;
  readonly onLost: (reason: string, retryMs: number) => void;
  /** It was away for so long that what was said meanwhile is not heard. */
  readonly onAfresh: () => void;
  /** The daemon refuses: trying again is of no use. */
  readonly onRefused: (reason: string) => void;
}

/** Every frame's labels of a longer absence are too many to be heard one after another: history tells what changed. */
const CAUGHT_UP_MS = 60_000;

/**
 * Messages of the daemon that served this page, over lost connections.
 *
 * @returns how to end it
 */
export function openLive({ token, onMessage, onLost, onAfresh, onRefused }: LiveOptions): () => void {
  let heardMs: number | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let client = listening();

  function listening(): WeirClient {
    const fresh = new WeirClient({
      url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/v1/labels`,
      cameras: 'all',
      every: 'frame',
      ...(token === null ? {} : { token }),
    });
    fresh.on('message', (message) => {
      heardMs = Date.now();
      onMessage(message);
    });
    fresh.on('state', (state) => became(fresh, state));
    return fresh.connect();
  }
  function became(told: WeirClient, state: ClientState): void {
    if (state.name === 'closed' && state.error !== null) onRefused(state.error.message);
    if (state.name !== 'waiting') return;
    onLost(state.reason, state.retryMs);
    if (heardMs === null || Date.now() - heardMs < CAUGHT_UP_MS) return;
    heardMs = null;
    told.close();
    onAfresh();
    timer = setTimeout(() => {
      client = listening();
    }, state.retryMs);
  }
  return () => {
    clearTimeout(timer);
    client.close();
  };
}
