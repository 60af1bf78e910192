import { usageError, WeirError } from '../errors.ts';
import { ask } from './daemon-request.ts';
import { tlsMismatch } from './tls-mismatch.ts';

interface Knock {
  /** Whether a token will be shown. */
  readonly hasToken: boolean;
  /** Certificates to trust in place of the system's, as PEM. */
  readonly ca: string | null;
  readonly stop: AbortSignal;
}

/** A server that takes longer is left to the client, which tries again. */
const PATIENCE_MS = 3_000;
/** What the daemon answers to whom it will not let in. */
const REFUSALS = new Set([401, 403, 421]);

export const TOKEN_REMEDY =
  'make one where the daemon runs (weir token create --name me), and give the file that holds it by --token-file, or set WEIR_TOKEN';

/**
 * Asks once over HTTP what would keep a WebSocket from ever coming about, as a person can be told that at once: over the WebSocket a
 * daemon waits for a token, and what OpenSSL says is no help.
 *
 * @param address of the labels, `ws:` or `wss:`
 * @throws WeirError `tls-mismatch`, `refused`. What else fails is left to the client
 */
export async function knock(address: string, { hasToken, ca, stop }: Knock): Promise<void> {
  const url = new URL(address.replace(/^ws/, 'http'));
  // What needs a token is only asked for without one: a wrong one counts as a try.
  url.pathname = url.pathname.replace(/\/v1\/labels$/, '') + (hasToken ? '/healthz' : '/api/cameras');
  url.search = '';
  const within = AbortSignal.any([stop, AbortSignal.timeout(PATIENCE_MS)]);
  try {
    const { status, body } = await ask(url.href, { method: 'GET', headers: {}, body: undefined, ca, stop: within });
    if (REFUSALS.has(status)) throw refusal(address, status, body.toString('utf8'));
  } catch (error) {
    if (error instanceof WeirError) throw error;
    const mismatch = within.aborted ? null : await tlsMismatch(error, url.href);
    if (mismatch !== null) throw usageError('tls-mismatch', mismatch.message, mismatch.remedy, error);
  }
}

function refusal(address: string, status: number, text: string): WeirError {
  const { detail, remedy } = problemOf(text);
  return new WeirError('refused', `${address} refuses: ${detail ?? `it answers ${status}`}`, {
    remedy: status === 401 || remedy === undefined ? TOKEN_REMEDY : remedy,
  });
}

function problemOf(text: string): { readonly detail?: string; readonly remedy?: string } {
  try {
    const { detail, remedy } = JSON.parse(text) as { detail?: unknown; remedy?: unknown };
    return typeof detail === 'string' && typeof remedy === 'string' ? { detail, remedy } : {};
  } catch {
    return {};
  }
}
