// Says in words what a signature is worth.
import type { SignatureReason, SignatureState, VerifiedSignature } from './signatures.types.ts';

export interface SignatureItem {
  state: SignatureState;
  /** `Verified`, `Unverified` or `Unknown key`. */
  label: string;
  /** One sentence on why. */
  text: string;
  /** `GPG key`, `SSH key`, or nothing that is known. */
  kind: string | undefined;
  keyId: string | undefined;
  signer: { name: string; avatarHash: string | null } | undefined;
}

const LABELS: Readonly<Record<SignatureState, string>> = {
  verified: 'Verified',
  unverified: 'Unverified',
  unknown: 'Signed',
};

const TEXTS: Readonly<Record<SignatureReason, string>> = {
  valid: 'Signed with a key of the account whose verified address it carries.',
  valid_site: 'Signed by this site, which made it for the person it names.',
  bad_signature: 'The signature does not fit: it was made for something else, or what it signs was changed.',
  expired_key: 'The key had expired when this was signed.',
  revoked_key: 'The key was revoked.',
  unverified_email:
    'The signature is good, but its account has not verified the address that this carries: somebody else may be named here.',
  suspended_account: 'The signature is good, but its account is suspended.',
  unknown_key: 'No account here has proved to hold this key, so nobody can say who signed.',
  unsupported: 'Signatures of this kind are not checked here.',
  malformed: 'The signature cannot be read.',
};

/** A signature as its label and details show it. */
export function signatureItem(signature: VerifiedSignature | undefined): SignatureItem | undefined {
  if (!signature) return undefined;
  const { state, reason, kind, keyId, signer } = signature;
  return {
    state,
    label: LABELS[state],
    text: TEXTS[reason],
    kind: kind === 'other' ? undefined : `${kind.toUpperCase()} key`,
    keyId,
    signer: signer && { name: signer.name, avatarHash: signer.avatarHash },
  };
}
