import { usageError, WeirError } from '../errors.ts';
import { ask } from './daemon-request.ts';
import { tlsMismatch } from './tls-mismatch.ts';

interface Knock {
  /** A token: it will be shown whatever is answered, or only where one is needed; or there is none. */
  readonly token: 'shown' | 'at-hand' | 'none';
  /** Certificates to trust in place of the system's, as PEM. */
  readonly ca: string | null;
  readonly stop: AbortSignal;
}

/** Whether a token is needed, as far as it was asked and answered. */
export type Door = 'open' | 'locked' | 'unknown';

/** A server that takes longer is left to the client, which tries again. */
const PATIENCE_MS = 3_000;
/** What the daemon answers to whom it will not let in. */
const REFUSALS = new Set([401, 403, 421]);

export const TOKEN_REMEDY =
  'make one where the daemon runs (weir token create --name me), and give the file that holds it by --token-file, or set WEIR_TOKEN';

/**
 * Asks once over HTTP what would keep a WebSocket from ever coming about, as a person can be told that at once: over the WebSocket a
 * daemon waits for a token, and what OpenSSL says is no help. What a proxy answers that is no Weir's is of no account: it may
 * let through nothing but the WebSocket.
 *
 * @param address of the labels, `ws:` or `wss:`
 * @throws WeirError `tls-mismatch`, `refused`. What else fails is left to the client
 */
export async function knock(address: string, { token, ca, stop }: Knock): Promise<Door> {
  const url = new URL(address.replace(/^ws/, 'http'));
  // What needs a token is only asked for without one: a wrong one counts as a try.
  url.pathname = url.pathname.replace(/\/v1\/labels$/, '') + (token === 'shown' ? '/healthz' : '/api/cameras');
  url.search = '';
  const within = AbortSignal.any([stop, AbortSignal.timeout(PATIENCE_MS)]);
  try {
    const { status, body } = await ask(url.href, { method: 'GET', headers: {}, body: undefined, ca, stop: within });
    const answer = jsonOf(body.toString('utf8'));
    if (status === 200 && answer !== null) return 'open';
    if (!REFUSALS.has(status) || !isProblem(answer)) return 'unknown';
    if (status === 401 && token === 'at-hand') return 'locked';
    throw new WeirError('refused', `${address} refuses: ${answer.detail}`, {
      remedy: status === 401 ? TOKEN_REMEDY : answer.remedy,
    });
  } catch (error) {
    if (error instanceof WeirError) throw error;
    const mismatch = within.aborted ? null : await tlsMismatch(error, url.href);
    if (mismatch !== null) throw usageError('tls-mismatch', mismatch.message, mismatch.remedy, error);
    return 'unknown';
  }
}

/** As Weir tells what is wrong. */
function isProblem(answer: object | null): answer is { readonly detail: string; readonly remedy: string } {
  const { detail, remedy } = (answer ?? {}) as { detail?: unknown; remedy?: unknown };
  return typeof detail === 'string' && typeof remedy === 'string';
}

function jsonOf(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}
