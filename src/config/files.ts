import type { Problem } from '../artifact/problems.ts';
import { WeirError } from '../errors.ts';
import type { Redactor } from '../secrets.ts';
import { withAlertSecrets } from './alert-secrets.ts';
import { alerts } from './alerts.ts';
import { checkCaFile } from './camera-tls.ts';
import { camera } from './schema.ts';
import { type Credentials, withCredentials } from './secrets.ts';

/** What is wrong with a file that a configuration names, or with credentials that stand beside it. */
export interface FileProblem extends Problem {
  readonly error: WeirError;
}

export interface FileSettings {
  readonly absolute: (path: string) => string;
  readonly folder: string;
  readonly credentials: Credentials;
  readonly redactor: Pick<Redactor, 'register'>;
}

/** The key that each is about. */
const KEYS: Readonly<Record<string, string>> = {
  'password-file': 'passwordFile',
  'password-credential': 'passwordCredential',
  'credentials-without-url': 'source',
};

/**
 * Looks at all files that are named where a configuration is right in itself, so that they are told beside whatever else is wrong.
 *
 * @param data as it was written, expanded
 */
export async function fileProblems(data: unknown, settings: FileSettings): Promise<FileProblem[]> {
  const { absolute, folder, credentials, redactor } = settings;
  const given = (data ?? {}) as { readonly cameras?: unknown; readonly alerts?: unknown };
  const cameras = Array.isArray(given.cameras) ? given.cameras : [];
  const found = cameras.map(async (entry, at) => {
    const { data: read } = camera.safeParse(entry);
    if (read === undefined) return [];
    const { id, tls } = read;
    const path = ['cameras', at] as const;
    return [
      ...(await problemOf(withCredentials(read, folder, credentials), (code) => [...path, KEYS[code] ?? 'username'])),
      ...(tls.caFile === undefined
        ? []
        : await problemOf(checkCaFile(id, absolute(tls.caFile)), () => [...path, 'tls', 'caFile'])),
    ];
  });
  const { data: targets } = alerts.safeParse(given.alerts ?? {});
  if (targets !== undefined) found.push(problemOf(withAlertSecrets(targets, absolute, redactor), () => ['alerts']));
  return (await Promise.all(found)).flat();
}

async function problemOf(work: Promise<unknown>, pathOf: (code: string) => Problem['path']): Promise<FileProblem[]> {
  try {
    await work;
    return [];
  } catch (error) {
    if (!(error instanceof WeirError)) throw error;
    return [{ path: pathOf(error.code), message: `${error.message}: ${error.remedy}`, error }];
  }
}
