// Hashes passwords with argon2id and compares them, on the thread pool and never on the main thread.
import { hash, verify } from '@node-rs/argon2';
import { randomToken } from '../../base/crypto.ts';

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane. `algorithm: 2` is argon2id. */
const PARAMETERS = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const CURRENT = '$argon2id$v=19$m=19456,t=2,p=1$';

let decoy: Promise<string> | undefined;

/** The hash of a password, with its salt and parameters, in PHC string format. */
export function hashPassword(password: string): Promise<string> {
  return hash(normalized(password), PARAMETERS);
}

/**
 * Whether the password belongs to the hash. Without a hash (no such account, or one without a password) it works as
 * long, against a hash nobody knows the password of, so that time tells nothing about which accounts exist.
 */
export async function passwordMatches(stored: string | null | undefined, password: string): Promise<boolean> {
  if (stored) return verify(stored, normalized(password));
  decoy ??= hashPassword(randomToken());
  await verify(await decoy, normalized(password));
  return false;
}

/** Whether a hash was made with other parameters than today's; a sign-in replaces it. */
export function isOutdatedHash(stored: string): boolean {
  return !stored.startsWith(CURRENT);
}

// Keyboards and systems compose accents differently; NFKC makes the same typed password the same bytes.
function normalized(password: string): string {
  return password.normalize('NFKC');
}
