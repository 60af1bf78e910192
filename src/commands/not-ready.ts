import { WeirError } from '../errors.ts';

/** What is said while the daemon serves and cannot do everything yet. */
export const LOADING = 'models are still being loaded';

/** @throws WeirError `not-ready` */
export function notReady(): never {
  throw new WeirError('not-ready', LOADING, { remedy: 'try again in a moment' });
}
