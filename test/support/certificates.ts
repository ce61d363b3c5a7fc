// Real certificates for tests, made by openssl.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export interface CertificatePair {
  cert: string;
  key: string;
}

/** Writes a self-signed certificate for 127.0.0.1 with this common name, and its key, into `directory`. */
export function makeCertificate(directory: string, commonName: string): CertificatePair {
  const pair = { cert: join(directory, `${commonName}.crt`), key: join(directory, `${commonName}.key`) };
  execFileSync(
    'openssl',
    // biome-ignore format: one option a line
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
      '-subj', `/CN=${commonName}`, '-addext', 'subjectAltName=IP:127.0.0.1', '-out', pair.cert, '-keyout', pair.key],
    { stdio: 'ignore' },
  );
  return pair;
}
