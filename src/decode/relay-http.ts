import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { messageOf } from '../errors.ts';
import { authorization, type Challenge, challengeOf } from './challenge.ts';
import { EARLY_END, END, type Head, headAt, headBytes, valuesOf, withHeader } from './heads.ts';
import type { RelayTarget } from './relay-target.ts';
import { LedAwayError } from './relay-tls.ts';

/** How a camera let in last: the next request says it at once, in place of a connection that is refused first. */
export interface Login {
  turns: Turns | null;
}

/** A challenge, and how often it was answered. */
interface Turns {
  readonly challenge: Challenge;
  count: number;
}

/**
 * Relays one HTTP request: it gets the camera's own path and the answer to its challenge; what comes back goes through as it
 * is, however freely the camera reads the protocol.
 *
 * @throws Error when either side ends or sends no head; LedAwayError where ffmpeg asks for what lies elsewhere
 */
export async function relayHttp(
  client: Socket,
  connect: () => Promise<Socket>,
  target: RelayTarget,
  login: Login,
): Promise<void> {
  const asked = await readHead(client);
  const request = withHeader(
    withHeader(withOwnPath(withoutOrigin(asked.head, target), target), 'Host', target.authority),
    'Connection',
    'close',
  );
  let { turns } = login;
  let isNew = false;
  for (;;) {
    const camera = await connect();
    camera.write(Buffer.concat([headBytes(answered(request, turns, target)), asked.rest]));
    const answer = await readHead(camera).catch((error: unknown) => {
      const isEarly = messageOf(error) === END && !target.isEncrypted && !client.destroyed;
      throw isEarly ? new Error(EARLY_END, { cause: error }) : error;
    });
    const isRefused = answer.head[0]?.split(' ')[1] === '401';
    login.turns = isRefused ? null : turns;
    // A wrong password is not sent twice; what was right before may be stale.
    const fresh: Challenge | null =
      isRefused && !isNew && target.credentials !== null
        ? challengeOf(valuesOf(answer.head, 'WWW-Authenticate'))
        : null;
    if (fresh !== null) {
      isNew = true;
      turns = { challenge: fresh, count: 0 };
      camera.destroy();
      continue;
    }
    client.write(Buffer.concat([headBytes(withShownCookies(withShownPlace(answer.head, target))), answer.rest]));
    client.pipe(camera);
    camera.pipe(client);
    return;
  }
}

function answered(request: Head, turns: Turns | null, { credentials }: RelayTarget): Head {
  if (turns === null || credentials === null) return request;
  const [method = '', uri = ''] = request[0]?.split(' ') ?? [];
  const turn = { count: ++turns.count, clientNonce: randomBytes(8).toString('hex') };
  return withHeader(request, 'Authorization', authorization(turns.challenge, credentials, { method, uri }, turn));
}

/** What ffmpeg asks of it as of a proxy (see `askedOfRelay`) it asks for by the whole URL. */
function withoutOrigin(head: Head, { shownOrigin }: RelayTarget): Head {
  const [method = '', place = '', ...rest] = head[0]?.split(' ') ?? [];
  if (!/^[a-z]+:/i.test(place)) return head;
  if (!place.startsWith(`${shownOrigin}/`)) throw new LedAwayError(place);
  return [[method, place.slice(shownOrigin.length), ...rest].join(' '), ...head.slice(1)];
}

/** Segments of a list lie beside it, under names of their own: only the list itself has another path than the one shown. */
function withOwnPath(head: Head, { shownPath, ownPath }: RelayTarget): Head {
  const [method = '', path = '', ...rest] = head[0]?.split(' ') ?? [];
  return [[method, path === shownPath ? ownPath : path, ...rest].join(' '), ...head.slice(1)];
}

/** Where the camera sends on to itself, ffmpeg comes back through here. */
function withShownPlace(head: Head, { origin, shownOrigin }: RelayTarget): Head {
  const place = valuesOf(head, 'Location')[0];
  if (place === undefined || !place.startsWith(`${origin}/`)) return head;
  return withHeader(head, 'Location', `${shownOrigin}${place.slice(origin.length)}`);
}

/** A cookie of the camera's domain is one of the relay's address: ffmpeg gives it back there alone. */
function withShownCookies(head: Head): Head {
  return head.map((line) => (/^set-cookie:/i.test(line) ? line.replace(/;\s*domain=[^;]*/gi, '') : line));
}

async function readHead(socket: Socket): Promise<{ head: Head; rest: Buffer }> {
  let bytes: Buffer = Buffer.alloc(0);
  const ended = new AbortController();
  const end = () => ended.abort();
  socket.once('end', end).once('close', end);
  try {
    for (;;) {
      const data = once(socket, 'data', { signal: ended.signal }).catch(() => {
        throw new Error(END);
      });
      socket.resume();
      const [chunk] = (await data) as [Buffer];
      socket.pause();
      bytes = Buffer.concat([bytes, chunk]);
      const found = headAt(bytes);
      if (found !== null) return { head: found.head, rest: bytes.subarray(found.end) };
    }
  } finally {
    socket.off('end', end).off('close', end);
  }
}
