import type { Server } from 'node:http';

export interface Limits {
  readonly connections: number;
  /** Of one address. */
  readonly connectionsPerAddress: number;
  readonly requestsInFlight: number;
}

export const DEFAULT_LIMITS: Limits = { connections: 2_000, connectionsPerAddress: 2_000, requestsInFlight: 200 };

/** How slow whoever asks may be. */
export interface Patience {
  /** All headers are to be here by then, also where none is sent at all. */
  readonly headersMs: number;
  /** The whole request is to be here by then. */
  readonly requestMs: number;
  /** Between two requests of a connection. */
  readonly idleMs: number;
  /** How often this is looked at. */
  readonly checkEveryMs: number;
}

export const DEFAULT_PATIENCE: Patience = { headersMs: 10_000, requestMs: 15_000, idleMs: 5_000, checkEveryMs: 2_000 };
const MAX_HEADERS = 100;
const MAX_HEADER_BYTES = 16 * 1024;

/** For Node's server. */
export function serverOptions({ headersMs, requestMs, idleMs, checkEveryMs }: Patience) {
  return {
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    keepAliveTimeout: idleMs,
    connectionsCheckingInterval: checkEveryMs,
  };
}

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
