import koffi from 'koffi';
import { socketAddress } from '../../src/service/notify-socket.ts';
import { waitFor } from './processes.ts';

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const MSG_DONTWAIT = 0x40;

/** What systemd is to a service: a unix datagram socket that keeps what it is told. */
export class NotifyReceiver {
  readonly messages: string[] = [];
  readonly #descriptor: number;
  readonly #timer: NodeJS.Timeout;
  readonly #libc = koffi.load(null);

  constructor(address: string) {
    const target = socketAddress(address);
    this.#descriptor = this.#libc.func('int socket(int, int, int)')(AF_UNIX, SOCK_DGRAM, 0);
    if (this.#libc.func('int bind(int, const void *, uint32_t)')(this.#descriptor, target, target.length) !== 0) {
      throw new Error(`cannot bind ${address}`);
    }
    const receive = this.#libc.func('intptr_t recv(int, void *, size_t, int)');
    const buffer = Buffer.alloc(4096);
    this.#timer = setInterval(() => {
      for (;;) {
        const length = receive(this.#descriptor, buffer, buffer.length, MSG_DONTWAIT);
        if (length < 0) return;
        this.messages.push(buffer.toString('utf8', 0, length));
      }
    }, 20);
  }

  async until(message: string | RegExp, timeoutMs = 30_000): Promise<void> {
    const matches = (text: string) => (typeof message === 'string' ? text === message : message.test(text));
    await waitFor(() => this.messages.some(matches), `${message} (got ${this.messages.join(' | ')})`, timeoutMs);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#libc.func('int close(int)')(this.#descriptor);
  }
}
