import { WeirClient } from '../client/client.ts';
import type { SocketConstructor } from '../client/socket.ts';
import type { ServerMessage } from './wire.ts';

export interface LiveOptions {
  readonly token: string | null;
  /** `epoch:seq` of the last message that was seen. */
  readonly since: string | null;
  readonly onMessage: (message: ServerMessage) => void;
  readonly onLost: (reason: string, retryMs: number) => void;
}

/**
 * Messages of the daemon that served this page, over lost connections. The token goes as a subprotocol: a browser's WebSocket
 * cannot send headers, and an address is logged.
 *
 * @returns how to end it
 */
export function openLive({ token, since, onMessage, onLost }: LiveOptions): () => void {
  class Socket extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, token === null ? protocols : [...protocols, `weir.token.${token}`]);
    }
  }
  const client = new WeirClient({
    url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/v1/labels`,
    cameras: 'all',
    every: 'frame',
    ...(since === null ? {} : { since }),
    WebSocket: Socket as unknown as SocketConstructor,
    onMessage: (message) => onMessage(message as unknown as ServerMessage),
    onDisconnect: onLost,
  });
  void client.connect();
  return () => client.close();
}
