import { ageOf } from './age.ts';
import { whileBusy } from './patience.ts';
import type { Api, Problem } from './wire.ts';

/** A request that failed, with what to do. */
export class ApiProblem extends Error implements Problem {
  readonly status: number;
  readonly code: string;
  readonly remedy: string | null;
  readonly retryAfterSeconds?: number;

  constructor({ status, code, message, remedy, retryAfterSeconds }: Problem) {
    super(message);
    this.status = status;
    this.code = code;
    this.remedy = remedy;
    if (retryAfterSeconds !== undefined) this.retryAfterSeconds = retryAfterSeconds;
  }
}

/**
 * Asks the daemon that served this page.
 *
 * @param token the token to send, or `null`
 * @param onRefused called where a token is missing or no longer right
 */
export function createApi(token: () => string | null, onRefused: (problem: Problem) => void): Api {
  async function ask(path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    const held = token();
    if (held !== null) headers.set('Authorization', `Bearer ${held}`);
    let response: Response;
    try {
      response = await fetch(path, { ...init, headers, cache: 'no-store', credentials: 'omit' });
    } catch (cause) {
      if (init.signal?.aborted) throw cause;
      throw new ApiProblem({
        status: 0,
        code: 'unreachable',
        message: 'Weir does not answer',
        remedy: 'is it running?',
      });
    }
    if (response.ok) return response;
    const problem = problemFrom(response.status, await response.text().catch(() => ''));
    // Whoever tried too many wrong tokens is told to wait, in place of going on to try.
    if (response.status === 401 || problem.code === 'too-many-failures') onRefused(problem);
    const retryAfter = response.headers.get('Retry-After') ?? '';
    throw new ApiProblem(/^\d+$/.test(retryAfter) ? { ...problem, retryAfterSeconds: Number(retryAfter) } : problem);
  }
  return {
    get: async (path, signal) => {
      const asked = () => ask(path, signal === undefined ? {} : { signal });
      return (await whileBusy(asked, signal)).json();
    },
    blob: async (path, signal) => (await ask(path, signal === undefined ? {} : { signal })).blob(),
    picture: async (path, signal) => {
      const response = await ask(path, signal === undefined ? {} : { signal });
      return { blob: await response.blob(), ageMs: ageOf(response.headers) };
    },
    send: async (method, path, body) => {
      const content =
        body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } };
      const text = await (await ask(path, { method, ...content })).text();
      return text === '' ? undefined : JSON.parse(text);
    },
  };
}

/** Reads `application/problem+json` (RFC 9457), and what else may come instead of it. */
export function problemFrom(status: number, text: string): Problem {
  const body = parsed(text);
  const inner = isRecord(body.error) ? body.error : body;
  const say = (...names: string[]) => names.map((name) => inner[name]).find((value) => typeof value === 'string');
  return {
    status,
    code: String(say('code') ?? `http-${status}`),
    message: String(say('detail', 'message', 'title') ?? `Weir answered with status ${status}`),
    remedy: (say('remedy') as string | undefined) ?? null,
  };
}

/** Something that was thrown, in the words of a problem. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ApiProblem) return error;
  return {
    status: 0,
    code: 'unexpected',
    message: error instanceof Error ? error.message : String(error),
    remedy: null,
  };
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
