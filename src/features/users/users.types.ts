// The values of the users room.
import type { Tx } from '../../platform/db/db.types.ts';
import type { users } from '../../platform/db/tables/users.ts';

export type UserRow = typeof users.$inferSelect;

/** What an account is made from, as it was typed; the service checks it. */
export interface NewUser {
  name: string;
  email: string;
  /** Without one the account can be used with keys and tokens only. */
  password?: string;
  isAdmin?: boolean;
  /** A bot has no password and needs no address; only whoever may create accounts for others makes one. */
  kind?: 'user' | 'bot';
}

/** What an account is made from, after its check. */
export interface CheckedUser {
  name: string;
  email: string;
  password: string | undefined;
  isAdmin: boolean;
  kind: 'user' | 'bot';
}

/** How an account is made, beside what it is made from. */
export interface Creation {
  /** Runs first in the transaction and may refuse. */
  claim?: (tx: Tx) => Promise<void>;
  /** Runs last in it. */
  afterwards?: (tx: Tx, user: UserRow) => Promise<void>;
  /** Whether it was invited, which lets it register by itself where that needs an invitation. */
  isInvited?: boolean;
  /** The address was proved already, e.g. by the mail with the invitation. */
  isVouched?: boolean;
  /** Says nothing of an address that is taken. */
  hidesTakenAddress?: boolean;
  /** The address stays with the account that has it, and this one is made without. */
  leavesAddress?: boolean;
}

/** What people change about themselves. */
export interface ProfileChanges {
  displayName: string;
  bio?: string;
  location?: string;
  website?: string;
}
