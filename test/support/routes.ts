import { daemonHttp } from '../../src/commands/run-api.ts';
import { type HttpParts, HttpServer } from '../../src/server/http.ts';

/** A path that the daemon serves, as it was registered, with one of its methods. */
export interface ServedRoute {
  readonly method: string;
  readonly url: string;
}

/** What a daemon serves beside health and metrics, with two cameras and no models loaded; `served` is filled when it is built. */
export function daemonParts(): Pick<HttpParts, 'api' | 'pages'> & { readonly served: ServedRoute[] } {
  const served: ServedRoute[] = ['/healthz', '/readyz', '/metrics'].map((url) => ({ method: 'GET', url }));
  const { api, pages } = daemonHttp({
    cameras: () =>
      ['gate', 'yard'].map((camera) => ({ camera, state: 'live', reason: '', degraded: [], questions: [] })),
    clock: () => ({ clock: { state: 'floating', source: 'linux' }, reasons: [] }),
    isToBeKept: () => false,
    keeper: () => null,
    teaching: () => null,
    log: { info: () => {} },
  });
  // Hooks hold for what is added after them, below `/api/` too.
  const collect: HttpParts['pages'] = [
    (app) =>
      void app.addHook('onRoute', ({ method, url }) => {
        for (const each of [method].flat()) served.push({ method: each, url });
      }),
  ];
  return { api, pages: [...(collect ?? []), ...pages], served };
}

/** All paths that a daemon serves. */
export async function servedRoutes(): Promise<readonly ServedRoute[]> {
  const { served, ...parts } = daemonParts();
  const http = new HttpServer({
    host: '127.0.0.1',
    port: 0,
    metrics: async () => ({ contentType: 'text/plain', text: '' }),
    ready: () => true,
    upgrades: new Map(),
    ...parts,
  });
  await http.listen();
  await http.close();
  return served;
}
