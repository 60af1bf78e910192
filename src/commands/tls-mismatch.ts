import { connect } from 'node:tls';
import { messageOf } from '../errors.ts';

const PROBE_MS = 2_000;
/** What OpenSSL says of an answer that is no TLS. */
const NO_TLS = /wrong.version|packet.length.too.long|unknown.protocol|http.request|record.layer.failure/i;
/** What a server that waits for TLS does with plain HTTP: it hangs up, or sends an alert. */
const HUNG_UP = new Set(['ECONNRESET', 'EPIPE', 'HPE_INVALID_CONSTANT', 'HPE_INVALID_VERSION']);

export interface TlsMismatch {
  readonly message: string;
  readonly remedy: string;
}

/**
 * Whether a request failed because TLS was spoken where a server speaks none, or the other way round; `null`: neither. Only in the
 * second case the server is asked once more.
 *
 * @param url of the request, `http:` or `https:`
 */
export async function tlsMismatch(cause: unknown, url: string): Promise<TlsMismatch | null> {
  const { protocol, hostname, port } = new URL(url);
  if (protocol === 'https:') return isNoTls(messageOf(cause)) ? noTls(url) : null;
  if (!HUNG_UP.has(String((cause as NodeJS.ErrnoException).code))) return null;
  if (!(await speaksTls(hostname.replace(/^\[(.*)\]$/, '$1'), Number(port || 80)))) return null;
  const remedy = `try ${originOf(url, 'https:')}`;
  return { message: `${originOf(url)}: the server speaks TLS there, and no plain HTTP`, remedy };
}

/** Whether a message is OpenSSL's about a server that speaks no TLS. */
export function isNoTls(message: string): boolean {
  return NO_TLS.test(message);
}

function noTls(url: string): TlsMismatch {
  const message = `${originOf(url)}: the server speaks no TLS there`;
  return { message, remedy: `try ${originOf(url, 'http:')}, or let it serve TLS: docs/access.md` };
}

/** `http://127.0.0.1:8700`; with another scheme the port stays what it is. */
function originOf(url: string, protocol?: 'http:' | 'https:'): string {
  const { protocol: own, hostname, port } = new URL(url);
  const shown = port || (own === 'https:' ? '443' : '80');
  return `${protocol ?? own}//${hostname}:${shown}`;
}

/** Any certificate will do: nothing is said. */
function speaksTls(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, rejectUnauthorized: false, timeout: PROBE_MS });
    const end = (is: boolean) => {
      socket.destroy();
      resolve(is);
    };
    socket.once('secureConnect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.on('error', () => end(false));
  });
}
