import type { Server } from 'node:http';

export interface Limits {
  readonly connections: number;
  /** Of one address. */
  readonly connectionsPerAddress: number;
  readonly requestsInFlight: number;
}

export const DEFAULT_LIMITS: Limits = { connections: 2_000, connectionsPerAddress: 2_000, requestsInFlight: 200 };

/** A request with all its headers is to be here by then, also where none is sent at all. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 15_000;
const KEEP_ALIVE_MS = 5_000;
const CHECK_EVERY_MS = 2_000;
const MAX_HEADERS = 100;

/** For Node's server. */
export const SERVER_OPTIONS = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: HEADERS_TIMEOUT_MS,
  requestTimeout: REQUEST_TIMEOUT_MS,
  keepAliveTimeout: KEEP_ALIVE_MS,
  connectionsCheckingInterval: CHECK_EVERY_MS,
} as const;

/** Bounds how many connections a server holds, altogether and from one address. Upgraded ones count as long as they last. */
export function limitConnections(server: Server, limits: Limits): void {
  server.maxConnections = limits.connections;
  server.maxHeadersCount = MAX_HEADERS;
  const open = new Map<string, number>();
  server.on('connection', (socket) => {
    const address = socket.remoteAddress ?? '';
    const count = (open.get(address) ?? 0) + 1;
    if (count > limits.connectionsPerAddress) {
      socket.destroy();
      return;
    }
    open.set(address, count);
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left === 0) open.delete(address);
      else open.set(address, left);
    });
  });
}
