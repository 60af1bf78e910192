import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { messageOf, WeirError } from '../errors.ts';
import { isOwnOrigin } from './origin.ts';

/** Adds paths to the daemon's HTTP side. */
export type Routes = (app: FastifyInstance) => void;

/** A body is a list of labels or of wishes: a few hundred kilobytes at most. */
const BODY_LIMIT_BYTES = 2 * 1024 * 1024;

const STATUS: Readonly<Record<string, number>> = {
  'path-unknown': 404,
  'camera-unknown': 404,
  'example-unknown': 404,
  'request-invalid': 400,
  'request-too-large': 413,
  'request-not-json': 415,
  'examples-off': 409,
  'teach-running': 409,
  'teach-heads-named': 409,
  'not-ready': 503,
  'examples-broken': 500,
  'write-failed': 507,
};

/** What a person's mistake is told as: 422 where it is none of the known ones. */
function statusOf({ code }: WeirError): number {
  return STATUS[code] ?? 422;
}

/**
 * Paths below `/api/`: JSON, never kept by a browser, not for pages of other sites. Errors are `{error: {code, message, remedy}}`.
 */
export function apiRoutes(routes: readonly Routes[], origins: ReadonlySet<string> = new Set()): Routes {
  return (app) => {
    void app.register(async (api) => {
      api.addHook('onRequest', (request, reply) => guard(request, reply, origins));
      acceptNoBody(api);
      api.setErrorHandler(tell);
      api.setNotFoundHandler((request) => {
        throw new WeirError('path-unknown', `there is nothing at ${request.method} ${request.url}`, {
          remedy: 'see docs/protocol.md for what is served',
        });
      });
      for (const add of routes) add(api);
    });
  };
}

/** Options of a path that takes a body. */
export const WITH_BODY = { bodyLimit: BODY_LIMIT_BYTES };

/** A request may say that its body is JSON and have none, as one that takes something away does. */
function acceptNoBody(api: FastifyInstance): void {
  const parse = api.getDefaultJsonParser('error', 'error');
  api.removeContentTypeParser('application/json');
  api.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else void parse(request, String(body), done);
  });
}

async function guard(request: FastifyRequest, reply: FastifyReply, origins: ReadonlySet<string>): Promise<void> {
  reply.header('Cache-Control', 'no-store');
  reply.header('Cross-Origin-Resource-Policy', 'same-origin');
  reply.header('X-Content-Type-Options', 'nosniff');
  if (!isOwnOrigin(request.raw, origins)) {
    await reply
      .code(403)
      .send(errorBody('cross-site', 'pages of other sites may not ask this', 'ask from this machine'));
    return;
  }
  // A form of another site can post without being asked first, but not JSON.
  const hasBody = request.method === 'POST';
  if (hasBody && !/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    await reply
      .code(415)
      .send(errorBody('request-not-json', 'the body must be JSON', 'send it with Content-Type: application/json'));
  }
}

function tell(error: unknown, _request: FastifyRequest, reply: FastifyReply): void {
  if (error instanceof WeirError) {
    void reply.code(statusOf(error)).send(errorBody(error.code, error.message, error.remedy));
    return;
  }
  const { statusCode = 500 } = error as { statusCode?: number };
  if (statusCode === 413) {
    void reply.code(413).send(errorBody('request-too-large', 'the body is too large', 'send it in several requests'));
  } else if (statusCode < 500) {
    void reply.code(statusCode).send(errorBody('request-invalid', messageOf(error), 'correct the request'));
  } else {
    void reply.code(500).send(errorBody('unexpected', messageOf(error), 'this is a defect of Weir: please report it'));
  }
}

function errorBody(code: string, message: string, remedy: string): object {
  return { error: { code, message, remedy } };
}
