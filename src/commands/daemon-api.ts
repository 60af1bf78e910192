import { messageOf, usageError, WeirError } from '../errors.ts';
import { redactUrls } from '../secrets.ts';

/** A running daemon's HTTP side. */
export class DaemonApi {
  readonly address: string;
  readonly #stop: AbortSignal;

  /** @throws WeirError `url-invalid` */
  constructor(text: string, stop: AbortSignal) {
    this.address = addressOf(text);
    this.#stop = stop;
  }

  /** @throws WeirError of the daemon; `daemon-unreachable`; the reason of `stop` when that is aborted */
  async get<T>(path: string): Promise<T> {
    return (await (await this.#ask(path, {})).json()) as T;
  }

  async post<T>(path: string, body: object): Promise<T> {
    const headers = { 'Content-Type': 'application/json' };
    return (await (await this.#ask(path, { method: 'POST', headers, body: JSON.stringify(body) })).json()) as T;
  }

  async bytes(path: string): Promise<Uint8Array> {
    return new Uint8Array(await (await this.#ask(path, {})).arrayBuffer());
  }

  async #ask(path: string, request: RequestInit): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(`${this.address}${path}`, { ...request, signal: this.#stop, redirect: 'error' });
    } catch (cause) {
      this.#stop.throwIfAborted();
      const why = cause instanceof Error && cause.cause !== undefined ? messageOf(cause.cause) : messageOf(cause);
      throw new WeirError('daemon-unreachable', `no daemon answers at ${this.address}: ${why}`, {
        remedy: 'start one there (`weir run`), or give with --url the address that another one says it serves',
        cause,
      });
    }
    if (response.ok) return response;
    throw await errorOf(response, this.address);
  }
}

function addressOf(text: string): string {
  const remedy = 'give one like http://127.0.0.1:8700';
  let url: URL;
  try {
    url = new URL(/^[a-z]+:\/\//i.test(text) ? text : `http://${text}`);
  } catch {
    throw usageError('url-invalid', `"${redactUrls(text)}" is not an address`, remedy);
  }
  if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw usageError('url-invalid', `"${redactUrls(text)}" is not a Weir daemon's address`, remedy);
  }
  return url.origin;
}

/** What the daemon said was wrong, as if it had been found here. */
async function errorOf(response: Response, address: string): Promise<WeirError> {
  const text = await response.text().catch(() => '');
  const { code, detail: message, remedy } = parsed(text) ?? {};
  if (typeof code === 'string' && typeof message === 'string' && typeof remedy === 'string') {
    return new WeirError(code, message, { remedy, exitCode: response.status < 500 ? 2 : 1 });
  }
  return new WeirError('daemon-foreign', `${address} answered ${response.status} ${response.statusText}`, {
    remedy: 'is that a Weir of this version? Say where it is with --url',
  });
}

function parsed(text: string): { code?: unknown; detail?: unknown; remedy?: unknown } | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
