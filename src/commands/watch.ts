import { readFileSync } from 'node:fs';
import { type ServerMessage, WeirClient, type WeirClientOptions, type WeirRefusal } from '../client/client.ts';
import { nodeSocket } from '../client/node-socket.ts';
import { messageOf, usageError, WeirError } from '../errors.ts';
import { redactUrls } from '../secrets.ts';
import { type Output, print } from './shell.ts';
import { isNoTls } from './tls-mismatch.ts';
import { knock, TOKEN_REMEDY } from './watch-knock.ts';
import { tellForPerson, unknownLines } from './watch-words.ts';

export interface WatchOptions {
  readonly cameras?: readonly string[];
  readonly every: 'frame' | 'change';
  readonly since?: string;
  readonly tokenFile?: string;
  readonly caFile?: string;
  readonly json?: boolean;
}

const DEFAULT_URL = 'ws://127.0.0.1:8700/v1/labels';
const SINCE = /^[^:]{1,64}:\d{1,15}$/;
/** What a token may be made of: it travels as the name of a subprotocol. */
const TOKEN = /^[\w.~+-]{1,512}$/;

/**
 * Prints a daemon's labels until `stop` is aborted or nobody reads them any more; says at the end from where to go on.
 *
 * @throws WeirError when the daemon refuses, which another try would not change
 */
export async function watch(
  url: string | undefined,
  options: WatchOptions,
  stop: AbortSignal,
  output: Output,
): Promise<number> {
  const address = labelsUrl(url ?? DEFAULT_URL);
  const { since, cameras = 'all', tokenFile, caFile } = options;
  if (since !== undefined && !SINCE.test(since)) {
    throw usageError('since-invalid', `--since: "${since}" is not a place in the line`, 'give epoch:seq of a message');
  }
  const token = tokenOf(tokenFile, process.env);
  const ca = caFile === undefined ? undefined : fileOf('--ca-file', caFile);
  const ended = AbortSignal.any([stop, output.closed]);
  const way = token === undefined ? 'none' : tokenFile === undefined ? 'at-hand' : 'shown';
  const door = () => knock(address, { token: way, ca: ca ?? null, stop: ended });
  const settings: Omit<WeirClientOptions, 'token'> = {
    url: address,
    cameras,
    // A person wants to see what a camera shows now, too: the first label is shown, then the changes.
    every: options.json ? options.every : 'frame',
    WebSocket: nodeSocket(ca),
    signal: ended,
    ...(since === undefined ? {} : { since }),
  };
  const tell = options.json
    ? (message: ServerMessage) => {
        print(JSON.stringify(message));
        if (message.type === 'hello') unknownLines(cameras, message.cameras).forEach(note);
      }
    : tellForPerson(address, cameras, options.every, { print, note });
  // The token of the environment may be another daemon's: one that needs none is not shown it.
  let shown = (await door()) === 'open' && way === 'at-hand' ? undefined : token;
  let end = await follow(settings, shown, tell);
  if (end.error !== null && shown !== undefined && way === 'at-hand' && (await door()) === 'open') {
    shown = undefined; // it did not answer when it was asked first
    end = await follow(settings, shown, tell);
  }
  if (end.since !== undefined && !output.closed.aborted) note(`to go on from here: --since ${end.since}`);
  if (end.error !== null) throw refused(address, end.error, shown === undefined ? null : (tokenFile ?? 'WEIR_TOKEN'));
  return 0;
}

/** Tells messages until the client is closed. @returns the place up to which all was told, and why it was refused, if it was */
async function follow(
  settings: Omit<WeirClientOptions, 'token'>,
  token: string | undefined,
  tell: (message: ServerMessage) => void,
): Promise<{ readonly since: string | undefined; readonly error: WeirRefusal | null }> {
  const client = new WeirClient(token === undefined ? settings : { ...settings, token });
  client.on('message', tell);
  const error = await new Promise<WeirRefusal | null>((resolve) => {
    client.on('state', (state) => {
      if (state.name === 'waiting') note(retryLine(settings.url, state.reason, state.retryMs));
      if (state.name === 'closed') resolve(state.error);
    });
    client.connect();
  });
  return { since: client.lastSince, error };
}

function retryLine(address: string, reason: string, retryMs: number): string {
  const wait = `next try in ${(retryMs / 1000).toFixed(1)} s`;
  if (isNoTls(reason)) return `no connection to ${address} (the server speaks no TLS there); ${wait}`;
  const hint = /certificate|issuer/i.test(reason)
    ? 'name with --ca-file whoever signed its certificate (or the certificate itself)'
    : 'does a daemon run there?';
  return `no connection to ${address} (${reason.split('\n')[0]}); ${wait}: ${hint}`;
}

/** @param token where the one that was shown comes from; `null`: none was */
function refused(address: string, { message }: WeirRefusal, token: string | null): WeirError {
  const remedy =
    token === null
      ? `if it wants a token, ${TOKEN_REMEDY}`
      : `see whether the token in ${token} still holds (weir token list) and may read these cameras`;
  return new WeirError('refused', `${address} refuses: ${message}`, { remedy });
}

/** The one token in a file; without a file that of WEIR_TOKEN, if that is set. */
function tokenOf(path: string | undefined, env: Readonly<Record<string, string | undefined>>): string | undefined {
  const token = (path === undefined ? env.WEIR_TOKEN : fileOf('--token-file', path))?.trim();
  if (token === undefined || (path === undefined && token === '')) return undefined;
  if (TOKEN.test(token)) return token;
  if (path === undefined) {
    throw usageError('token-invalid', 'WEIR_TOKEN holds no token', 'set it to what weir token create printed');
  }
  throw usageError(
    'token-file-invalid',
    `--token-file: ${path} holds no token`,
    'give a file with what weir token create printed, and nothing else',
  );
}

function fileOf(option: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw usageError('file-unreadable', `${option}: ${messageOf(error)}`, 'give a file that can be read', error);
  }
}

/** `host:port`, an http address or a full WebSocket URL. */
export function labelsUrl(text: string): string {
  const withScheme = /^[a-z]+:\/\//i.test(text) ? text.replace(/^http/i, 'ws') : `ws://${text}`;
  let url: URL;
  try {
    url = new URL(withScheme);
  } catch {
    throw usageError('url-invalid', `"${redactUrls(text)}" is not an address`, 'give one like http://127.0.0.1:8700');
  }
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') {
    throw usageError('url-invalid', `"${text}" is not a Weir daemon's address`, 'give one like http://127.0.0.1:8700');
  }
  if (url.username !== '' || url.password !== '') {
    throw usageError('url-invalid', 'credentials have no place in the address', 'give a token by --token-file');
  }
  url.hash = '';
  if (url.pathname === '/') url.pathname = '/v1/labels';
  return url.toString();
}

function note(text: string): void {
  process.stderr.write(`${text}\n`);
}
