// OpenPGP keys as Gitea's API clients expect them.
import { isoTime } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { verifiedEmailsOf } from '../users/emails.service.ts';
import { type OpenPgpFacts, openPgpFactsOf } from './openpgp-facts.service.ts';
import type { SigningKeyRow } from './signing-keys.types.ts';

type Json = Record<string, unknown>;

/** Keys of one account; which of their addresses it proved to own is said of each. */
export async function gpgKeysJson(app: App, userId: number, rows: readonly SigningKeyRow[]): Promise<Json[]> {
  if (rows.length === 0) return [];
  const proved = new Set((await verifiedEmailsOf(app, userId)).map((email) => email.toLowerCase()));
  return Promise.all(rows.map((row) => gpgKeyJson(app, row, proved)));
}

async function gpgKeyJson(app: App, row: SigningKeyRow, proved: ReadonlySet<string>): Promise<Json> {
  const { primary, subkeys } = await openPgpFactsOf(app, row.publicKey);
  const verified = row.verifiedAt !== null;
  const { id } = row;
  return {
    ...factsJson(primary),
    ...{ id, primary_key_id: '', verified, created_at: isoTime(row.createdAt) },
    emails: row.emails.map((email) => ({ email, verified: proved.has(email.toLowerCase()) })),
    subkeys: subkeys.map((subkey) => ({
      ...factsJson(subkey),
      ...{ id, primary_key_id: primary.keyId, verified, emails: null, subkeys: null },
    })),
  };
}

function factsJson(facts: OpenPgpFacts): Json {
  return {
    key_id: facts.keyId,
    public_key: facts.packet,
    can_certify: facts.canCertify,
    can_sign: facts.canSign,
    can_encrypt_comms: facts.canEncryptCommunication,
    can_encrypt_storage: facts.canEncryptStorage,
    created_at: isoTime(facts.createdAt),
    expires_at: facts.expiresAt === null ? null : isoTime(facts.expiresAt),
  };
}
