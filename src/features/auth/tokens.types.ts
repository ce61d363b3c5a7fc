// The values of access tokens.
import type { AccessScope } from '../../base/actor.ts';
import type { accessTokens } from '../../platform/db/tables/users.ts';

export type AccessTokenRow = typeof accessTokens.$inferSelect;

export interface NewAccessToken {
  name: string;
  scopes: readonly AccessScope[];
  /** Milliseconds since 1970; without one it lasts until it is removed. */
  expiresAt?: number;
}
