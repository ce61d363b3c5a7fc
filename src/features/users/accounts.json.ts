// Accounts in the JSON that Gitea's API clients expect: what anybody may know of one, and what its person may.
import type { Actor } from '../../base/actor.ts';
import { scopesAllow } from '../../base/actor.ts';
import { hasAdminPower } from '../../base/judgement.ts';
import { isoTime, ZERO_TIME } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { listShownAccounts, type ShownAccount } from './accounts.store.ts';
import { noReplyAddressOf } from './emails.service.ts';
import { maySeeAccount } from './people.service.ts';
import type { UserRow } from './users.types.ts';

type Json = Record<string, unknown>;

/**
 * Accounts by their ids as `viewer` may see them, organizations too: one statement for all. Every id that was asked for is in
 * it; those of deleted accounts and of none are the ghost. The program itself sees what anybody does, since it tells others.
 */
export async function accountsJson(
  app: App,
  viewer: Actor | undefined,
  ids: Iterable<number>,
): Promise<Map<number, Json>> {
  const wanted = [...new Set(ids)];
  const shown = new Map<number, Json>(wanted.map((id) => [id, ghostJson(app)]));
  for (const account of await listShownAccounts(app.db.read, wanted)) {
    shown.set(account.user.id, shownJson(app, viewer, account));
  }
  return shown;
}

/** One account as `viewer` may see it. */
export async function userJson(app: App, viewer: Actor | undefined, row: UserRow): Promise<Json> {
  return (await accountsJson(app, viewer, [row.id])).get(row.id) ?? ghostJson(app);
}

/** What stands where an account was deleted. */
export function ghostJson(app: App): Json {
  return {
    id: -1,
    ...{ login: 'ghost', username: 'ghost', login_name: '', source_id: 0, full_name: '', email: '' },
    avatar_url: `${app.publicUrl()}/avatars/ghost`,
    html_url: `${app.publicUrl()}/ghost`,
    ...{ language: '', is_admin: false, active: false, prohibit_login: false, restricted: false },
    ...{ created: ZERO_TIME, last_login: ZERO_TIME, location: '', website: '', description: '' },
    ...{ visibility: 'public', followers_count: 0, following_count: 0, starred_repos_count: 0 },
  };
}

function shownJson(app: App, viewer: Actor | undefined, account: ShownAccount): Json {
  const { user, visibility, starCount } = account;
  return {
    id: user.id,
    ...{ login: user.name, username: user.name, login_name: '', source_id: 0, full_name: user.displayName },
    email: emailFor(app, viewer, user),
    avatar_url: avatarAddress(app, user),
    html_url: `${app.publicUrl()}/${user.name}`,
    created: isoTime(user.createdAt),
    ...{ visibility: visibility === 'internal' ? 'limited' : (visibility ?? 'public') },
    ...profileOf(viewer, user),
    followers_count: user.followerCount,
    following_count: user.followingCount,
    starred_repos_count: starCount,
    ...standingOf(viewer, user),
  };
}

/** What a suspended person says about themselves is for administrators, as their page is. */
function profileOf(viewer: Actor | undefined, user: UserRow): Json {
  const isShown = maySeeAccount(viewer ?? { kind: 'anonymous' }, user);
  const { location, website, bio } = user;
  return isShown ? { location, website, description: bio } : { location: '', website: '', description: '' };
}

/** How an account stands on the site is its own and the administrators' business; others get what Gitea shows them. */
function standingOf(viewer: Actor | undefined, user: UserRow): Json {
  const isOpen = seesPrivate(viewer, user);
  return {
    active: isOpen,
    is_admin: isOpen && user.isAdmin,
    prohibit_login: isOpen && user.isSuspended,
    restricted: isOpen && user.isRestricted,
    language: isOpen ? 'en-US' : '',
    last_login: isOpen && user.lastLoginAt !== null ? isoTime(user.lastLoginAt) : ZERO_TIME,
  };
}

/** Their address, as far as they let others know it; else one that names them and receives nothing. */
function emailFor(app: App, viewer: Actor | undefined, user: UserRow): string {
  if (user.kind === 'organization') return '';
  const isOpen = !user.hidesEmail && !user.isSuspended && viewer?.kind === 'user';
  const isShown = user.email !== '' && (isOpen || seesPrivate(viewer, user));
  return isShown ? user.email : noReplyAddressOf(app, user);
}

/** Its own person and administrators, by a token only with the scope for it. */
function seesPrivate(viewer: Actor | undefined, user: UserRow): boolean {
  if (viewer?.kind !== 'user') return false;
  if (viewer.userId !== user.id) return hasAdminPower(viewer);
  if (viewer.repositoryIds !== undefined) return false;
  return viewer.via !== 'token' || scopesAllow(viewer.scopes ?? [], 'read', 'user');
}

function avatarAddress(app: App, { name, avatarHash }: UserRow): string {
  const picture = `${app.publicUrl()}/avatars/${name}`;
  return avatarHash === null ? picture : `${picture}/${avatarHash}`;
}
