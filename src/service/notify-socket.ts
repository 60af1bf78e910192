import { constants } from 'node:os';
import { messageOf, WeirError } from '../errors.ts';

/** Sends one datagram; `null`, or why it could not be sent. */
export type SendDatagram = (text: string) => string | null;

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
/** `sun_path` of `struct sockaddr_un`. */
const MAX_PATH_BYTES = 107;

/**
 * A unix datagram socket that sends to `address`: a path, or an abstract name after `@`. Node has no such sockets; libc is called
 * by way of koffi, which is loaded here alone and only when there is somebody to send to.
 *
 * @throws WeirError `notify-address`, `notify-unavailable`
 */
export async function openDatagram(address: string): Promise<SendDatagram> {
  const target = socketAddress(address);
  const { call, errno } = await libc();
  const descriptor = call.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) throw unavailable(`no socket: ${errorName(errno())}`);
  return (text) => {
    const data = Buffer.from(text);
    const sent = call.sendto(descriptor, data, data.length, MSG_DONTWAIT | MSG_NOSIGNAL, target, target.length);
    return sent < 0 ? errorName(errno()) : null;
  };
}

/**
 * `struct sockaddr_un`, as long as its name is.
 *
 * @throws WeirError `notify-address`
 */
export function socketAddress(address: string): Buffer {
  const isAbstract = address.startsWith('@');
  const name = Buffer.from(isAbstract ? `\0${address.slice(1)}` : `${address}\0`);
  if ((!isAbstract && !address.startsWith('/')) || name.length > MAX_PATH_BYTES + 1 || address.length < 2) {
    throw new WeirError('notify-address', `NOTIFY_SOCKET is neither a path nor an abstract name: "${address}"`, {
      remedy: 'leave it as systemd sets it, or unset it',
    });
  }
  const family = new Uint8Array(new Uint16Array([AF_UNIX]).buffer); // in the machine's own order of bytes
  return Buffer.concat([family, name]);
}

interface Libc {
  readonly call: {
    socket(domain: number, type: number, protocol: number): number;
    sendto(descriptor: number, data: Buffer, length: number, flags: number, to: Buffer, toLength: number): number;
  };
  readonly errno: () => number;
}

async function libc(): Promise<Libc> {
  try {
    const { default: koffi } = await import('koffi');
    const library = koffi.load(null);
    const call = {
      socket: library.func('int socket(int domain, int type, int protocol)'),
      sendto: library.func(
        'intptr_t sendto(int descriptor, const void *data, size_t length, int flags, const void *to, uint32_t toLength)',
      ),
    };
    return { call, errno: () => koffi.errno() };
  } catch (cause) {
    throw unavailable(messageOf(cause), cause);
  }
}

function unavailable(reason: string, cause?: unknown): WeirError {
  return new WeirError('notify-unavailable', `systemd cannot be told anything: ${reason}`, {
    remedy: 'install Weir with its optional packages (koffi and its prebuilt part for this machine)',
    cause,
  });
}

function errorName(errno: number): string {
  return Object.entries(constants.errno).find(([, number]) => number === errno)?.[0] ?? `error ${errno}`;
}
