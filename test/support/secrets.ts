// The instance's secrets, of a directory that lives as long as the process.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSecrets, type Secrets } from '../../src/platform/secrets/secrets.ts';

export function testSecrets(): Secrets {
  return openSecrets(mkdtempSync(join(tmpdir(), 'och-secrets-')));
}
