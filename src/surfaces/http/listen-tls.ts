// Reads the certificate and key of HTTPS, and refuses a pair that does not work before anybody connects.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { AppError } from '../../base/errors.ts';
import type { Config } from '../../platform/config/config.schema.ts';
import type { Log } from '../../platform/observability/log.ts';

/** Reads and checks the pair; throws AppError invalid that names the file and the fault. */
export function readTlsPair(settings: Config['server'], log: Log): SecureContextOptions {
  const cert = readPem(settings.tls_cert, 'server.tls_cert');
  const key = readPem(settings.tls_key, 'server.tls_key');
  const leaf = parse(settings.tls_cert, 'is not a PEM certificate', () => new X509Certificate(cert));
  const privateKey = parse(settings.tls_key, 'is not an unencrypted PEM private key', () =>
    createPrivateKey(key),
  );
  if (!leaf.checkPrivateKey(privateKey)) {
    throw new AppError(
      'invalid',
      `${settings.tls_key} is not the key of ${settings.tls_cert}: set a matching pair.`,
    );
  }
  if (leaf.validToDate.getTime() < Date.now()) {
    log.warn({ file: settings.tls_cert, validTo: leaf.validTo }, 'the TLS certificate has expired');
  }
  const pair: SecureContextOptions = { cert, key, minVersion: 'TLSv1.2' };
  parse(settings.tls_cert, 'cannot be used for TLS', () => createSecureContext(pair));
  return pair;
}

function readPem(path: string, setting: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'does not exist' : 'cannot be read';
    throw new AppError('invalid', `${path} (${setting}) ${reason}: correct the path or its permissions.`, {
      cause,
    });
  }
}

function parse<T>(path: string, fault: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new AppError('invalid', `${path} ${fault}: ${(cause as Error).message}.`, { cause });
  }
}
