import { type ServerMessage, WeirClient } from '../client/client.ts';
import { usageError } from '../errors.ts';
import { redactUrls } from '../secrets.ts';
import { formatEvent, formatLabel, isOfChange, type PrintableEvent, type PrintableLabel } from '../sinks/console.ts';
import { type Output, print } from './shell.ts';

export interface WatchOptions {
  readonly cameras?: readonly string[];
  readonly every: 'frame' | 'change';
  readonly since?: string;
  readonly json?: boolean;
}

const DEFAULT_URL = 'ws://127.0.0.1:8700/v1/labels';
const SINCE = /^[^:]{1,64}:\d{1,15}$/;

/** Prints a daemon's labels until `stop` is aborted or nobody reads them any more. */
export async function watch(
  url: string | undefined,
  options: WatchOptions,
  stop: AbortSignal,
  output: Output,
): Promise<number> {
  const address = labelsUrl(url ?? DEFAULT_URL);
  const { since, cameras = 'all' } = options;
  if (since !== undefined && !SINCE.test(since)) {
    throw usageError('since-invalid', `--since: "${since}" is not a place in the line`, 'give epoch:seq of a message');
  }
  const show = options.json
    ? (message: ServerMessage) => print(JSON.stringify(message))
    : showForPerson(address, cameras, options.every);
  const client = new WeirClient({
    url: address,
    cameras,
    // A person wants to see what a camera shows now, too: the first label is shown, then the changes.
    every: options.json ? options.every : 'frame',
    ...(since === undefined ? {} : { since }),
    onMessage: show,
    onDisconnect: (reason, retryMs) =>
      note(
        `no connection to ${address} (${reason.split('\n')[0]}); next try in ${(retryMs / 1000).toFixed(1)} s: does a daemon run there?`,
      ),
  });
  await client.connect();
  await new Promise<unknown>((resolve) => {
    for (const signal of [stop, output.closed]) {
      if (signal.aborted) resolve(null);
      signal.addEventListener('abort', resolve, { once: true });
    }
  });
  client.close();
  return 0;
}

/** `host:port`, an http address or a full WebSocket URL. */
function labelsUrl(text: string): string {
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
    throw usageError(
      'url-invalid',
      'credentials have no place in the address',
      'leave them out: nothing asks for them yet',
    );
  }
  url.hash = '';
  if (url.pathname === '/') url.pathname = '/v1/labels';
  return url.toString();
}

/** Prints messages for a person; labels only where they change, and the first of each question of a camera. */
function showForPerson(
  address: string,
  wanted: readonly string[] | 'all',
  every: WatchOptions['every'],
): (message: ServerMessage) => void {
  const seen = new Set<unknown>();
  const degraded = new Set<unknown>();
  /** What was said of each camera last. */
  const lines = new Map<unknown, string>();
  return (message) => {
    if (message.type === 'hello') {
      degraded.clear();
      for (const camera of message.cameras as readonly KnownCamera[])
        noteDegraded(degraded, camera.id, camera.degraded);
      return helloLines(address, wanted, message).forEach(note);
    }
    if (message.type === 'camera') {
      const line = cameraLine(message as unknown as CameraMessage, degraded);
      // What it tells beside that changes more often.
      if (lines.get(message.camera) !== line) note(line);
      lines.set(message.camera, line);
      return;
    }
    if (message.type === 'event' && every === 'change' && isOfChange(message as unknown as PrintableEvent)) return;
    if (message.type !== 'label') return showEvent(message);
    const asked = `${message.camera}/${message.question}`;
    const isNew = !seen.has(asked);
    seen.add(asked);
    if (every === 'frame' || isNew || message.changed) print(formatLabel(message as unknown as PrintableLabel));
  };
}

export function helloLines(address: string, wanted: readonly string[] | 'all', { cameras }: ServerMessage): string[] {
  const known = cameras as readonly KnownCamera[];
  const shown = wanted === 'all' ? known : known.filter(({ id }) => wanted.includes(id));
  const list = shown.map(({ id, state, reason, degraded = [] }) => {
    const why = [
      ...(reason === '' ? [] : [reason]),
      ...(degraded.length > 0 ? [`degraded: ${degraded.join(', ')}`] : []),
    ];
    return `${id} is ${state}${why.length === 0 ? '' : ` (${why.join('; ')})`}`;
  });
  const connected = `connected to ${address}: ${list.join(', ') || 'no camera'}`;
  const unknown = wanted === 'all' ? [] : wanted.filter((id) => !known.some((camera) => camera.id === id));
  if (unknown.length === 0) return [connected];
  const ids = known.map(({ id }) => id).join(', ') || 'none';
  return [connected, `it has no camera ${unknown.join(', ')}; it has ${ids}`];
}

interface KnownCamera {
  readonly id: string;
  readonly state: string;
  readonly reason: string;
  readonly degraded?: readonly string[];
}

export type CameraMessage = Omit<KnownCamera, 'id'> & { readonly camera: string };

/**
 * A change of a camera's state for a person: also that a trouble is over.
 *
 * @param troubled cameras that were degraded when last heard of; brought up to date
 */
export function cameraLine({ camera, state, reason, degraded = [] }: CameraMessage, troubled: Set<unknown>): string {
  const isOver = troubled.has(camera) && degraded.length === 0 && state === 'live';
  noteDegraded(troubled, camera, degraded);
  const trouble = degraded.length > 0 ? ` (degraded: ${degraded.join(', ')})` : isOver ? ' (no longer degraded)' : '';
  return `camera ${camera} is ${state}${reason ? `: ${reason}` : ''}${trouble}`;
}

function noteDegraded(troubled: Set<unknown>, camera: string, degraded: readonly string[] = []): void {
  if (degraded.length > 0) troubled.add(camera);
  else troubled.delete(camera);
}

function showEvent(message: ServerMessage): void {
  switch (message.type) {
    case 'event':
      return print(formatEvent(message as unknown as PrintableEvent));
    case 'gap':
      return note(`missed ${message.missed} messages (${message.reason})`);
    case 'error':
      return note(`the daemon says: ${message.message}`);
  }
}

function note(text: string): void {
  process.stderr.write(`${text}\n`);
}
