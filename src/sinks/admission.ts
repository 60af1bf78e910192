import type { IncomingMessage } from 'node:http';
import { SUBSCRIBE_BURST, SUBSCRIBES_PER_SECOND } from '../protocol/limits.ts';

export const SUBPROTOCOL = 'weir.v1+json';
const TOKEN_SUBPROTOCOL = 'weir.token.';

/** The token that a request for a socket carries in its header or in a subprotocol; null without one. */
export function tokenOf({ headers }: Pick<IncomingMessage, 'headers'>): string | null {
  const bearer = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  const token = offered.find((name) => name.startsWith(TOKEN_SUBPROTOCOL));
  return token === undefined ? null : token.slice(TOKEN_SUBPROTOCOL.length);
}

/** How often something may be done: so many at once, then so many a second. */
export class Allowance {
  #left = SUBSCRIBE_BURST;
  #atMs: number;

  constructor(nowMs: number) {
    this.#atMs = nowMs;
  }

  take(nowMs: number): boolean {
    const earned = ((nowMs - this.#atMs) / 1000) * SUBSCRIBES_PER_SECOND;
    this.#left = Math.min(SUBSCRIBE_BURST, this.#left + Math.max(0, earned));
    this.#atMs = nowMs;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}
