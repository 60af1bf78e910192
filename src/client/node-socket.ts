import { WebSocket } from 'ws';
import type { SocketConstructor } from './socket.ts';

/**
 * `ws` as the client takes it, for programs of Weir itself: it says what a daemon answered that refused.
 *
 * @param ca certificates (PEM) to trust in place of the system's; without it the system's
 */
export function nodeSocket(ca?: string): SocketConstructor {
  return class extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols, ca === undefined ? {} : { ca });
    }
  };
}
