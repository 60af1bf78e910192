import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Access, ANYONE, type Principal } from '../principal.ts';
import { addressOf, authorise, isDenied } from './authorise.ts';
import type { ServedHosts } from './hosts.ts';
import { isProbe, needOf } from './permissions.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks. Lists are to hold only the cameras that it may see. Of open paths: anyone. */
    principal: Principal;
  }
}

export interface GuardParts {
  readonly access: Access;
  readonly hosts: ServedHosts;
  readonly origins: ReadonlySet<string>;
  readonly requestsInFlight: number;
}

/** On every answer. The dashboard's pages set a policy of their own in place of this, which lets nothing run. */
const SECURITY_HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
} as const;

/** Of open paths: whoever asks them gets nothing that is anybody's. */
const NOBODY: Principal = { ...ANYONE, name: 'nobody', scope: 'read', cameras: [] };

/** Looks at every request before anything else does: at its Host, at how many there are, and at who asks. */
export function guardRequests(app: FastifyInstance, { access, hosts, requestsInFlight }: GuardParts): void {
  let inFlight = 0;
  app.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) {
      if (needOf(each, url) === null) throw new Error(`server/permissions.ts does not say who may ${each} ${url}`);
    }
  });
  app.decorateRequest('principal');
  app.addHook('onRequest', async (request, reply) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) reply.header(name, value);
    // A supervisor that hears nothing would start the daemon again, for as long as somebody reads slowly.
    const isCounted = !isProbe(request.routeOptions.url);
    if (isCounted) reply.raw.once('close', () => inFlight--);
    if (isCounted && ++inFlight > requestsInFlight) {
      reply.header('Retry-After', '1');
      return await problem(reply, 503, 'too-busy', 'too many requests are being answered', 'try again in a moment');
    }
    if (!hosts.has(request.headers.host)) {
      const remedy = 'ask by an address of this machine, or add the name to server.names';
      return await problem(reply, 421, 'host-unknown', 'the Host header names no host that is served here', remedy);
    }
    return await authenticate(request, reply, access);
  });
}

async function authenticate(request: FastifyRequest, reply: FastifyReply, access: Access): Promise<unknown> {
  const { id } = (request.params ?? {}) as { id?: string };
  const route = request.routeOptions.url ?? null;
  const answer = authorise(
    {
      method: request.method,
      route,
      url: request.raw.url ?? '',
      camera: route?.startsWith('/api/cameras/:id') === true ? (id ?? null) : null,
      headers: request.headers,
      address: addressOf(request.raw),
    },
    access,
  );
  if (!isDenied(answer)) {
    request.principal = answer ?? NOBODY;
    return undefined;
  }
  const { status, code, message, remedy, retryAfterSeconds } = answer;
  reply.header('Cache-Control', 'no-store');
  if (status === 401) reply.header('WWW-Authenticate', 'Bearer realm="weir"');
  if (retryAfterSeconds !== undefined) reply.header('Retry-After', String(retryAfterSeconds));
  return await problem(reply, status, code, message, remedy);
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  421: 'Misdirected Request',
  429: 'Too Many Requests',
  503: 'Service Unavailable',
};

/** RFC 9457. */
async function problem(
  reply: FastifyReply,
  status: number,
  code: string,
  detail: string,
  remedy: string,
): Promise<unknown> {
  const body = { type: 'about:blank', title: TITLES[status] ?? '', status, detail, code, remedy };
  return await reply.code(status).type('application/problem+json').send(JSON.stringify(body));
}
