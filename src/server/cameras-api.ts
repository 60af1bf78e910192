import type { ListedCamera } from '../pipeline/told.ts';
import type { DeviceReading } from '../types.ts';
import type { Routes } from './api.ts';

export interface CamerasService {
  readonly cameras: () => readonly ListedCamera[];
  /** What else is told of a camera. */
  readonly details: (camera: string) => object;
  readonly clock: () => Pick<DeviceReading, 'clock' | 'reasons'>;
}

/** `/api/cameras`: what there is and how it is. */
export function camerasRoutes({ cameras, details, clock }: CamerasService): Routes {
  return (app) => {
    app.get('/api/cameras', async () => {
      const { clock: state, reasons } = clock();
      return {
        clock: { ...state, reasons },
        cameras: cameras().map(({ camera, ...status }) => ({ id: camera, ...status, ...details(camera) })),
      };
    });
  };
}
