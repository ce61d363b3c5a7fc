// What waits for somebody to decide or to do: shown on their dashboard.
import type { UserActor } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import { secondFactorsOf } from '../auth/second-factors.service.ts';
import { invitationsFor } from '../orgs/invitation-answers.service.ts';
import { transfersFor } from '../repos/transfers.service.ts';
import { findUserById } from '../users/users.service.ts';

export interface Waiting {
  icon: string;
  text: string;
  href: string;
  label: string;
}

/** Recovery codes below which it is time to make new ones. */
const FEW_CODES = 3;
/** Of each kind; the page behind the link shows all. */
const MOST = 5;

/** What waits for the actor: others' requests first, then what keeps the account safe. */
export async function waitingFor(app: App, actor: UserActor): Promise<Waiting[]> {
  const parts = await Promise.all([
    invitationsOf(app, actor),
    transfersOf(app, actor),
    secondFactorOf(app, actor),
  ]);
  return parts.flat();
}

async function invitationsOf(app: App, actor: UserActor): Promise<Waiting[]> {
  const invitations = await invitationsFor(app, actor);
  return invitations.slice(0, MOST).map(({ organizationName }) => ({
    icon: 'organization',
    text: `You are invited to join ${organizationName}.`,
    href: '/settings/organizations',
    label: 'Answer',
  }));
}

async function transfersOf(app: App, actor: UserActor): Promise<Waiting[]> {
  const transfers = await transfersFor(app, actor);
  return transfers.slice(0, MOST).map(({ found, recipient, requestedBy }) => ({
    icon: 'repo',
    text: `${requestedBy || 'Somebody'} wants to transfer ${found.ownerName}/${found.repository.name} to ${
      recipient.id === actor.userId ? 'you' : recipient.name
    }.`,
    href: '/settings/transfers',
    label: 'Answer',
  }));
}

async function secondFactorOf(app: App, actor: UserActor): Promise<Waiting[]> {
  const user = await findUserById(app, actor.userId);
  if (!user) return [];
  if (user.hasSecondFactor) return fewCodesOf(app, actor);
  if (app.config.accounts.two_factor === 'off') return [];
  const text = 'Your account has no second factor: a password alone is easily stolen.';
  return [{ icon: 'shield-lock', text, href: '/settings/two-factor', label: 'Set one up' }];
}

async function fewCodesOf(app: App, actor: UserActor): Promise<Waiting[]> {
  const { unusedRecoveryCodes: left } = await secondFactorsOf(app, actor, actor.userId);
  if (left >= FEW_CODES) return [];
  const text =
    left === 0
      ? 'You have no recovery codes left.'
      : `You have ${left} recovery ${left === 1 ? 'code' : 'codes'} left.`;
  return [{ icon: 'key', text, href: '/settings/two-factor', label: 'Make new ones' }];
}
