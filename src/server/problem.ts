import { STATUS_CODES } from 'node:http';
import type { FastifyReply } from 'fastify';
import { messageOf, WeirError } from '../errors.ts';

/** An error over HTTP, `application/problem+json` (RFC 9457). */
export interface Problem {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** Stable; programs may match on it. */
  readonly code: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** Of codes that are no 422; docs/api.md tells each. */
export const STATUS: Readonly<Record<string, number>> = {
  'path-unknown': 404,
  'camera-unknown': 404,
  'example-unknown': 404,
  'request-invalid': 400,
  'method-unknown': 405,
  'request-too-large': 413,
  'request-not-json': 415,
  scope: 403,
  'examples-off': 409,
  'teach-running': 409,
  'teach-heads-named': 409,
  'camera-exists': 409,
  'camera-read-only': 409,
  'history-off': 409,
  'operating-points-none': 409,
  'history-failing': 503,
  'history-busy': 503,
  'exports-busy': 503,
  'not-ready': 503,
  'no-picture': 503,
  'examples-broken': 500,
  'write-failed': 507,
};

/** What a person's mistake is told as: 422 where it is none of the known ones. */
function statusOf({ code }: WeirError): number {
  return STATUS[code] ?? 422;
}

export function problemOf(error: unknown): Problem {
  if (error instanceof WeirError) return problem(statusOf(error), error.code, error.message, error.remedy);
  const { statusCode = 500 } = error as { statusCode?: number };
  if (statusCode === 413) {
    return problem(413, 'request-too-large', 'the body is too large', 'send it in several requests');
  }
  if (statusCode === 415) {
    return problem(415, 'request-not-json', 'the body must be JSON', 'send it with Content-Type: application/json');
  }
  if (statusCode < 500) return problem(statusCode, 'request-invalid', messageOf(error), 'correct the request');
  return problem(500, 'unexpected', messageOf(error), 'this is a defect of Weir: please report it');
}

export function problem(status: number, code: string, detail: string, remedy: string): Problem {
  return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail, code, remedy };
}

/** When to try again, in seconds. */
const RETRY_AFTER: Readonly<Record<string, number>> = { 'exports-busy': 5, 'history-busy': 1, 'not-ready': 1 };

export async function sendProblem(reply: FastifyReply, told: Problem): Promise<void> {
  const seconds = RETRY_AFTER[told.code];
  if (seconds !== undefined) void reply.header('Retry-After', String(seconds));
  await reply.code(told.status).type('application/problem+json').send(JSON.stringify(told));
}
