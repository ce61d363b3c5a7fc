// Webhooks: making, changing and removing them, for repositories, organizations, people and the site. What they send is
// happenings, messages and delivering.
import { type Actor, doneBy } from '../../base/actor.ts';
import { invalid, notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { branchFilterFault } from './branch-filters.policy.ts';
import { deliverSoon } from './delivery-jobs.service.ts';
import { requireReachable } from './hook-addresses.service.ts';
import { HOOK_EVENTS, type HookEvent } from './hook-events.data.ts';
import { openHook, sealSecrets } from './hook-secrets.service.ts';
import { isOf, requireMayManageHooks, requireMayPassOn, requireMayReadHooks } from './hooks.policy.ts';
import { countHooks, findHook, insertHook, listHooks, removeHookRow, updateHook } from './hooks.store.ts';
import type { Hook, HookChanges, HookOwner, HookRow, HookSecrets, NewHook } from './hooks.types.ts';

export { openHook } from './hook-secrets.service.ts';

/** On a page: the limit may have been lower when the webhooks were made. */
const MOST_LISTED = 1000;
/** Nothing failed so far, or all of it is forgiven. */
const WELL = { failingSince: null, failures: 0, retryAt: null, suspendedAt: null } as const;

/** A page of somebody's webhooks, oldest first, and how many there are. */
export async function hooksOf(
  app: App,
  actor: Actor,
  owner: HookOwner,
  { page = 1, limit = MOST_LISTED }: { page?: number; limit?: number } = {},
): Promise<{ hooks: Hook[]; total: number }> {
  await requireMayReadHooks(app, actor, owner);
  const rows = await listHooks(app.db.read, owner, { limit, offset: (page - 1) * limit });
  return { hooks: rows.map((row) => openHook(app, row)), total: await countHooks(app.db.read, owner) };
}

/** One of somebody's webhooks; throws AppError not_found for others. */
export async function requireHook(app: App, actor: Actor, owner: HookOwner, id: number): Promise<Hook> {
  await requireMayReadHooks(app, actor, owner);
  return openHook(app, await requireRow(app.db.read, owner, id));
}

/** Makes a webhook. Throws AppError invalid on `url` where it leads inside, or where there are as many as there may be. */
export async function createHook(app: App, actor: Actor, owner: HookOwner, input: NewHook): Promise<Hook> {
  requireFit(app, owner, input);
  const row = await app.db.write(async (tx) => {
    await requireMayManageHooks(app, tx, actor, owner);
    requireMayPassOn(actor, owner, input);
    await requireRoom(app, tx, owner);
    const made = await insertHook(tx, newRow(app, actor, owner, input));
    await recordChange(app, tx, 'webhook.created', actor, owner, made.id, input.url);
    return made;
  });
  return openHook(app, row);
}

function requireFit(app: App, { scope }: HookOwner, { url, branchFilter, events = [] }: HookChanges): void {
  if (url !== undefined) requireReachable(app, url);
  const fault = branchFilter === undefined ? undefined : branchFilterFault(branchFilter);
  if (fault !== undefined) throw invalid({ branchFilter: fault });
  const wide = scope === 'organization' || scope === 'site' ? undefined : events.find(isWideOnly);
  if (wide === undefined) return;
  throw invalid({ events: `The event ${wide} is for webhooks of organizations and of the whole site.` });
}

/** Whether an event is of no repository. */
export function isWideOnly(name: string): boolean {
  const events: Readonly<Record<string, HookEvent>> = HOOK_EVENTS;
  return events[name]?.wideOnly === true;
}

function newRow(app: App, actor: Actor, owner: HookOwner, input: NewHook): Omit<HookRow, 'id'> {
  const { url, secret, authorization, ...rest } = input;
  const now = app.clock.now();
  return {
    ...rest,
    scope: owner.scope,
    repositoryId: owner.scope === 'repository' ? owner.repositoryId : null,
    ownerId: 'ownerId' in owner ? owner.ownerId : null,
    sealed: sealSecrets(app, { url, secret, authorization }),
    createdById: actor.kind === 'user' ? actor.userId : null,
    createdAt: now,
    updatedAt: now,
    ...WELL,
    ...{ lastState: null, lastTriedAt: null },
  };
}

async function requireRoom(app: App, tx: Tx, owner: HookOwner): Promise<void> {
  const most = app.config.webhooks.most_per_owner;
  if ((await countHooks(tx, owner)) < most) return;
  throw invalid({ url: `There may be ${most} webhooks here at most. Delete some first.` });
}

/**
 * Changes a webhook; what is left out stays. Where its address leads to another host, the Authorization header must be
 * given again: whoever may change the address would learn it otherwise. What waits is tried at once, also where it was given up.
 */
export async function changeHook(
  app: App,
  actor: Actor,
  owner: HookOwner,
  id: number,
  changes: HookChanges,
): Promise<Hook> {
  requireFit(app, owner, changes);
  const row = await app.db.write(async (tx) => {
    await requireMayManageHooks(app, tx, actor, owner);
    const before = openHook(app, await requireRow(tx, owner, id));
    // What waits is of the events chosen before.
    for (const chosen of [before, { ...before, ...changes }]) requireMayPassOn(actor, owner, chosen);
    const secrets = secretsAfter(before, changes);
    const { url: _, secret: __, authorization: ___, ...rest } = changes;
    await updateHook(tx, id, {
      ...rest,
      ...(rest.isActive === false ? {} : WELL),
      sealed: sealSecrets(app, secrets),
      updatedAt: app.clock.now(),
    });
    await recordChange(app, tx, 'webhook.updated', actor, owner, id, secrets.url);
    await deliverSoon(app, tx, id);
    return requireRow(tx, owner, id);
  });
  return openHook(app, row);
}

function secretsAfter(before: Hook, { url, secret, authorization }: HookChanges): HookSecrets {
  const moves = url !== undefined && new URL(url).origin !== new URL(before.url).origin;
  if (moves && before.authorization !== '' && authorization === undefined)
    throw invalid({
      authorization: 'Give this again, or remove it: what is kept was given for another host.',
    });
  return {
    url: url ?? before.url,
    secret: secret ?? before.secret,
    authorization: authorization ?? before.authorization,
  };
}

/** Has a webhook that was given up deliver again. */
export async function resumeHook(app: App, actor: Actor, owner: HookOwner, id: number): Promise<Hook> {
  return changeHook(app, actor, owner, id, {});
}

/** Removes a webhook with everything it was told; what waits is sent no more. */
export async function deleteHook(app: App, actor: Actor, owner: HookOwner, id: number): Promise<void> {
  await app.db.write(async (tx) => {
    await requireMayManageHooks(app, tx, actor, owner);
    const { url } = openHook(app, await requireRow(tx, owner, id));
    await removeHookRow(tx, id);
    await recordChange(app, tx, 'webhook.deleted', actor, owner, id, url);
  });
}

async function requireRow(db: Tx | App['db']['read'], owner: HookOwner, id: number): Promise<HookRow> {
  const row = await findHook(db, id);
  if (!row || !isOf(row, owner)) throw notFound('webhook');
  return row;
}

async function recordChange(
  app: App,
  tx: Tx,
  kind: 'webhook.created' | 'webhook.updated' | 'webhook.deleted',
  actor: Actor,
  owner: HookOwner,
  webhookId: number,
  url: string,
): Promise<void> {
  const host = new URL(url).host;
  await app.events.record(tx, { kind, ...doneBy(actor), webhookId, host, ...placeOf(owner) });
}

/** How events name whose webhook it is. */
export function placeOf(owner: HookOwner): {
  repositoryId?: number;
  organizationId?: number;
  ofUserId?: number;
} {
  if (owner.scope === 'repository') return { repositoryId: owner.repositoryId };
  if (owner.scope === 'organization') return { organizationId: owner.ownerId };
  return owner.scope === 'user' ? { ofUserId: owner.ownerId } : {};
}
