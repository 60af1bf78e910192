import type { Routes } from './api.ts';

/** `/api/asyncapi.json` and `/api/schemas/weir.v1.json`: the WebSocket protocol for programs. */
export function documentsRoutes(documents: Readonly<Record<'asyncapi.json' | 'weir.v1.json', object>>): Routes {
  return (app) => {
    app.get('/api/asyncapi.json', async () => documents['asyncapi.json']);
    app.get('/api/schemas/weir.v1.json', async (_request, reply) =>
      reply.type('application/schema+json').send(JSON.stringify(documents['weir.v1.json'])),
    );
  };
}
