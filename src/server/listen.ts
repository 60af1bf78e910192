import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import Fastify from 'fastify';
import { messageOf, WeirError } from '../errors.ts';
import { type Certificate, tlsOptions } from './certificates.ts';
import { DEFAULT_PATIENCE, type Limits, limitConnections, type Patience, serverOptions } from './limits.ts';
import { type Problem, problem, problemOf, sendProblem } from './problem.ts';

const HANDSHAKE_TIMEOUT_MS = 10_000;
/** What the router refuses, by its code. */
const ROUTER_PROBLEMS: Readonly<Record<string, Problem>> = {
  FST_ERR_BAD_URL: problem(
    400,
    'request-invalid',
    'the path of the URL cannot be read: a % stands before no two hexadecimal digits',
    'write a percent sign as %25',
  ),
  FST_ERR_MAX_PARAM_LENGTH: problem(
    404,
    'path-unknown',
    'there is nothing at this path: a part of it is longer than any name or id',
    'see docs/api.md for what is served',
  ),
};
/** Servers of an app that speak TLS: `localhost` has one for each family of addresses. */
const secured = new WeakMap<FastifyInstance, TlsServer[]>();

/** An app whose connections are bounded, with TLS or without. */
export function newApp(
  certificate: Certificate | null,
  limits: Limits,
  patience: Patience = DEFAULT_PATIENCE,
): FastifyInstance {
  const bounds = serverOptions(patience);
  const servers: TlsServer[] = [];
  const app = Fastify({
    logger: false,
    forceCloseConnections: true,
    // What its router refuses before any of our hooks is asked.
    frameworkErrors: (error, _request, reply) =>
      void sendProblem(reply, ROUTER_PROBLEMS[error.code] ?? problemOf(error)),
    serverFactory: (handler) => {
      if (certificate === null) {
        const server = createServer(bounds, handler);
        limitConnections(server, limits);
        return server;
      }
      const options = { ...bounds, ...tlsOptions(certificate), handshakeTimeout: HANDSHAKE_TIMEOUT_MS };
      const server = createTlsServer(options, handler);
      limitConnections(server, limits);
      servers.push(server);
      return server as unknown as Server;
    },
  });
  secured.set(app, servers);
  return app;
}

export function replaceCertificate(app: FastifyInstance, certificate: Certificate): void {
  for (const server of secured.get(app) ?? []) server.setSecureContext(tlsOptions(certificate));
}

/**
 * @returns the address served, e.g. `http://127.0.0.1:8700`
 * @throws WeirError `port-in-use`, `port-forbidden`, `listen-failed`
 */
export async function listen(app: FastifyInstance, host: string, port: number, scheme: string): Promise<string> {
  try {
    await app.listen({ host, port });
  } catch (cause) {
    throw listenError(cause as NodeJS.ErrnoException, host, port);
  }
  const address = app.server.address() as AddressInfo;
  const shown = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `${scheme}://${shown}:${address.port}`;
}

function listenError(cause: NodeJS.ErrnoException, host: string, port: number): WeirError {
  if (cause.code === 'EADDRINUSE') {
    return new WeirError('port-in-use', `port ${port} on ${host} is in use by another program (another Weir?)`, {
      remedy: 'stop it, or choose another port with --port N (0 picks a free one)',
      cause,
    });
  }
  if (cause.code === 'EACCES') {
    return new WeirError('port-forbidden', `port ${port} may not be opened by this user`, {
      remedy: 'choose a port above 1023 with --port N',
      cause,
    });
  }
  return new WeirError('listen-failed', `cannot serve on ${host}:${port}: ${messageOf(cause)}`, {
    remedy: 'check `server.host` and `server.port`',
    cause,
  });
}
