import { mayRead, type Principal } from '../principal.ts';
import { type AlertsService, alertsSummary } from './alerts-api.ts';
import { principalOf, type Routes } from './api.ts';
import type { CameraView } from './cameras-api.ts';

export interface StatusService {
  /** All but alerts and the cameras: see docs/api.md. */
  readonly status: () => object;
  readonly alerts: () => AlertsService;
  readonly cameras: () => readonly Pick<CameraView, 'id' | 'state'>[];
}

/** `/api/status`: the daemon as a whole. */
export function statusRoutes({ status, alerts, cameras }: StatusService): Routes {
  const counted = (principal: Principal) => {
    const own = cameras().filter(({ id }) => mayRead(principal, id));
    return { total: own.length, live: own.filter(({ state }) => state === 'live').length };
  };
  return (app) => {
    app.get('/api/status', async (request) => {
      const principal = principalOf(request);
      // They name cameras and paths.
      const hidden = principal.cameras === 'all' ? {} : { notices: [] };
      return { ...status(), ...hidden, alerts: alertsSummary(principal, alerts()), cameras: counted(principal) };
    });
  };
}
