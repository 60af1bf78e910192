import { openAccess } from '../access/open.ts';
import { FileWatch } from '../access/watch.ts';
import type { ServerConfig } from '../config/server.ts';
import { messageOf } from '../errors.ts';
import { isLoopback } from '../loopback.ts';
import type { Access } from '../principal.ts';
import { type Certificate, readCertificate } from '../server/certificates.ts';
import type { HttpServer } from '../server/http.ts';
import { SYSTEM_CLOCK } from '../service/clock.ts';
import type { Logger } from '../service/log.ts';
import type { Shutdown } from '../service/shutdown.ts';

/** Who may ask, and by what certificate is answered. */
export interface Serving {
  readonly access: Access;
  readonly certificate: Certificate | null;
  /** Gives the server each new certificate from now on. @returns looks at its files at once */
  followCertificate(http: Pick<HttpServer, 'replaceCertificate'>): Promise<() => void>;
}

/**
 * What a server's configuration asks for. Tokens and certificates are read again whenever their files change.
 *
 * @throws WeirError `no-tokens`, `tokens-unreadable`, `tokens-invalid`, `tls-unreadable`, `tls-invalid`
 */
export async function openServing(
  server: ServerConfig,
  stateDir: string,
  log: Pick<Logger, 'info' | 'warn' | 'error'>,
  shutdown: Pick<Shutdown, 'add'>,
): Promise<Serving> {
  const { host, auth, names, tls } = server;
  const certificate = tls === undefined ? null : await readCertificate(tls);
  if (certificate !== null) warnOfEnd(certificate, log);
  const opened = await openAccess({ folder: stateDir, host, auth, names, clock: SYSTEM_CLOCK, log });
  shutdown.add('tokens', async () => opened.stop());
  if (certificate === null && !isLoopback(host) && auth !== 'none') {
    log.warn({}, `${host} is served without TLS: tokens and pictures can be read on the way (server.tls)`);
  }
  return {
    access: opened.access,
    certificate,
    followCertificate: async (http) => {
      if (tls === undefined) return () => {};
      const renew = () => renewCertificate(tls, http, log);
      const watch = await FileWatch.start([tls.certFile, tls.keyFile], renew);
      shutdown.add('certificate', async () => watch.stop());
      return () => void renew();
    },
  };
}

/** A certificate and its key are two files: between their changes they do not fit, and the one before stays. */
async function renewCertificate(
  tls: NonNullable<ServerConfig['tls']>,
  http: Pick<HttpServer, 'replaceCertificate'>,
  log: Pick<Logger, 'info' | 'warn' | 'error'>,
): Promise<void> {
  try {
    const certificate = await readCertificate(tls);
    http.replaceCertificate(certificate);
    log.info({}, `serving with the certificate that ends at ${new Date(certificate.validToMs).toISOString()}`);
    warnOfEnd(certificate, log);
  } catch (error) {
    log.error({}, `the new certificate is not taken, the one before stays: ${messageOf(error)}`);
  }
}

function warnOfEnd({ validToMs }: Certificate, log: Pick<Logger, 'warn'>): void {
  if (validToMs > SYSTEM_CLOCK.unixMs()) return;
  log.warn({}, `the certificate ended at ${new Date(validToMs).toISOString()}: browsers and programs will refuse it`);
}
