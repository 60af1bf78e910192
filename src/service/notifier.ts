import { messageOf, WeirError } from '../errors.ts';
import type { Logger } from './log.ts';
import { openDatagram, type SendDatagram } from './notify-socket.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What systemd is told of the daemon (sd_notify). All calls return at once; what cannot be sent is told once and forgotten. */
export class Notifier {
  /** How often systemd wants to hear that all is well; `null`: it does not. */
  readonly watchdogMs: number | null;
  readonly #send: SendDatagram;
  readonly #log: Pick<Logger, 'warn'>;
  #status = '';
  #hasWarned = false;

  constructor(send: SendDatagram, watchdogMs: number | null, log: Pick<Logger, 'warn'>) {
    this.#send = send;
    this.watchdogMs = watchdogMs;
    this.#log = log;
  }

  /** @returns whether it was sent: systemd must hear it once, and its queue may be full */
  ready(): boolean {
    return this.#tell('READY=1');
  }

  /** It goes on starting: systemd waits so much longer from now. */
  starting(moreMs: number): void {
    this.#tell(`EXTEND_TIMEOUT_USEC=${Math.round(moreMs * 1000)}`);
  }

  /** A line for people; sent when it is another than before. */
  status(text: string): void {
    if (text !== this.#status && this.#tell(`STATUS=${text.replaceAll('\n', ' ')}`)) this.#status = text;
  }

  alive(): void {
    this.#tell('WATCHDOG=1');
  }

  /** To be followed by `ready`. */
  reloading(): void {
    this.#tell(`RELOADING=1\nMONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`);
  }

  stopping(): void {
    this.#tell('STOPPING=1');
  }

  /** @returns whether it was sent */
  #tell(message: string): boolean {
    const failure = this.#send(message);
    // A full queue means that systemd is busy, which is no trouble yet.
    if (failure !== null && failure !== 'EAGAIN' && !this.#hasWarned) {
      this.#hasWarned = true;
      this.#log.warn({ reason: failure }, `systemd cannot be told anything: ${failure} at its NOTIFY_SOCKET`);
    }
    return failure === null;
  }
}

/**
 * @returns `null` where nobody listens, or where the address is none: the latter with a warning
 * @throws WeirError `notify-unavailable` where somebody listens and this installation cannot speak: a service would wait for READY
 * in vain
 */
export async function openNotifier(env: Environment, log: Pick<Logger, 'warn'>): Promise<Notifier | null> {
  const address = env.NOTIFY_SOCKET;
  if (address === undefined || address === '') return null;
  try {
    return new Notifier(await openDatagram(address), watchdogMs(env, process.pid), log);
  } catch (error) {
    if (error instanceof WeirError && error.code === 'notify-unavailable') throw error;
    log.warn({}, messageOf(error));
    return null;
  }
}

/** systemd's watchdog interval, if it is meant for this process. */
export function watchdogMs(env: Environment, pid: number): number | null {
  const { WATCHDOG_USEC: microseconds = '', WATCHDOG_PID: meant } = env;
  if (!/^[1-9]\d*$/.test(microseconds) || (meant !== undefined && meant !== `${pid}`)) return null;
  return Number(microseconds) / 1000;
}
