// Acting as somebody else: what administrators may do through the API, for tools that work on behalf of people.
import type { UserActor } from '../../base/actor.ts';
import { AppError } from '../../base/errors.ts';
import { hasAdminPowerToChange, requireEnrolled } from '../../base/judgement.ts';
import type { App } from '../../platform/app.types.ts';
import { findUserByName } from '../users/users.service.ts';
import { actorOfAccount } from './actors.service.ts';

/**
 * The account `name`, as which an administrator acts. It may do what a token of that account with the administrator's own
 * scopes may: never what only somebody there in person does. Throws AppError forbidden for everybody but administrators.
 */
export async function actAs(app: App, admin: UserActor, name: string): Promise<UserActor> {
  requireEnrolled(admin);
  if (!hasAdminPowerToChange(admin) || admin.via === 'ssh')
    throw new AppError('forbidden', 'Only administrators may act as somebody else (sudo).');
  const user = await findUserByName(app, name);
  const actor = user && (await actorOfAccount(app, user, 'token'));
  if (!actor) throw new AppError('not_found', `There is no account named "${shortened(name)}" to act as.`);
  return {
    ...actor,
    scopes: admin.via === 'token' ? (admin.scopes ?? []) : ['all'],
    sudoBy: admin.name,
  };
}

function shortened(name: string): string {
  return name.slice(0, 64);
}
