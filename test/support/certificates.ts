import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:tls';

/** Makes a certificate that signs itself, for 127.0.0.1, named `NAME.example`: `NAME.pem` and `NAME.key` in a folder. */
export function makeCertificate(folder: string, name: string): void {
  const subject = ['-subj', `/CN=${name}.example`, '-addext', 'subjectAltName=IP:127.0.0.1'];
  const path = `${folder}/${name}`;
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', `${path}.key`];
  execFileSync('openssl', ['req', '-x509', '-days', '2', ...key, ...subject, '-out', `${path}.pem`], {
    stdio: 'ignore',
  });
}

/** What an authority signs: names that it holds for, and days from now on that it is valid; below 0 it has expired. */
interface Signed {
  readonly authority: string;
  readonly names?: string;
  readonly days?: number;
}

/** Makes a certificate that another of the folder signed: `NAME.pem` and `NAME.key`. */
export function makeSignedCertificate(
  folder: string,
  name: string,
  { authority, names = 'IP:127.0.0.1', days = 2 }: Signed,
): void {
  const [path, signer] = [`${folder}/${name}`, `${folder}/${authority}`];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', `${path}.key`];
  const request = execFileSync('openssl', ['req', ...key, '-subj', `/CN=${name}.example`], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  writeFileSync(`${path}.ext`, `subjectAltName=${names}\nbasicConstraints=CA:FALSE\n`);
  const by = ['-CA', `${signer}.pem`, '-CAkey', `${signer}.key`, '-days', String(days), '-extfile', `${path}.ext`];
  execFileSync('openssl', ['x509', '-req', ...by, '-out', `${path}.pem`], {
    input: request,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
}

/** Common name of the certificate that is served. */
export function servedName(address: string, options: object = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const port = Number(new URL(address).port);
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
    socket.once('error', reject);
  });
}
