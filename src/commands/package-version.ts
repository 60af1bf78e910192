import { createRequire } from 'node:module';

/** Weir's own, of its package. */
export function packageVersion(): string {
  return (createRequire(import.meta.url)('#package') as { version: string }).version;
}
