// Hashes passwords with argon2id and compares them, on the thread pool and never on the main thread.
import { hash, verify } from '@node-rs/argon2';
import { randomToken } from '../../base/crypto.ts';
import type { App } from '../../platform/app.types.ts';

/** OWASP's choice unless configured: 19 MiB, two passes, one lane. `algorithm: 2` is argon2id. */
function parametersOf(app: Hasher) {
  const { password_memory_kib: memoryCost, password_passes: timeCost } = app.config.accounts;
  return { algorithm: 2, memoryCost, timeCost, parallelism: 1 } as const;
}

/** What a hash made with the parameters in force begins with. */
function prefixOf(app: Hasher): string {
  const { memoryCost, timeCost } = parametersOf(app);
  return `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=1$`;
}

type Hasher = Pick<App, 'config'>;

let decoy: { prefix: string; hash: Promise<string> } | undefined;

/** The hash of a password, with its salt and parameters, in PHC string format. */
export function hashPassword(app: Hasher, password: string): Promise<string> {
  return hash(normalized(password), parametersOf(app));
}

/**
 * Whether the password belongs to the hash. Without a hash (no such account, or one without a password) it works as
 * long, against a hash nobody knows the password of, so that time tells nothing about which accounts exist.
 */
export async function passwordMatches(
  app: Hasher,
  stored: string | null | undefined,
  password: string,
): Promise<boolean> {
  if (stored) return verify(stored, normalized(password));
  const prefix = prefixOf(app);
  if (decoy?.prefix !== prefix) decoy = { prefix, hash: hashPassword(app, randomToken()) };
  await verify(await decoy.hash, normalized(password));
  return false;
}

/** Whether a hash was made with other parameters than those in force; a sign-in replaces it. */
export function isOutdatedHash(app: Hasher, stored: string): boolean {
  return !stored.startsWith(prefixOf(app));
}

// Keyboards and systems compose accents differently; NFKC makes the same typed password the same bytes.
function normalized(password: string): string {
  return password.normalize('NFKC');
}
