// The values of the users room.
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

/** What people change about themselves. */
export interface ProfileChanges {
  displayName: string;
}
