import type { FastifyRequest } from 'fastify';
import { cameraUnknown } from '../errors.ts';
import { mayRead } from '../principal.ts';
import type { DeviceReading } from '../types.ts';
import { principalOf, type Routes, WITH_BODY } from './api.ts';
import { requireCamera } from './authorise.ts';
import type { CameraFigures } from './figures.ts';
import type { PointsAnswer } from './points-answer.ts';
import { moveBody, parsed, snapshotQuery } from './requests.ts';
import { noPicture, type Pictureless } from './snapshot-problem.ts';

/** A camera as it is listed; the rest of its fields stand in docs/api.md. */
export type CameraView = Pictureless;

export interface CamerasService {
  readonly cameras: () => readonly CameraView[];
  readonly clock: () => Pick<DeviceReading, 'clock' | 'reasons'>;
  readonly figures: (camera: string) => CameraFigures;
  /** @returns `null`: there is no picture */
  readonly snapshot: (
    camera: string,
    width: number | undefined,
  ) => Promise<{ readonly jpeg: Uint8Array; readonly ptsSeconds: number; readonly atMs: number } | null>;
  /** What is wrong is thrown as a WeirError; resolves when the change is written and in force. @returns the camera's id */
  readonly add: (body: unknown) => Promise<string>;
  readonly change: (camera: string, body: unknown) => Promise<void>;
  readonly remove: (camera: string) => Promise<void>;
  readonly points: (camera: string) => PointsAnswer;
  readonly move: (camera: string, operatingPoint: string) => Promise<void>;
  readonly pause: (camera: string, isPaused: boolean) => Promise<void>;
}

interface OfCamera {
  Params: { id: string };
}

/** `/api/cameras`: what there is and how it is, and changing it. */
export function camerasRoutes(service: CamerasService): Routes {
  const visible = (request: FastifyRequest, id: string): CameraView => {
    const camera = service.cameras().find((other) => other.id === id);
    if (camera !== undefined && mayRead(principalOf(request), id)) return camera;
    throw cameraUnknown(id);
  };
  return (app) => {
    app.get('/api/cameras', async (request) => {
      const { clock: state, reasons } = service.clock();
      const cameras = service.cameras().filter(({ id }) => mayRead(principalOf(request), id));
      return { clock: { ...state, reasons }, cameras };
    });
    app.get<OfCamera>('/api/cameras/:id', async (request) => visible(request, request.params.id));
    app.get<OfCamera>('/api/cameras/:id/figures', async (request) =>
      service.figures(visible(request, request.params.id).id),
    );
    app.get<OfCamera>('/api/cameras/:id/snapshot.jpg', async (request, reply) => {
      const { id } = visible(request, request.params.id);
      const picture = await service.snapshot(id, parsed(snapshotQuery, request.query).width);
      if (picture === null) throw noPicture(visible(request, id));
      void reply.header('Last-Modified', new Date(picture.atMs).toUTCString());
      void reply.header('X-Weir-Pts-Seconds', String(picture.ptsSeconds));
      return reply.type('image/jpeg').send(picture.jpeg);
    });
    app.post('/api/cameras', WITH_BODY, async (request, reply) => {
      // A token that is limited to some cameras adds only such as it may see.
      const asked = (request.body as { readonly id?: unknown } | null | undefined)?.id;
      if (typeof asked === 'string') requireCamera(principalOf(request), asked);
      const id = await service.add(request.body);
      return reply.code(201).header('Location', `/api/cameras/${id}`).send(visible(request, id));
    });
    app.patch<OfCamera>('/api/cameras/:id', WITH_BODY, async (request) => {
      const { id } = visible(request, request.params.id);
      await service.change(id, request.body);
      return visible(request, id);
    });
    app.delete<OfCamera>('/api/cameras/:id', async (request, reply) => {
      await service.remove(visible(request, request.params.id).id);
      return reply.code(204).send();
    });
    app.get<OfCamera>('/api/cameras/:id/operating-points', async (request) =>
      service.points(visible(request, request.params.id).id),
    );
    app.put<OfCamera>('/api/cameras/:id/operating-point', WITH_BODY, async (request) => {
      const { id } = visible(request, request.params.id);
      await service.move(id, parsed(moveBody, request.body).operatingPoint);
      return service.points(id);
    });
    for (const [verb, isPaused] of [
      ['pause', true],
      ['resume', false],
    ] as const) {
      app.post<OfCamera>(`/api/cameras/:id/${verb}`, WITH_BODY, async (request) => {
        const { id } = visible(request, request.params.id);
        await service.pause(id, isPaused);
        return visible(request, id);
      });
    }
  };
}
