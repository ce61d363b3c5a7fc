// What administrators see of accounts.
import type { users } from '../../platform/db/tables/users.ts';

export type AccountRow = typeof users.$inferSelect;

/** The choices above the list of accounts, with their labels. */
export const ACCOUNT_FILTERS = {
  administrators: 'Administrators',
  suspended: 'Suspended',
  restricted: 'Restricted',
  bots: 'Bots',
  'without-second-factor': 'Without a second factor',
  'never-signed-in': 'Never signed in',
} as const;

export type AccountFilter = keyof typeof ACCOUNT_FILTERS;

export interface PeopleRequest {
  /** A part of the name, the display name or any address, in any case. */
  words?: string;
  filter?: AccountFilter;
  /** Continues behind this id. */
  before?: number;
}

export interface PeoplePage {
  items: AccountRow[];
  /** The `before` of the next page; undefined on the last one. */
  next: number | undefined;
}

/** One account with what hangs on it: counts, never secrets. */
export interface AccountDetails {
  account: AccountRow;
  addresses: { email: string; isVerified: boolean; isPrimary: boolean }[];
  sessions: number;
  accessTokens: number;
  sshKeys: number;
  signingKeys: number;
  passkeys: number;
  hasTotp: boolean;
  repositories: { total: number; newest: { name: string; visibility: string }[] };
  organizations: { name: string; role: string }[];
}
