import { readFile } from 'node:fs/promises';
import { messageOf, usageError, WeirError } from '../errors.ts';
import { redactUrls } from '../secrets.ts';
import { ask } from './daemon-request.ts';
import { tlsMismatch } from './tls-mismatch.ts';

/** How a daemon is asked that does not let in everybody. */
export interface DaemonCredentials {
  /** Holds a token. */
  readonly tokenFile?: string;
  /** Certificates, as PEM, of whoever signed the daemon's. */
  readonly caFile?: string;
}

/** A running daemon's HTTP side. */
export class DaemonApi {
  readonly address: string;
  readonly #stop: AbortSignal;
  readonly #token: string | null;
  readonly #ca: string | null;

  private constructor(address: string, token: string | null, ca: string | null, stop: AbortSignal) {
    this.address = address;
    this.#token = token;
    this.#ca = ca;
    this.#stop = stop;
  }

  /**
   * @param env whose WEIR_TOKEN is used where no file is named
   * @throws WeirError `url-invalid`, `token-file`, `ca-file`
   */
  static async open(
    text: string,
    { tokenFile, caFile }: DaemonCredentials,
    stop: AbortSignal,
    env: Readonly<Record<string, string | undefined>> = process.env,
  ): Promise<DaemonApi> {
    const address = addressOf(text);
    const token = tokenFile === undefined ? (env.WEIR_TOKEN ?? null) : await read('token-file', tokenFile);
    const ca = caFile === undefined ? null : await read('ca-file', caFile);
    return new DaemonApi(address, token?.trim() || null, ca, stop);
  }

  /** @throws WeirError of the daemon; `daemon-unreachable`; the reason of `stop` when that is aborted */
  async get<T>(path: string): Promise<T> {
    return JSON.parse(String(await this.#ask('GET', path))) as T;
  }

  async post<T>(path: string, body: object): Promise<T> {
    return JSON.parse(String(await this.#ask('POST', path, JSON.stringify(body)))) as T;
  }

  async bytes(path: string): Promise<Uint8Array> {
    return new Uint8Array(await this.#ask('GET', path));
  }

  async #ask(method: string, path: string, body?: string): Promise<Buffer> {
    const headers = {
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(this.#token === null ? {} : { Authorization: `Bearer ${this.#token}` }),
    };
    let answer: Awaited<ReturnType<typeof ask>>;
    try {
      answer = await ask(`${this.address}${path}`, { method, headers, body, ca: this.#ca, stop: this.#stop });
    } catch (cause) {
      this.#stop.throwIfAborted();
      const mismatch = await tlsMismatch(cause, this.address);
      if (mismatch !== null) throw usageError('tls-mismatch', mismatch.message, mismatch.remedy, cause);
      throw new WeirError('daemon-unreachable', `no daemon answers at ${this.address}: ${messageOf(cause)}`, {
        remedy: isDistrust(cause)
          ? 'name with --ca-file whoever signed its certificate (or the certificate itself)'
          : 'start one there (`weir run`), or give with --url the address that another one says it serves',
        cause,
      });
    }
    if (answer.status >= 200 && answer.status < 300) return answer.body;
    throw errorOf(answer, this.address);
  }
}

/** Whether the daemon answered, but with a certificate that nobody here knows. */
function isDistrust(error: unknown): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ISSUER/.test(String((error as NodeJS.ErrnoException).code ?? ''));
}

async function read(code: 'token-file' | 'ca-file', path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw usageError(code, `--${code} ${path} cannot be read: ${messageOf(cause)}`, 'check the path', cause);
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
function errorOf({ status, body }: { status: number; body: Buffer }, address: string): WeirError {
  const { code, message, remedy } = problemOf(body.toString('utf8'));
  if (typeof code === 'string' && typeof message === 'string' && typeof remedy === 'string') {
    const isToken = status === 401;
    return new WeirError(code, message, {
      remedy: isToken ? 'name a file that holds a token with --token-file, or set WEIR_TOKEN' : remedy,
      exitCode: status < 500 ? 2 : 1,
    });
  }
  return new WeirError('daemon-foreign', `${address} answered ${status}`, {
    remedy: 'is that a Weir of this version? Say where it is with --url',
  });
}

interface Problem {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly remedy?: unknown;
}

/** From a problem of RFC 9457, or from the older `{error: …}`. */
function problemOf(text: string): Problem {
  try {
    const { error, code, detail, remedy } = JSON.parse(text) as { error?: Problem; detail?: unknown } & Problem;
    return error ?? { code, message: detail, remedy };
  } catch {
    return {};
  }
}
