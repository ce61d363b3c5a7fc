// The values of access tokens.
import type { AccessScope, Actor, ScopeArea } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import type { accessTokens } from '../../platform/db/tables/users.ts';

export type AccessTokenRow = typeof accessTokens.$inferSelect;

export interface NewAccessToken {
  name: string;
  scopes: readonly AccessScope[];
  /** Milliseconds since 1970; without one it lasts until it is removed. */
  expiresAt?: number;
  /** Ids of the repositories it is limited to; without them it reaches every one its person reaches. */
  repositoryIds?: readonly number[];
}

/** What the form of a new token holds, as it was typed. */
export interface TokenForm {
  name: string;
  /** One of TOKEN_LIFETIMES. */
  lifetime: string;
  /** `2027-01-31`; counts with the lifetime `date` only. */
  expiresOn: string;
  isAll: boolean;
  /** `none`, `read` or `write` for each area. */
  access: Partial<Record<ScopeArea, string>>;
  /** `all` repositories, or those `selected`. */
  reach: string;
  /** One `owner/name` on each line. */
  repositories: string;
}

/** How the page of tokens, which stands left of repositories, finds and names them. */
export interface TokenRepositories {
  /** The ids of repositories by `owner/name`; throws AppError invalid on `repositories`. */
  find(app: App, actor: Actor, names: readonly string[]): Promise<number[]>;
  /** `owner/name` of those that the actor sees now. */
  namesOf(app: App, actor: Actor, ids: readonly number[]): Promise<ReadonlyMap<number, string>>;
}
