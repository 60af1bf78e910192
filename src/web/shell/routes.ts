/** Which page an address names: what follows the `#`, so that the server knows one page only. */
export type Route =
  | { readonly page: 'guard'; readonly isWall: boolean }
  | { readonly page: 'camera'; readonly id: string }
  | { readonly page: 'add' }
  | { readonly page: 'system' }
  | { readonly page: 'unknown'; readonly path: string };

const CAMERA_ID = /^[a-z0-9][a-z0-9_-]{0,62}$/;

/** `#/camera/gate` → camera `gate`. */
export function routeOf(hash: string): Route {
  const path = hash.replace(/^#?\/?/, '').replace(/\/$/, '');
  if (path === '') return { page: 'guard', isWall: false };
  if (path === 'wall') return { page: 'guard', isWall: true };
  if (path === 'add') return { page: 'add' };
  if (path === 'system') return { page: 'system' };
  const [page, id = '', ...rest] = path.split('/');
  if (page === 'camera' && rest.length === 0 && CAMERA_ID.test(id)) return { page: 'camera', id };
  return { page: 'unknown', path };
}

/** What the window is called. */
export function titleOf(route: Route): string {
  switch (route.page) {
    case 'guard':
      return route.isWall ? 'Wall · Weir' : 'Cameras · Weir';
    case 'camera':
      return `${route.id} · Weir`;
    case 'add':
      return 'Add a camera · Weir';
    case 'system':
      return 'System · Weir';
    case 'unknown':
      return 'Not found · Weir';
  }
}
