/** Who asks, and what they may see and do. */
export interface Principal {
  readonly name: string;
  readonly scope: 'read' | 'admin';
  readonly cameras: 'all' | readonly string[];
}

/** Whether labels, pictures and figures of a camera are for them. */
export function mayRead({ cameras }: Principal, camera: string): boolean {
  return cameras === 'all' || cameras.includes(camera);
}

/** Whoever comes from this machine while no token is needed. */
export const OPEN_ACCESS: Principal = { name: 'loopback', scope: 'admin', cameras: 'all' };
