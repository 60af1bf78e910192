import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import { problem } from './answers.ts';
import type { Routes } from './api.ts';
import { ANSWERS, OPERATIONS, type Operation } from './operations.ts';

type Json = Readonly<Record<string, unknown>>;

/** Errors that any operation may answer with. */
const COMMON_ERRORS = [400, 401, 403, 421, 429, 503];

const PROBLEM = {
  description: 'What went wrong, and what to do about it (RFC 9457)',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

/** The API as an OpenAPI 3.1 document, made of the schemas that requests are checked by. @param version of the package */
export function openApiDocument(version: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const operation of OPERATIONS) {
    const path = documentPath(operation.path);
    paths[path] = { ...paths[path], [operation.method]: operationOf(operation) };
  }
  const schemas = Object.fromEntries(
    Object.entries({ ...ANSWERS, Problem: problem }).map(([name, schema]) => [name, jsonOf(schema, 'output')]),
  );
  return {
    openapi: '3.1.0',
    info: {
      title: 'Weir',
      version,
      description: 'The HTTP side of a Weir daemon. docs/api.md says more, with an example of each.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }, {}],
    paths,
    components: {
      schemas,
      responses: { Problem: PROBLEM },
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'Made by `weir token create`; none is needed from this machine.',
        },
      },
    },
  };
}

/** `/api/openapi.json`, and further documents by their paths. */
export function documentRoutes(version: string, others: Readonly<Record<string, () => object>> = {}): Routes {
  let made: Json | null = null;
  return (app) => {
    app.get('/api/openapi.json', async () => (made ??= openApiDocument(version)));
    for (const [path, read] of Object.entries(others)) app.get(path, async () => read());
  };
}

function operationOf({ id, summary, scope, path, query, body, status, answer, errors }: Operation): Json {
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const failures = [...new Set([...COMMON_ERRORS, ...errors])].sort();
  return {
    operationId: id,
    summary,
    description: `A token needs the scope ${scope}.`,
    parameters: [...names, ...(query === undefined ? [] : parametersOf(query))],
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: jsonOf(body, 'input') } } } }),
    responses: {
      [status]: { description: STATUS_CODES[status], ...contentOf(answer, id) },
      ...Object.fromEntries(failures.map((code) => [code, { $ref: '#/components/responses/Problem' }])),
    },
  };
}

function parametersOf(query: z.ZodObject): Json[] {
  return Object.entries(query.shape).map(([name, schema]) => ({
    name,
    in: 'query',
    required: false,
    schema: jsonOf(schema as z.ZodType, 'input'),
  }));
}

function contentOf(answer: Operation['answer'], id: string): Json {
  if (answer === null) return {};
  if (typeof answer !== 'string') return { content: Object.fromEntries(answer.map((type) => [type, {}])) };
  const content = { 'application/json': { schema: { $ref: `#/components/schemas/${answer}` } } };
  return { content: id === 'labels' ? { ...content, 'text/csv': {}, 'application/jsonl': {} } : content };
}

function jsonOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const {
    $schema: _,
    '~standard': __,
    ...json
  } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Record<string, unknown>;
  return json;
}

function documentPath(path: string): string {
  return path.replace(/:(\w+)/g, '{$1}');
}
