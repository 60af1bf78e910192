import { type HelloMessage, parseMessage, type ServerMessage } from './messages.ts';
import type { SocketLike } from './socket.ts';

/** Why a connection is over. */
export interface ConnectionEnd {
  readonly reason: string;
  /** The close code of the WebSocket protocol; 1006 where there was no farewell. */
  readonly code: number;
  /** The daemon refuses what it was asked for: another try would end the same way. */
  readonly isFinal: boolean;
}

export interface ConnectionParts {
  /** What to ask for, once greeted. */
  readonly subscription: (hello: HelloMessage) => object;
  readonly onMessage: (message: ServerMessage) => void;
  /** Called once; nothing is told after it. */
  readonly onEnd: (end: ConnectionEnd) => void;
  /** A connection that says nothing for this long, not even a mark, is dead. */
  readonly silenceMs: number;
}

/** Code of the error of a `since` that the daemon has not reached; the subscription stands all the same. */
export const SINCE_FUTURE = 'since-future';
const POLICY_VIOLATION = 1008;
const NO_FAREWELL = 1006;
/** Of the codes that a browser may send. */
const GIVEN_UP = 4000;
/** Silence is counted in so many looks: a program that was held up, or asleep, has heard nothing for no fault of the daemon's. */
const LOOKS = 5;

/**
 * One connection, from its socket to its end: subscribes when it is greeted, and finds out on its own that it is dead. What an old
 * socket still says after its end is nobody's, so nothing comes twice.
 *
 * @returns a function that ends it silently
 */
export function converse(socket: SocketLike, parts: ConnectionParts): () => void {
  let isOver = false;
  let isSubscribed = false;
  let quietLooks = 0;
  let problem = '';

  const leave = () => {
    isOver = true;
    clearInterval(looking);
  };
  const end = (code: number, reason: string, isFinal: boolean) => {
    if (isOver) return;
    leave();
    parts.onEnd({ code, reason, isFinal });
  };
  const giveUp = (reason: string, isFinal: boolean, code = NO_FAREWELL) => {
    end(code, reason, isFinal);
    socket.close(GIVEN_UP);
  };
  const looking = setInterval(() => {
    if (++quietLooks <= LOOKS) return;
    end(NO_FAREWELL, `silent for ${Math.round(parts.silenceMs / 1000)} s`, false);
    if (socket.terminate === undefined) socket.close(GIVEN_UP);
    else socket.terminate();
  }, parts.silenceMs / LOOKS);

  socket.addEventListener('error', ({ message }) => {
    problem ||= message || 'connection failed';
  });
  socket.addEventListener('close', ({ code, reason }) => {
    end(code, reason || problem || `closed with ${code}`, code === POLICY_VIOLATION || isRefusal(problem));
  });
  socket.addEventListener('message', ({ data }) => {
    if (isOver) return;
    quietLooks = 0;
    const message = parseMessage(data);
    if (message === null) return giveUp('it does not speak weir.v1+json', false);
    if (message.type === 'hello') socket.send(JSON.stringify(parts.subscription(message)));
    isSubscribed ||= message.type === 'subscribed';
    parts.onMessage(message);
    // What it does not accept it will not accept the next time.
    if (message.type === 'error' && !isSubscribed && message.code !== SINCE_FUTURE)
      giveUp(message.message, true, POLICY_VIOLATION);
  });
  return () => {
    leave();
    socket.close(1000);
  };
}

/** What `ws` says where the upgrade was answered by 401 or 403; browsers don't tell. */
function isRefusal(problem: string): boolean {
  return /response: 40[13]$/.test(problem);
}
