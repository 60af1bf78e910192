import { usageError, WeirError } from '../errors.ts';
import { ask } from './daemon-request.ts';
import { tlsMismatch } from './tls-mismatch.ts';

interface Knock {
  /** Where the token comes from that may be shown. One that was named is shown to whom it was named for; `null`: there is none. */
  readonly token: 'named' | 'environment' | null;
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
 * @returns whether it lets in who shows no token: then one of the environment, which may be another daemon's, is not shown
 * @throws WeirError `tls-mismatch`, `refused`. What else fails is left to the client
 */
export async function knock(address: string, { token, ca, stop }: Knock): Promise<boolean> {
  const url = new URL(address.replace(/^ws/, 'http'));
  // What needs a token is only asked for without one: a wrong one counts as a try.
  url.pathname = url.pathname.replace(/\/v1\/labels$/, '') + (token === 'named' ? '/healthz' : '/api/cameras');
  url.search = '';
  const within = AbortSignal.any([stop, AbortSignal.timeout(PATIENCE_MS)]);
  try {
    const { status, body } = await ask(url.href, { method: 'GET', headers: {}, body: undefined, ca, stop: within });
    const isMissing = status === 401 && token === 'environment';
    if (REFUSALS.has(status) && !isMissing) refuse(address, status, body.toString('utf8'));
    return status === 200 && token !== 'named' && recordOf(body.toString('utf8')) !== null;
  } catch (error) {
    if (error instanceof WeirError) throw error;
    const mismatch = within.aborted ? null : await tlsMismatch(error, url.href);
    if (mismatch !== null) throw usageError('tls-mismatch', mismatch.message, mismatch.remedy, error);
    return false;
  }
}

/** @throws WeirError `refused` where it is a daemon that refuses; what a proxy answers to this path says nothing of the labels */
function refuse(address: string, status: number, text: string): void {
  const told = problemOf(text);
  if (told === null) return;
  const remedy = status === 401 ? TOKEN_REMEDY : told.remedy;
  throw new WeirError('refused', `${address} refuses: ${told.detail}`, { remedy });
}

function problemOf(text: string): { readonly detail: string; readonly remedy: string } | null {
  const { detail, remedy } = recordOf(text) ?? {};
  return typeof detail === 'string' && typeof remedy === 'string' ? { detail, remedy } : null;
}

/** @returns `null`: it is no JSON object, as every answer of a daemon is */
function recordOf(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
