// Turns an account that proved who it is into an actor: the one place where that happens, whatever the proof was.
import type { UserActor } from '../../base/actor.ts';
import { AppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { requiresTwoFactorOf } from '../orgs/memberships.service.ts';
import { isAwaitingVerification } from '../users/addresses.service.ts';
import { findUserById } from '../users/users.service.ts';
import type { ActorRow } from './actors.types.ts';
import type { TwoFactorDemand } from './second-factors.types.ts';
import { findKey } from './ssh-keys.store.ts';
import { findToken } from './tokens.store.ts';

/**
 * The actor of an account; undefined for suspended accounts, new ones that have not proved their address, and for what
 * is nobody's (organizations, ghosts).
 */
export async function actorOfAccount(
  app: App,
  user: ActorRow,
  via: UserActor['via'],
): Promise<UserActor | undefined> {
  if (user.isSuspended || (user.kind !== 'user' && user.kind !== 'bot')) return undefined;
  if (await isAwaitingVerification(app, user)) return undefined;
  const { id: userId, name, isAdmin } = user;
  return {
    kind: 'user',
    userId,
    name,
    isAdmin,
    via,
    ...(user.avatarHash === null ? {} : { avatarHash: user.avatarHash }),
    ...(user.isRestricted ? { isRestricted: true } : {}),
    ...(user.mustChangePassword ? { mustChangePassword: true as const } : {}),
    ...((await mustEnrol(app, user)) ? { mustEnrol: true as const } : {}),
  };
}

/**
 * Who an account is by now, for what takes long: it may have been suspended, deleted or restricted since it proved who it
 * is, or be no administrator any more. Throws AppError forbidden when it is let in no longer, or its token or key was
 * removed.
 */
export async function actorOfToday(app: App, actor: UserActor): Promise<UserActor> {
  const user = await findUserById(app, actor.userId);
  const today = user && (await actorOfAccount(app, user, actor.via));
  if (!today) throw new AppError('forbidden', 'This account may not sign in any more.');
  if (!(await isStillHeld(app, actor)))
    throw new AppError('forbidden', 'What you signed in with was removed.');
  const { scopes, repositoryIds, address, credential } = actor;
  return {
    ...today,
    ...(scopes === undefined ? {} : { scopes }),
    ...(repositoryIds === undefined ? {} : { repositoryIds }),
    ...(address === undefined ? {} : { address }),
    ...(credential === undefined ? {} : { credential }),
  };
}

/** Whether the token or key somebody came with is theirs by now. */
async function isStillHeld(app: App, { userId, credential }: UserActor): Promise<boolean> {
  if (!credential) return true;
  const find = credential.kind === 'token' ? findToken : findKey;
  return (await find(app.db.read, credential.id))?.userId === userId;
}

/** Whether a second factor is required of an account that has none. Bots cannot hold one. */
export async function mustEnrol(app: App, user: ActorRow): Promise<boolean> {
  if (user.hasSecondFactor || user.kind === 'bot') return false;
  return (await twoFactorDemand(app, user)) !== undefined;
}

/** Who asks the account for a second factor: the site or an organization; undefined when nobody does. */
export async function twoFactorDemand(
  app: App,
  user: Pick<ActorRow, 'id' | 'isAdmin'>,
): Promise<TwoFactorDemand | undefined> {
  const { two_factor: policy } = app.config.accounts;
  if (policy === 'all') return 'everybody';
  if (policy === 'administrators' && user.isAdmin) return 'administrators';
  return (await requiresTwoFactorOf(app, user.id)) ? 'organization' : undefined;
}
