// Who may look at webhooks and who may change them, for each kind of owner; what that asks is in base/abilities.ts.
import type { Actor } from '../../base/actor.ts';
import { notFound } from '../../base/errors.ts';
import { requireScope, requireSiteAbility } from '../../base/judgement.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { judgeOrganization, requireOrganizationAbility } from '../orgs/orgs.policy.ts';
import { findOrganizationById } from '../orgs/orgs.service.ts';
import { openRepositoryById, requireStillOpen } from '../repos/access.service.ts';
import { requireAccountAbility } from '../users/users.policy.ts';
import { HOOK_EVENTS } from './hook-events.data.ts';
import type { HookOwner, HookRow } from './hooks.types.ts';

const READ = {
  repository: 'webhooks:read',
  organization: 'organization-webhooks:read',
  user: 'own-webhooks:read',
  site: 'site-webhooks:read',
} as const;

const MANAGE = {
  repository: 'webhooks:manage',
  organization: 'organization-webhooks:manage',
  user: 'own-webhooks:manage',
  site: 'site:administer',
} as const;

/** Lets whoever manages the owner look at its webhooks. Throws AppError as the gates of the owner's pages. */
export async function requireMayReadHooks(app: App, actor: Actor, owner: HookOwner): Promise<void> {
  if (owner.scope === 'repository') await openRepositoryById(app, actor, owner.repositoryId, READ.repository);
  else if (owner.scope === 'organization')
    await requireOrganizationAbility(app, actor, owner.ownerId, READ.organization);
  else if (owner.scope === 'user') requireAccountAbility(actor, owner.ownerId, READ.user);
  else requireSiteAbility(actor, READ.site);
}

/** Lets whoever manages the owner change its webhooks, judged by what is true in the transaction. */
export async function requireMayManageHooks(app: App, tx: Tx, actor: Actor, owner: HookOwner): Promise<void> {
  if (owner.scope === 'repository') await requireStillOpen(tx, actor, owner.repositoryId, MANAGE.repository);
  else if (owner.scope === 'organization') await judgeOwningOrganization(app, tx, actor, owner.ownerId);
  else if (owner.scope === 'user') requireAccountAbility(actor, owner.ownerId, MANAGE.user);
  else requireSiteAbility(actor, MANAGE.site);
}

async function judgeOwningOrganization(app: App, tx: Tx, actor: Actor, id: number): Promise<void> {
  const organization = await findOrganizationById(app, id, tx);
  if (!organization) throw notFound('organization');
  await judgeOrganization(tx, actor, organization, MANAGE.organization);
}

/** Events, as webhooks choose them or as deliveries name them, that tell what is written in issues. */
const OF_ISSUES = /^(?:issue|label$|milestone$|pull_request_comment$)/;

/**
 * Lets a token see what webhooks are told of these events only where it could read that itself: a token for one's account, an
 * organization or the administration reads no code and no issues by way of a webhook. Throws AppError forbidden.
 */
export function requireMayBeTold(actor: Actor, events: readonly string[]): void {
  if (actor.kind !== 'user' || events.length === 0) return;
  requireScope(actor, 'read:repository');
  if (events.some((name) => OF_ISSUES.test(name))) requireScope(actor, 'read:issue');
}

/**
 * As `requireMayBeTold`, for whoever says where a webhook sends what it is told. Elsewhere than on one's account the scope to
 * manage webhooks also lets people in, who may read everything.
 */
export function requireMayPassOn(
  actor: Actor,
  { scope }: HookOwner,
  { sendsAll, events }: Pick<HookRow, 'sendsAll' | 'events'>,
): void {
  if (scope === 'user') requireMayBeTold(actor, sendsAll ? Object.keys(HOOK_EVENTS) : events);
}

/** Whether a webhook is one of an owner's. */
export function isOf(hook: Pick<HookRow, 'scope' | 'repositoryId' | 'ownerId'>, owner: HookOwner): boolean {
  if (hook.scope !== owner.scope) return false;
  if (owner.scope === 'site') return true;
  return owner.scope === 'repository'
    ? hook.repositoryId === owner.repositoryId
    : hook.ownerId === owner.ownerId;
}

/** Whose webhook it is. */
export function ownerOf(hook: Pick<HookRow, 'scope' | 'repositoryId' | 'ownerId'>): HookOwner {
  const { scope, repositoryId, ownerId } = hook;
  if (scope === 'repository') return { scope, repositoryId: repositoryId ?? 0 };
  if (scope === 'site') return { scope };
  return { scope, ownerId: ownerId ?? 0 };
}
