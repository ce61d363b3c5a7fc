// Checks signatures of commits and tags against the keys of accounts, without a process of its own.
import { createHash } from 'node:crypto';
import type { App } from '../../platform/app.types.ts';
import { checkOpenPgp } from './openpgp-checks.service.ts';
import { issuerOf, type SignatureIssuer } from './signature-issuers.input.ts';
import { findByFingerprints, findByKeyIds } from './signing-keys.store.ts';
import type { FoundSigningKey, SignatureVerdict } from './signing-keys.types.ts';
import { isSshSigned, sshSignerOf } from './ssh-signatures.input.ts';

/** The namespace in which git signs with SSH keys. */
const GIT = 'git';

/** Who a signature claims to be by, as far as keys are looked up. */
export type Claim = { kind: 'gpg'; ids: string[] } | { kind: 'ssh'; ids: string[] } | { kind: 'other' };

/** Who a signature block claims to be by: reads only, and loads nothing. */
export function claimOf(armored: string): Claim {
  const issuer: SignatureIssuer = issuerOf(armored.trim());
  if (issuer.kind === 'gpg') return { kind: 'gpg', ids: issuer.keyIds };
  const blob = issuer.kind === 'ssh' ? sshSignerOf(armored) : undefined;
  return blob ? { kind: 'ssh', ids: [fingerprintOf(blob)] } : { kind: 'other' };
}

function fingerprintOf(blob: Buffer): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

/** The proved keys that these claims name, by claimed id; one query per kind. */
export async function findClaimed(
  app: App,
  claims: readonly Claim[],
): Promise<(claim: Claim) => FoundSigningKey[]> {
  const idsOf = (kind: 'gpg' | 'ssh') => [
    ...new Set(claims.flatMap((claim) => (claim.kind === kind ? claim.ids : []))),
  ];
  const [gpg, ssh] = await Promise.all([
    findByKeyIds(app.db.read, idsOf('gpg')),
    findByFingerprints(app.db.read, 'ssh', idsOf('ssh')),
  ]);
  return (claim) => {
    if (claim.kind === 'other') return [];
    if (claim.kind === 'ssh') return ssh.filter(({ key }) => claim.ids.includes(key.fingerprint));
    return gpg.filter(({ key }) => key.keyIds.some((id) => claim.ids.includes(id)));
  };
}

/** Whether an SSH key, as its blob, made a signature over some bytes. */
export function isSignedByKey(
  armored: string,
  by: { blob: Buffer; namespace: string },
  payload: Buffer,
): boolean {
  return isSshSigned(armored, by, payload);
}

/** Whether a key made a detached signature over some bytes. */
export async function checkSignature(
  { key }: FoundSigningKey,
  payload: Buffer,
  armored: string,
  now: number,
): Promise<SignatureVerdict> {
  if (key.kind === 'gpg') return checkOpenPgp(key.publicKey, payload, armored, now);
  const blob = Buffer.from(key.publicKey.split(' ')[1] ?? '', 'base64');
  return isSshSigned(armored, { blob, namespace: GIT }, payload) ? 'good' : 'bad';
}
