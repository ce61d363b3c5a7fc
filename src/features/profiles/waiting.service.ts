// What waits for somebody to decide or to do: shown on their dashboard.
import type { UserActor } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import { findUserById } from '../users/users.service.ts';

export interface Waiting {
  icon: string;
  text: string;
  href: string;
  label: string;
}

/** What waits for the actor, the most pressing first. */
export async function waitingFor(app: App, actor: UserActor): Promise<Waiting[]> {
  return secondFactorFor(app, actor);
}

async function secondFactorFor(app: App, actor: UserActor): Promise<Waiting[]> {
  const user = await findUserById(app, actor.userId);
  if (!user || user.hasSecondFactor || app.config.accounts.two_factor === 'off') return [];
  const text = 'Your account has no second factor: a password alone is easily stolen.';
  return [{ icon: 'shield-lock', text, href: '/settings/two-factor', label: 'Set one up' }];
}
