// The values of keys that sign commits and tags.
import type { signingKeys } from '../../platform/db/tables/auth.ts';

export type SigningKeyRow = typeof signingKeys.$inferSelect;
export type SigningKeyKind = SigningKeyRow['kind'];

/** A public key whose contents were checked, before anybody proved to hold it. */
export type CheckedSigningKey = Pick<
  SigningKeyRow,
  'kind' | 'fingerprint' | 'publicKey' | 'keyIds' | 'emails' | 'expiresAt'
>;

/** A key as it was typed. */
export interface NewSigningKey {
  /** Empty: the key's own name becomes the title. */
  title: string;
  /** An armored OpenPGP key, or one line of an OpenSSH .pub file. */
  key: string;
}

/** What somebody has to sign to show that a key is theirs. */
export interface Challenge {
  /** Stands for the key until it is proved; works once. */
  token: string;
  kind: SigningKeyKind;
  title: string;
  fingerprint: string;
  text: string;
  /** The command that prints the signature. */
  command: string;
}

/** A key that verifies, with the account that proved to hold it. */
export interface FoundSigningKey {
  key: SigningKeyRow;
  account: { id: number; name: string; isSuspended: boolean; avatarHash: string | null };
}

/** What a signature is worth, leaving aside who committed: `good` also where the key has expired only since. */
export type SignatureVerdict = 'good' | 'bad' | 'expired' | 'revoked';
