import { type Routes, WITH_BODY } from './api.ts';

/** What the paths of teaching need. What is wrong is thrown as a WeirError. */
export interface TeachingService {
  /** Begins a job. @returns its state */
  begin(camera: string, body: unknown): object;
  state(camera: string): object;
}

interface OfCamera {
  Params: { id: string };
}

/** `/api/cameras/:id/teach` */
export function teachingRoutes(service: TeachingService): Routes {
  return (app) => {
    app.post<OfCamera>('/api/cameras/:id/teach', WITH_BODY, async ({ params, body }, reply) =>
      reply.code(202).send(service.begin(params.id, body)),
    );
    app.get<OfCamera>('/api/cameras/:id/teach', async ({ params }) => service.state(params.id));
  };
}
