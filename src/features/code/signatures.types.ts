// What is known of a signature.

/** `unknown`: nobody here vouches for the key, or it is of a kind that is not checked. */
export type SignatureState = 'verified' | 'unverified' | 'unknown';

export type SignatureReason =
  | 'valid'
  /** By the key of this site, which knew who it was. */
  | 'valid_site'
  | 'bad_signature'
  | 'expired_key'
  | 'revoked_key'
  | 'unverified_email'
  | 'suspended_account'
  | 'unknown_key'
  | 'unsupported'
  | 'malformed';

export interface VerifiedSignature {
  state: SignatureState;
  reason: SignatureReason;
  /** The account that proved to hold the key, where there is one. */
  signer?: { id: number; name: string; avatarHash: string | null };
  /** `gpg` or `ssh`, and the id or fingerprint it claims to be by. */
  kind: 'gpg' | 'ssh' | 'other';
  keyId: string | undefined;
}
