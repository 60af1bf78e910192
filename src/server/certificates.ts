import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { messageOf, usageError } from '../errors.ts';

export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** A certificate with its key, found to belong together. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  readonly validToMs: number;
}

/** What a TLS server is set up with. */
export function tlsOptions({ cert, key }: Pick<Certificate, 'cert' | 'key'>): SecureContextOptions {
  return { cert, key, minVersion: 'TLSv1.2' };
}

/** @throws WeirError `tls-unreadable`, `tls-invalid` */
export async function readCertificate({ certFile, keyFile }: TlsFiles): Promise<Certificate> {
  const [cert, key] = await Promise.all([read(certFile), read(keyFile)]);
  try {
    const leaf = new X509Certificate(cert);
    if (!leaf.checkPrivateKey(createPrivateKey(key))) throw new Error('the key is not that of the certificate');
    createSecureContext(tlsOptions({ cert, key }));
    return { cert, key, validToMs: Date.parse(leaf.validTo) };
  } catch (cause) {
    throw usageError(
      'tls-invalid',
      `${certFile} and ${keyFile} cannot serve: ${messageOf(cause)}`,
      'give a certificate and its key without a passphrase, both as PEM',
      cause,
    );
  }
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw usageError(
      'tls-unreadable',
      `${path} cannot be read: ${messageOf(cause)}`,
      'check the path and that the user who runs Weir may read it',
      cause,
    );
  }
}
