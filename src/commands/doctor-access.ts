import { needsTokens } from '../access/open.ts';
import { readTokens } from '../access/tokens-file.ts';
import type { ServerConfig } from '../config/server.ts';
import { messageOf, WeirError } from '../errors.ts';
import { isLoopback } from '../loopback.ts';
import { readCertificate } from '../server/certificates.ts';
import { SYSTEM_CLOCK } from '../service/clock.ts';

/** One thing that was looked at, of `weir.doctor/1`. */
export interface Check {
  readonly id: string;
  readonly ok: boolean;
  readonly message: string;
  readonly remedy?: string;
}

/** Whether the daemon could serve where it is to: with tokens beyond this machine, and a certificate that is right. */
export async function checkAccess({ host, auth, tls }: ServerConfig, stateDir: string): Promise<Check> {
  const id = 'access';
  try {
    const nowMs = SYSTEM_CLOCK.unixMs();
    const certificate = tls === undefined ? null : await readCertificate(tls);
    if (certificate !== null && certificate.validToMs <= nowMs) {
      return { id, ok: false, message: `the certificate ${tls?.certFile} has expired`, remedy: 'renew it' };
    }
    const secure = certificate !== null || isLoopback(host) ? '' : '; without TLS tokens can be read on the way';
    if (!needsTokens(host, auth)) {
      return { id, ok: true, message: `${host} is served without tokens${auth === 'none' ? ' (auth: none)' : ''}` };
    }
    const valid = (await readTokens(stateDir)).filter(({ expiresAtMs: end }) => end === null || end > nowMs);
    if (valid.length > 0) return { id, ok: true, message: `${host} is served to ${valid.length} token(s)${secure}` };
    return {
      id,
      ok: false,
      message: `${host} is served to tokens alone, and none in ${stateDir} is valid`,
      remedy: 'weir token create --name NAME; for a service with its own --state-dir',
    };
  } catch (error) {
    const remedy = error instanceof WeirError ? error.remedy : '';
    return { id, ok: false, message: messageOf(error), remedy };
  }
}
