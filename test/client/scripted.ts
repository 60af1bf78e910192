import type { SocketConstructor, SocketLike } from '../../src/client/socket.ts';

type Listener = (event: never) => void;

/** A socket that does what the test says: it is the daemon's end of a connection. */
export class ScriptedSocket implements SocketLike {
  readonly protocols: readonly string[];
  readonly sent: Record<string, unknown>[] = [];
  closedWith: number | undefined;
  readonly #listeners = new Map<string, Listener[]>();

  constructor(protocols: readonly string[]) {
    this.protocols = protocols;
  }

  send(data: string): void {
    this.sent.push(JSON.parse(data));
  }

  close(code?: number): void {
    this.closedWith = code;
  }

  addEventListener(type: string, listener: Listener): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  /** Says something to the client. */
  say(...messages: object[]): void {
    for (const message of messages) this.emit('message', { data: JSON.stringify(message) });
  }

  emit(type: string, event: object): void {
    for (const listener of this.#listeners.get(type) ?? []) listener(event as never);
  }

  /** Greets, and confirms whatever is asked for. */
  accept(epoch: string, last: number): void {
    this.say({ type: 'hello', version: 1, epoch, first: 1, last, cameras: [] });
    this.say({ ...this.sent.at(-1), type: 'subscribed' });
  }

  drop(code = 1006, reason = ''): void {
    this.emit('close', { code, reason });
  }
}

/** Every socket that a client opens. */
export function scripted(): { sockets: ScriptedSocket[]; WebSocket: SocketConstructor } {
  const sockets: ScriptedSocket[] = [];
  class Opened extends ScriptedSocket {
    constructor(_url: string, protocols: string[]) {
      super(protocols);
      sockets.push(this);
    }
  }
  return { sockets, WebSocket: Opened };
}

/** A message with a number; what else a label holds does not matter to the client. */
export function numbered(seq: number, epoch = 'e'): object {
  return { type: 'label', epoch, seq, camera: 'gate' };
}
