import { type Routes, WITH_BODY } from './api.ts';

/** What the paths of a camera's examples need. What is wrong is thrown as a WeirError. */
export interface ExamplesService {
  /** @param limit so many examples at most */
  list(camera: string, limit: string | undefined): Promise<object>;
  /** A picture as JPEG for people, or as the lossless WebP that is kept. */
  picture(camera: string, example: string, format: 'jpg' | 'webp'): Promise<Uint8Array>;
  label(camera: string, body: unknown): Promise<object>;
  /** Lets go all of a camera, or one. */
  remove(camera: string, example: string | null): Promise<object>;
}

const TYPES = { jpg: 'image/jpeg', webp: 'image/webp' } as const;

interface OfCamera {
  Params: { id: string };
}
interface OfExample {
  Params: { id: string; example: string };
}

/** `/api/cameras/:id/examples` and what is below. */
export function examplesRoutes(service: ExamplesService): Routes {
  return (app) => {
    app.get<OfCamera & { Querystring: { limit?: string } }>('/api/cameras/:id/examples', async ({ params, query }) =>
      service.list(params.id, query.limit),
    );
    app.delete<OfCamera>('/api/cameras/:id/examples', async ({ params }) => service.remove(params.id, null));
    for (const format of ['jpg', 'webp'] as const) {
      app.get<OfExample>(`/api/cameras/:id/examples/:example.${format}`, async ({ params }, reply) =>
        reply.type(TYPES[format]).send(await service.picture(params.id, params.example, format)),
      );
    }
    app.delete<OfExample>('/api/cameras/:id/examples/:example', async ({ params }) =>
      service.remove(params.id, params.example),
    );
    app.post<OfCamera>('/api/cameras/:id/examples/labels', WITH_BODY, async ({ params, body }) =>
      service.label(params.id, body),
    );
  };
}
