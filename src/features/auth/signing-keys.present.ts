// Turns signing keys into rows.
import type { SigningKeyRow } from './signing-keys.types.ts';

export interface SigningKeyItem {
  id: number;
  kind: SigningKeyRow['kind'];
  title: string;
  fingerprint: string;
  keyIds: string[];
  /** Addresses in an OpenPGP key; only verified ones of the account count for commits. */
  emails: { email: string; isOwn: boolean }[];
  createdAt: number;
  expiresAt: number | null;
  isExpired: boolean;
}

/** A row of the list of signing keys; `own` are the account's verified addresses in lower case. */
export function signingKeyItem(row: SigningKeyRow, own: ReadonlySet<string>, now: number): SigningKeyItem {
  const { id, kind, title, fingerprint, keyIds, createdAt, expiresAt } = row;
  const emails = row.emails.map((email) => ({ email, isOwn: own.has(email) }));
  const isExpired = expiresAt !== null && expiresAt <= now;
  return { id, kind, title, fingerprint, keyIds, emails, createdAt, expiresAt, isExpired };
}
