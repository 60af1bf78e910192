import { type ServerMessage, WeirClient } from '../client/client.ts';
import { usageError } from '../errors.ts';
import { formatLabel, type PrintableLabel } from '../sinks/console.ts';
import { print, readerLeft } from './shell.ts';

export interface WatchOptions {
  readonly cameras?: readonly string[];
  readonly every: 'frame' | 'change';
  readonly since?: string;
  readonly json?: boolean;
}

const DEFAULT_URL = 'ws://127.0.0.1:8700/v1/labels';

/** Prints a daemon's labels until INT or TERM. */
export async function watch(url: string | undefined, options: WatchOptions): Promise<number> {
  const show = options.json ? (message: ServerMessage) => print(JSON.stringify(message)) : showForPerson;
  const client = new WeirClient({
    url: labelsUrl(url ?? DEFAULT_URL),
    cameras: options.cameras ?? 'all',
    every: options.every,
    ...(options.since === undefined ? {} : { since: options.since }),
    onMessage: show,
    onDisconnect: (reason, retryMs) => note(`no connection (${reason}); next try in ${(retryMs / 1000).toFixed(1)} s`),
  });
  const stopped = new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
    readerLeft().addEventListener('abort', () => resolve());
  });
  await client.connect();
  await stopped;
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
    throw usageError('url-invalid', `"${text}" is not an address`, 'give one like http://127.0.0.1:8700');
  }
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') {
    throw usageError('url-invalid', `"${text}" is not a Weir daemon's address`, 'give one like http://127.0.0.1:8700');
  }
  if (url.pathname === '/') url.pathname = '/v1/labels';
  return url.toString();
}

function showForPerson(message: ServerMessage): void {
  switch (message.type) {
    case 'label':
      return print(formatLabel(message as unknown as PrintableLabel));
    case 'camera': {
      const degraded = (message.degraded as string[] | undefined) ?? [];
      const trouble = degraded.length > 0 ? ` (degraded: ${degraded.join(', ')})` : '';
      return note(
        `camera ${message.camera} is ${message.state}${message.reason ? `: ${message.reason}` : ''}${trouble}`,
      );
    }
    case 'gap':
      return note(`missed ${message.missed} messages (${message.reason})`);
    case 'error':
      return note(`the daemon says: ${message.message}`);
  }
}

function note(text: string): void {
  process.stderr.write(`${text}\n`);
}
