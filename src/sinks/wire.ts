import type { WebSocket } from 'ws';
import type { Outgoing } from './outgoing.ts';

/** Above this many bytes in the socket's own buffer, messages wait elsewhere. */
const HIGH_WATER_BYTES = 256 * 1024;
const TEXT = { binary: false };

/** The way to a client, as far as what it is sent needs it. */
export type Way = Pick<Wire, 'isOpen' | 'hasRoom' | 'send' | 'tell' | 'pause' | 'resume'>;

/** One client's socket, as far as a subscriber needs it. Once it closes, nothing more is sent. */
export class Wire {
  readonly client: WebSocket;

  constructor(client: WebSocket) {
    this.client = client;
  }

  get isOpen(): boolean {
    return this.client.readyState === this.client.OPEN;
  }

  get hasRoom(): boolean {
    return this.client.bufferedAmount < HIGH_WATER_BYTES;
  }

  send(item: Outgoing): void {
    if (this.isOpen) this.client.send(item.bytes, TEXT);
  }

  /** Reads nothing more from the client, until `resume`. */
  pause(): void {
    this.client.pause();
  }

  resume(): void {
    this.client.resume();
  }

  tell(message: object): void {
    if (this.isOpen) this.client.send(JSON.stringify(message));
  }

  /** Closes, and cuts off who does not answer in time. Resolves when the connection is gone. */
  close(code: number, reason: string, graceMs: number): Promise<void> {
    const { client } = this;
    client.resume(); // to hear the answer
    return new Promise((resolve) => {
      if (client.readyState === client.CLOSED) return resolve();
      const timer = setTimeout(() => client.terminate(), graceMs);
      client.once('close', () => {
        clearTimeout(timer);
        resolve();
      });
      client.close(code, reason);
    });
  }
}
