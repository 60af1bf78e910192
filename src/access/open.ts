import { join } from 'node:path';
import { messageOf, usageError } from '../errors.ts';
import { isLoopback } from '../loopback.ts';
import { type Access, ANYONE, OPEN_ACCESS } from '../principal.ts';
import { TokenAccess } from './tokens.ts';
import { readTokens, TOKENS_FILE } from './tokens-file.ts';
import { FileWatch } from './watch.ts';

export type AuthMode = 'auto' | 'tokens' | 'none';

interface OpenParts {
  readonly folder: string;
  readonly host: string;
  readonly auth: AuthMode;
  /** Under which others reach it; they lead through a proxy where the host is loopback. */
  readonly names?: readonly string[];
  readonly clock: { unixMs(): number; monotonicMs(): number };
  readonly log: { info(fields: object, text: string): void; warn(fields: object, text: string): void };
  /** Other than usual, in tests. */
  readonly lookEveryMs?: number;
}

export interface OpenedAccess {
  readonly access: Access;
  stop(): void;
}

/** Whether who comes without a token is turned away. */
export function needsTokens(host: string, auth: AuthMode): boolean {
  return auth === 'tokens' || (auth === 'auto' && !isLoopback(host));
}

/**
 * The access that a configuration asks for, which follows the tokens file from then on.
 *
 * @throws WeirError `no-tokens` where they are needed and none is valid; `tokens-unreadable`, `tokens-invalid`
 */
export async function openAccess({
  folder,
  host,
  auth,
  names = [],
  clock,
  log,
  lookEveryMs,
}: OpenParts): Promise<OpenedAccess> {
  const areNeeded = needsTokens(host, auth);
  if (auth === 'none') {
    if (!isLoopback(host)) {
      log.warn({}, `auth: none: whoever reaches ${host} can see and change everything without a token`);
    }
    return { access: OPEN_ACCESS, stop: () => {} };
  }
  if (!areNeeded && names.length > 0) {
    log.warn(
      {},
      `server.names (${names.join(', ')}) tells of a proxy in front of ${host}: whoever comes through it without X-Forwarded-For or Forwarded can see and change everything; set server.auth: tokens`,
    );
  }
  let follow = async () => {};
  const watch = await FileWatch.start([join(folder, TOKENS_FILE)], () => follow(), lookEveryMs);
  try {
    const access = new TokenAccess(areNeeded ? null : ANYONE, await readTokens(folder), clock);
    if (areNeeded && access.valid === 0) throw noTokens(host, folder);
    follow = async () => {
      try {
        access.set(await readTokens(folder));
        log.info({}, `tokens were changed: ${access.valid} are valid`);
      } catch (error) {
        log.warn({}, `the changed tokens are not taken, those before stay: ${messageOf(error)}`);
      }
    };
    return { access, stop: () => watch.stop() };
  } catch (error) {
    watch.stop();
    throw error;
  }
}

function noTokens(host: string, folder: string): Error {
  const why = isLoopback(host) ? 'auth: tokens asks for them' : 'whoever reaches it could read everything';
  return usageError(
    'no-tokens',
    `Weir does not serve on ${host} without tokens: ${why}, and none in ${folder} is valid`,
    'make one first: weir token create --name NAME (with the same --state-dir); or serve on 127.0.0.1 (the default), with a tunnel (ssh -L 8700:127.0.0.1:8700) from elsewhere; or set server.auth: none',
  );
}
