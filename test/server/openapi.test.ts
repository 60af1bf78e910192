import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import { expect, test } from 'vitest';
import { daemonApi } from '../../src/commands/run-api.ts';
import type { Outside } from '../../src/commands/run-outside.ts';
import { openApiDocument } from '../../src/server/openapi.ts';
import { OPERATIONS } from '../../src/server/operations.ts';
import { needOf } from '../../src/server/permissions.ts';
import { answerProblem } from '../support/openapi.ts';

/** What a daemon registers below `/api/`: `get /api/status`. */
function registered(): string[] {
  const paths: string[] = [];
  const methods = ['get', 'post', 'put', 'patch', 'delete'].map((method) => [
    method,
    (path: string) => paths.push(`${method} ${path}`),
  ]);
  const recorder = Object.fromEntries(methods) as unknown as FastifyInstance;
  const none = () => null;
  const clock = () => ({ clock: { state: 'floating', source: 'linux' }, reasons: [] }) as const;
  const parts = { cameras: () => [], clock, isToBeKept: () => false, keeper: none, teaching: none };
  const outside = {} as Outside; // nothing is asked of it
  for (const add of daemonApi({ ...parts, outside, log: { info: () => {} } })) add(recorder);
  return paths.sort();
}

test('every path that is served is documented, and no other', () => {
  expect(OPERATIONS.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(registered());
});

test.each(OPERATIONS)('$id: the document tells the scope that is needed', ({ method, path, scope }) => {
  expect(needOf(method, path)).toBe(scope);
});

test('the document is committed as it is made: npm run schemas', () => {
  const root = new URL('../../', import.meta.url);
  const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { version: string };
  const committed: unknown = JSON.parse(readFileSync(new URL('schemas/openapi.json', root), 'utf8'));
  expect(committed).toEqual(JSON.parse(JSON.stringify(openApiDocument(version))));
});

test('a camera’s entry is taken without what would read files of the machine', () => {
  const text = JSON.stringify(openApiDocument('0'));
  expect(text).toContain('"password"');
  expect(text).not.toMatch(/passwordFile|passwordCredential/);
});

test('operations have names of their own', () => {
  expect(new Set(OPERATIONS.map(({ id }) => id)).size).toBe(OPERATIONS.length);
});

test('an answer that is other than the document says is found', () => {
  const json = 'application/json; charset=utf-8';
  expect(answerProblem('GET', '/api/labels', 200, json, { items: [], next: null })).toBeNull();
  expect(answerProblem('GET', '/api/labels', 200, json, { items: [], next: 3 })).toMatch(/next/);
  expect(answerProblem('GET', '/api/labels', 200, json, { items: [], next: null, more: 1 })).toMatch(/additional/);
  expect(answerProblem('GET', '/api/labels', 410, 'application/problem+json', {})).toMatch(/not documented/);
  expect(answerProblem('GET', '/api/labels', 409, 'application/problem+json', {})).toMatch(/required/);
  expect(answerProblem('GET', '/api/nothing', 200, json, {})).toMatch(/not documented/);
});
