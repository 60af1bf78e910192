import { execFileSync } from 'node:child_process';
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
