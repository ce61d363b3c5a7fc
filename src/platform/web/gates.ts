// The gate of pages that belong to no repository.
import type { Actor, UserActor } from '../../base/actor.ts';
import { AppError, notFound } from '../../base/errors.ts';
import type { WebContext } from './web.types.ts';

export type AccountAccess = 'anyone' | 'signed-in' | 'admin';

/** Lets anyone, signed-in people, or administrators pass; the resource is the actor. */
export async function accountGate(c: WebContext, access: AccountAccess): Promise<Actor> {
  if (access === 'anyone') return c.var.actor;
  const user = requireUserActor(c.var.actor);
  if (access === 'admin' && !user.isAdmin) throw notFound();
  return user;
}

/** The signed-in user; throws AppError unauthenticated for everybody else. */
export function requireUserActor(actor: Actor): UserActor {
  if (actor.kind !== 'user') throw new AppError('unauthenticated', 'Sign in to do this.');
  return actor;
}
