import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { WeirError } from '../errors.ts';
import type { Principal } from '../principal.ts';
import { notJson } from './json-body.ts';
import { isOwnOrigin } from './origin.ts';
import { problem, problemOf, sendProblem } from './problem.ts';

/** Adds paths to the daemon's HTTP side. */
export type Routes = (app: FastifyInstance) => void;

/** A body is a list of labels or of wishes: a few hundred kilobytes at most. */
const BODY_LIMIT_BYTES = 2 * 1024 * 1024;
const JSON_BODY = /^application\/(merge-patch\+)?json\b/i;

/**
 * Paths below `/api/`: never kept by a browser, not for pages of other sites. Errors are `application/problem+json` with `code`, `detail`
 * and `remedy`.
 */
export function apiRoutes(routes: readonly Routes[], origins: ReadonlySet<string> = new Set()): Routes {
  return (app) => {
    void app.register(async (api) => {
      const known = new KnownPaths();
      api.addHook('onRoute', ({ url, method }) => known.add(url, method));
      api.addHook('onRequest', (request, reply) => guard(request, reply, origins));
      acceptNoBody(api);
      api.setErrorHandler(async (error, _request, reply) => sendProblem(reply, problemOf(error)));
      api.setNotFoundHandler(async ({ method, url }, reply) => {
        const path = url.replace(/\?.*$/s, '');
        const allowed = known.methods(path);
        if (allowed.length === 0) {
          throw new WeirError('path-unknown', `there is nothing at ${method} ${path}`, {
            remedy: 'see docs/api.md for what is served',
          });
        }
        void reply.header('Allow', allowed.join(', '));
        throw new WeirError('method-unknown', `${path} does not take ${method}`, {
          remedy: `use ${allowed.join(' or ')}`,
        });
      });
      for (const add of routes) add(api);
    });
  };
}

/** Options of a path that takes a body. */
export const WITH_BODY = { bodyLimit: BODY_LIMIT_BYTES };

/** Who asks. @returns whoever may do all, where nothing has been said of it */
export function principalOf(request: FastifyRequest): Principal {
  return request.principal;
}

/** Which methods each path takes. */
class KnownPaths {
  readonly #paths: { readonly pattern: RegExp; readonly methods: readonly string[] }[] = [];

  add(url: string, method: string | string[]): void {
    const source = url
      .split('/')
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/:\w+/g, '[^/]+'))
      .join('/');
    this.#paths.push({ pattern: new RegExp(`^${source}$`), methods: [method].flat() });
  }

  methods(path: string): string[] {
    const matching = this.#paths.filter(({ pattern }) => pattern.test(path));
    return [...new Set(matching.flatMap(({ methods }) => methods))].sort();
  }
}

/** A request may say that its body is JSON and have none, as one that takes something away does. */
function acceptNoBody(api: FastifyInstance): void {
  const parse = api.getDefaultJsonParser('error', 'error');
  api.removeContentTypeParser('application/json');
  api.addContentTypeParser(
    ['application/json', 'application/merge-patch+json'],
    { parseAs: 'string' },
    (request, given, done) => {
      const body = String(given);
      if (body === '') done(null, undefined);
      else void parse(request, body, (error, value) => done(error === null ? null : notJson(body, error), value));
    },
  );
}

function mayHaveBody({ method, headers }: FastifyRequest): boolean {
  if (!['POST', 'PUT', 'PATCH'].includes(method)) return false;
  const isEmpty = headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0;
  return !isEmpty || headers['content-type'] !== undefined;
}

async function guard(request: FastifyRequest, reply: FastifyReply, origins: ReadonlySet<string>): Promise<void> {
  reply.header('Cache-Control', 'no-store');
  reply.header('Cross-Origin-Resource-Policy', 'same-origin');
  reply.header('X-Content-Type-Options', 'nosniff');
  if (!isOwnOrigin(request.raw, origins)) {
    const told = problem(403, 'cross-site', 'pages of other sites may not ask this', 'ask from this machine');
    return await sendProblem(reply, told);
  }
  // A form of another site can post without being asked first, but not JSON.
  if (mayHaveBody(request) && !JSON_BODY.test(request.headers['content-type'] ?? '')) {
    await sendProblem(reply, problemOf({ statusCode: 415 }));
  }
}
