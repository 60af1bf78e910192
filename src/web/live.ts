import { WeirClient } from '../client/client.ts';
import type { ServerMessage } from './wire.ts';

export interface LiveOptions {
  readonly token: string | null;
  /** `epoch:seq` of the last message that was seen. */
  readonly since: string | null;
  readonly onMessage: (message: ServerMessage) => void;
  readonly onLost: (reason: string, retryMs: number) => void;
  /** The daemon refuses: trying again is of no use. */
  readonly onRefused: (reason: string) => void;
}

/**
 * Messages of the daemon that served this page, over lost connections.
 *
 * @returns how to end it
 */
export function openLive({ token, since, onMessage, onLost, onRefused }: LiveOptions): () => void {
  const client = new WeirClient({
    url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/v1/labels`,
    cameras: 'all',
    every: 'frame',
    ...(since === null ? {} : { since }),
    ...(token === null ? {} : { token }),
  });
  client.on('message', onMessage);
  client.on('state', (state) => {
    if (state.name === 'waiting') onLost(state.reason, state.retryMs);
    if (state.name === 'closed' && state.error !== null) onRefused(state.error.message);
  });
  client.connect();
  return () => client.close();
}
