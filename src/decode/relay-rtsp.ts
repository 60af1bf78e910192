import { randomBytes } from 'node:crypto';
import { isIPv4, type Socket } from 'node:net';
import { authorization, type Challenge, challengeOf } from './challenge.ts';
import { EARLY_END, type Head, headBytes, RtspSplitter, valuesOf, withHeader } from './heads.ts';
import type { RelayTarget } from './relay-target.ts';
import { LedAwayError } from './relay-tls.ts';

interface Request {
  /** As ffmpeg wrote it, but for its URI. */
  readonly head: Head;
  readonly body: Buffer;
  readonly challenge: Challenge | null;
  readonly tries: number;
}

/** As often as this is a request sent: without an answer, with one, and with one to a fresh nonce. */
const MOST_TRIES = 3;

/**
 * Relays one RTSP connection: requests get the camera's own URI and the answer to its challenge, everything else goes
 * through as it is. Requests are numbered anew, as those that were refused are sent twice.
 *
 * @param onFailure told what was wrong where the camera breaks off before it answers, either side does not speak RTSP, or a
 *   verified camera sends on to another address
 */
export function relayRtsp(
  client: Socket,
  camera: Socket,
  target: RelayTarget & { readonly isVerified: boolean },
  onFailure: (error: unknown) => void,
): void {
  const waiting = new Map<string, Request>();
  let challenge: Challenge | null = null;
  let answers = 0;
  let sent = 0;
  let wasLetIn = false;

  const send = (request: Request): void => {
    const number = String(++sent);
    waiting.set(number, request);
    const [method = '', uri = ''] = request.head[0]?.split(' ') ?? [];
    let head = withHeader(request.head, 'CSeq', number);
    if (request.challenge !== null && target.credentials !== null) {
      const turn = { count: ++answers, clientNonce: randomBytes(8).toString('hex') };
      head = withHeader(
        head,
        'Authorization',
        authorization(request.challenge, target.credentials, { method, uri }, turn),
      );
    }
    camera.write(Buffer.concat([headBytes(head), request.body]));
  };

  /** What the camera asks for, if sending the request again may be of use; a wrong password is not sent twice. */
  const renewed = (head: Head, request: Request): Challenge | null => {
    const asked = challengeOf(valuesOf(head, 'WWW-Authenticate'));
    if (asked === null || target.credentials === null || request.tries >= MOST_TRIES) return null;
    const isStale = wasLetIn || (asked.scheme === 'digest' && asked.isStale);
    return request.challenge === null || (isStale && asked.scheme === 'digest') ? asked : null;
  };

  const fromClient = new RtspSplitter({
    media: (bytes) => camera.write(bytes),
    message: (head, body) => {
      if (isAnswer(head)) camera.write(Buffer.concat([headBytes(head), body]));
      else send({ head: withOwnUri(head, target), body, challenge, tries: 1 });
    },
  });
  const fromCamera = new RtspSplitter({
    media: (bytes) => client.write(bytes),
    message: (head, body) => {
      const number = valuesOf(head, 'CSeq')[0] ?? '';
      const request = isAnswer(head) ? waiting.get(number) : undefined;
      if (request === undefined) return void client.write(Buffer.concat([headBytes(head), body]));
      waiting.delete(number);
      const status = head[0]?.split(' ')[1] ?? '';
      const asked = status === '401' ? renewed(head, request) : null;
      if (asked !== null) {
        challenge = asked;
        answers = 0;
        return send({ ...request, challenge: asked, tries: request.tries + 1 });
      }
      const place = valuesOf(head, 'Location')[0];
      if (target.isVerified && status.startsWith('3') && place !== undefined) throw new LedAwayError(place);
      if (request.challenge !== null && status.startsWith('2')) wasLetIn = true;
      const numbered = withHeader(head, 'CSeq', valuesOf(request.head, 'CSeq')[0] ?? '');
      client.write(Buffer.concat([headBytes(withSource(numbered, camera.remoteAddress)), body]));
    },
  });
  if (!target.isEncrypted) {
    const early = () => onFailure(new Error(EARLY_END));
    camera.once('end', early).once('error', early);
    camera.once('data', () => camera.off('end', early).off('error', early));
  }
  pump(client, camera, fromClient, onFailure);
  pump(camera, client, fromCamera, onFailure);
}

function isAnswer(head: Head): boolean {
  return head[0]?.startsWith('RTSP/') === true;
}

function withOwnUri(head: Head, { shown, own }: RelayTarget): Head {
  const [method = '', uri = '', ...rest] = head[0]?.split(' ') ?? [];
  if (!uri.startsWith(shown)) return head; // one that the camera itself named
  return [[method, `${own}${uri.slice(shown.length)}`, ...rest].join(' '), ...head.slice(1)];
}

/** Over UDP ffmpeg talks to the address that it is connected to, unless the answer names another: the camera's. */
function withSource(head: Head, address: string | undefined): Head {
  const transport = valuesOf(head, 'Transport')[0];
  if (transport === undefined || address === undefined || !/server_port=/i.test(transport)) return head;
  if (/source=/i.test(transport) || !isIPv4(address)) return head;
  return withHeader(head, 'Transport', `${transport};source=${address}`);
}

/** Whoever writes faster than the other side reads is held up. */
function pump(from: Socket, to: Socket, splitter: RtspSplitter, onFailure: (error: unknown) => void): void {
  from.on('data', (chunk) => {
    try {
      splitter.push(chunk);
    } catch (error) {
      onFailure(error);
      from.destroy();
      to.destroy();
      return;
    }
    if (to.writableNeedDrain) from.pause();
  });
  to.on('drain', () => from.resume());
  from.resume();
}
