import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { messageOf, usageError } from '../errors.ts';

/** Whether an encrypted camera's certificate is checked, and against what. */
export const cameraTls = z.strictObject({
  verify: z.boolean().default(false),
  caFile: z.string().min(1).optional(),
});

interface Encrypted {
  readonly source: string;
  readonly transport: string;
  readonly tls: z.infer<typeof cameraTls>;
}

/** What of a camera's entry does not go with a source that is encrypted, or is not. */
export function tlsProblems({ source, transport, tls }: Encrypted): { path: string[]; message: string }[] {
  const problems: { path: string[]; message: string }[] = [];
  if (/^rtsps:/i.test(source) && transport === 'udp') {
    const message = 'rtsps:// goes over TCP alone, as pictures over UDP would not be encrypted: leave it out';
    problems.push({ path: ['transport'], message });
  }
  if (tls.verify && !/^(?:rtsps|https):/i.test(source)) {
    const message = 'is for rtsps:// and https:// sources: others show no certificate';
    problems.push({ path: ['tls', 'verify'], message });
  }
  if (tls.caFile !== undefined && !tls.verify) {
    problems.push({ path: ['tls', 'caFile'], message: 'is looked at with verify: true only: add that' });
  }
  return problems;
}

/**
 * Reads the certificates that a camera's `tls.caFile` names, to see that they are there.
 *
 * @throws WeirError `camera-ca-file`
 */
export async function checkCaFile(camera: string, path: string): Promise<void> {
  try {
    new X509Certificate(await readFile(path));
  } catch (cause) {
    throw usageError(
      'camera-ca-file',
      `camera ${camera}: the certificates in its tls.caFile ${path} cannot be read: ${messageOf(cause)}`,
      'check the path, that the user who runs Weir may read it, and that it is PEM (-----BEGIN CERTIFICATE-----)',
      cause,
    );
  }
}
