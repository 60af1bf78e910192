import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { messageOf, usageError } from '../errors.ts';
import type { CameraSource } from '../types.ts';

/** Whether an encrypted camera's certificate is checked, and against what. */
export const cameraTls = z.strictObject({
  verify: z.boolean().default(false),
  caFile: z.string().min(1).optional(),
});

interface Encrypted {
  readonly source: string;
  readonly tls: z.infer<typeof cameraTls>;
}

interface Transported {
  readonly source: string;
  readonly transport: CameraSource['transport'];
}

/** How a camera's pictures come: over `rtsps://` by TCP whatever was asked, as over UDP they would not be encrypted. */
export function transportOf({ source, transport }: Transported): CameraSource['transport'] {
  return isTcpAlone(source) ? 'tcp' : transport;
}

/** What is to be told of a transport that is not used; `null`: nothing. No mistake, as the camera works. */
export function transportDoubt({ id, source, transport }: Transported & { readonly id: string }): string | null {
  if (!isTcpAlone(source) || transport === 'tcp') return null;
  return `camera ${id} comes over TCP, not by its transport: ${transport}: rtsps:// over UDP would not be encrypted; leave it out`;
}

function isTcpAlone(source: string): boolean {
  return /^rtsps:/i.test(source);
}

/** What of a camera's entry does not go with a source that is encrypted, or is not. */
export function tlsProblems({ source, tls }: Encrypted): { path: string[]; message: string }[] {
  const problems: { path: string[]; message: string }[] = [];
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
