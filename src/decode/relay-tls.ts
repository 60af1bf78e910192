import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { messageOf } from '../errors.ts';
import { redactUrls } from '../secrets.ts';
import type { CameraTls } from '../types.ts';

/** In front of what the diagnosis hands on as it is. */
export const CERTIFICATE = 'certificate: ';
export const TLS = 'tls: ';

/** Without a file of known certificates nothing was pinned yet. */
const REMEDY = 'put it, or the certificate of its authority, into tls.caFile, or set tls.verify to false';
/** What an attacker shows must not come in by our own advice. */
const COMPARE =
  'compare that with the fingerprint on the camera’s own pages, and only if it is the same put the certificate into';
/** Fingerprints of more certificates than these nobody compares. */
const MOST_PRINTS = 2;
/** Names in a certificate are the camera's words. */
const MOST_NAME = 100;

/** A verified camera leads to another address: it is not followed there. */
export class LedAwayError extends Error {
  /** @param place its URL: only scheme and host of it are told */
  constructor(place: string) {
    const origin = /^[a-z]+:\/\/(?:[^\s/?#]*@)?[^\s/?#@]+/i.exec(place.slice(0, MOST_NAME))?.[0] ?? 'elsewhere';
    super(
      `it sends on to ${redactUrls(origin)}, where nobody would be verified: name that one in source, or set tls.verify to false`,
    );
  }
}

/** How a camera's certificate is looked at. */
export interface Trust {
  readonly options: ConnectionOptions;
  /** Certificates that are trusted by themselves, as they are in the camera; `null`: whatever comes is taken. */
  readonly known: readonly X509Certificate[] | null;
  /** Where they come from; `null`: the operator named none. */
  readonly caFile: string | null;
}

/**
 * What a connection to an encrypted camera is opened with. Nothing is refused in the handshake: `untrusted` tells what to think
 * of it.
 *
 * @throws Error in words for a person where the file of authorities cannot be used
 */
export async function trustOf({ verify, caFile }: CameraTls, host: string): Promise<Trust> {
  const base = { rejectUnauthorized: false, ...(isIP(host) === 0 ? { servername: host } : {}) };
  // As ffmpeg does by default: cameras sign their certificates themselves, and many know old versions only.
  if (!verify) return { options: { ...base, minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' }, known: null, caFile };
  if (caFile === null) return { options: base, known: [], caFile };
  try {
    const text = await readFile(caFile, 'utf8');
    const blocks = text.match(/-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs) ?? [];
    const known = blocks.map((block) => new X509Certificate(block));
    if (known.length === 0) throw new Error('it holds none');
    return { options: { ...base, ca: blocks }, known, caFile };
  } catch (cause) {
    throw new Error(`${CERTIFICATE}the certificates in its tls.caFile ${caFile} cannot be read: ${messageOf(cause)}`, {
      cause,
    });
  }
}

/** Why a camera that has shaken hands is not to be talked to, for a person; `null` where it is. */
export function untrusted(socket: TLSSocket, host: string, trust: Trust): string | null {
  const { known, caFile } = trust;
  if (known === null) return null;
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) {
    const remedy = caFile === null ? REMEDY : 'somebody else may answer in its place: look at it from its own network';
    return `${CERTIFICATE}it shows none: ${remedy}`;
  }
  // The very one that the operator knows: what it says of names and times adds nothing to that.
  if (known.some(({ raw }) => raw.equals(certificate.raw))) return null;
  if (socket.authorized) return null;
  const code = String(socket.authorizationError);
  return CERTIFICATE + wordsOf(code, certificate, host, trust);
}

function wordsOf(code: string, certificate: X509Certificate, host: string, { known, caFile }: Trust): string {
  const print = `(SHA-256 ${certificate.fingerprint256})`;
  const otherwise = caFile === null ? `${REMEDY} ${print}` : `${COMPARE} ${caFile} ${print}`;
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return `its certificate has expired on ${plain(certificate.validTo)}: renew it on the camera and see that both clocks are right; else ${otherwise}`;
    case 'CERT_NOT_YET_VALID':
      return `its certificate is valid from ${plain(certificate.validFrom)} on only: see that both clocks are right; else ${otherwise}`;
    case 'ERR_TLS_CERT_ALTNAME_INVALID': {
      const names = certificate.subjectAltName ?? certificate.subject;
      return `its certificate is for ${plain(names)}, not for ${host}: name it so in source, or ${COMPARE} ${caFile ?? 'tls.caFile'} ${print}`;
    }
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      if (caFile !== null) return another(certificate, known ?? [], caFile);
      return `it has signed its certificate itself, and that is not known here: ${REMEDY} ${print}`;
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      if (caFile !== null) return another(certificate, known ?? [], caFile);
      return `its certificate is signed by ${plain(certificate.issuer)}, whom nobody here knows: ${REMEDY} ${print}`;
    default:
      return `its certificate is not trusted (${plain(code)}): ${otherwise}`;
  }
}

/** The operator knows its certificate, and this is another one: it was renewed, or this is not the camera. */
function another(certificate: X509Certificate, known: readonly X509Certificate[], caFile: string): string {
  const prints = known.slice(0, MOST_PRINTS).map(({ fingerprint256 }) => fingerprint256);
  const more = known.length > prints.length ? ` and ${known.length - prints.length} more` : '';
  const differs = `it shows another certificate (SHA-256 ${certificate.fingerprint256}) than ${caFile} has (SHA-256 ${prints.join(', ')}${more}), and none that is signed by that`;
  return `${differs}: it was renewed, or somebody in between answers in the camera’s place; ${COMPARE} that file`;
}

/** Why a handshake failed, for a person; `null` where that is not about TLS. */
export function handshakeTrouble(error: Error, plainScheme: string, { known }: Trust): string | null {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (/^ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|BAD_RECORD_TYPE)$/.test(code)) {
    return `${TLS}it does not speak TLS there: use ${plainScheme}://, or the port of its encrypted stream`;
  }
  if (/^ERR_SSL_/.test(code) && known !== null) {
    const old = 'it may know only versions that are unsafe: tls.verify wants TLS 1.2 and keys as of today';
    return `${TLS}its TLS handshake fails (${code}): ${old}`;
  }
  if (/^ERR_SSL_|^EPROTO$/.test(code)) return `${TLS}its TLS handshake fails (${code || messageOf(error)})`;
  return null;
}

function plain(text: string): string {
  const line = text.replace(/\s+/g, ' ').replace(/[^\x20-\x7e]/g, '?');
  return line.length > MOST_NAME ? `${line.slice(0, MOST_NAME)}…` : line;
}
