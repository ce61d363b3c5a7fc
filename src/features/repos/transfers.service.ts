// Transfers: a repository goes to another owner, at once where the actor may act for them, else when they accept.
import { type Actor, doneBy, type UserActor } from '../../base/actor.ts';
import { AppError, invalid, isAppError, notFound } from '../../base/errors.ts';
import { requireSiteAbility } from '../../base/judgement.ts';
import { DAY } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { mayOpenUp } from '../orgs/orgs.policy.ts';
import { findOrganizationById } from '../orgs/orgs.service.ts';
import { areApart } from '../users/blocks.service.ts';
import { findUserById } from '../users/users.service.ts';
import {
  findRecipient,
  mayActFor,
  ownersForCreation,
  type RepositoryOwner,
  requireStillOwner,
} from './owners.service.ts';
import { requireAbility } from './repos.policy.ts';
import {
  findByNameKeys,
  findLiveById,
  removeCollaborator,
  removeRedirect,
  setRedirect,
  updateRepository,
} from './repos.store.ts';
import type { OpenRepository, RepositorySummary } from './repos.types.ts';
import { addTakingTeams } from './team-reach.service.ts';
import { mailTransfer } from './transfer-mails.service.ts';
import {
  findTransfer,
  listTransfersTo,
  removeExpiredTransfers,
  removeTeamGrants,
  removeTransfer,
  setTransfer,
} from './transfers.store.ts';
import { TRANSFER_DAYS, type Transfer, type TransferRow } from './transfers.types.ts';

/** Requests of one person: each is a mail to somebody who did not ask for it. */
const PER_GIVER = { burst: 50, per: DAY };

/**
 * Sends a repository to another owner: at once to oneself and to organizations in which the actor may create it, else as a
 * request that waits a week. Says which. Throws AppError invalid on `recipient`, rate_limited after too many requests in
 * a day.
 */
export async function transferRepository(
  app: App,
  actor: Actor,
  open: OpenRepository,
  name: string,
): Promise<{ isDone: boolean; recipient: RepositoryOwner }> {
  await requireAbility(app.db.read, actor, open, 'repository:own');
  const recipient = await requireRecipient(app, actor, open, name.trim());
  await refuseVisiblyTaken(app, actor, open, recipient);
  const isDone = await mayActFor(app, app.db.read, actor, recipient, open.repository.visibility);
  if (!isDone && actor.kind === 'user')
    app.limits.take({ key: `transfer:user:${actor.userId}`, ...PER_GIVER });
  await app.db.write(async (tx) => {
    const found = await findLiveById(tx, open.repository.id);
    if (!found) throw notFound('repository');
    await requireAbility(tx, actor, found, 'repository:own');
    if (!(await mayLeave(app, tx, actor, found)))
      throw invalid({ recipient: 'Only owners of this organization transfer its repositories.' });
    if (isDone) await hand(app, tx, actor, found, recipient);
    else await ask(app, tx, actor, found, recipient);
  });
  return { isDone, recipient };
}

/** Whether the rules of the organization that owns it, if one does, let the actor take a repository out of it. */
async function mayLeave(
  app: App,
  tx: Tx,
  actor: Actor,
  { repository, ownerKind }: RepositorySummary,
): Promise<boolean> {
  if (ownerKind !== 'organization') return true;
  const organization = await findOrganizationById(app, repository.ownerId, tx);
  return organization !== undefined && mayOpenUp(tx, actor, organization);
}

async function requireRecipient(
  app: App,
  actor: Actor,
  open: OpenRepository,
  name: string,
): Promise<RepositoryOwner> {
  if (name === '') throw invalid({ recipient: 'Name the new owner.' });
  const recipient = await findRecipient(app, actor, name);
  if (!recipient)
    throw invalid({ recipient: `There is no user or organization named ${name.slice(0, 64)}.` });
  if (recipient.id === open.owner.id) throw invalid({ recipient: 'This is the owner already.' });
  const parties = [open.owner.id, ...(actor.kind === 'user' ? [actor.userId] : [])];
  for (const id of parties)
    if (await areApart(app, recipient.id, id))
      throw invalid({ recipient: `You cannot transfer repositories to ${recipient.name}.` });
  return recipient;
}

/** Told only of names the actor sees: whether somebody has a private repository of a name is nobody's business. */
async function refuseVisiblyTaken(
  app: App,
  actor: Actor,
  open: OpenRepository,
  recipient: RepositoryOwner,
): Promise<void> {
  const { nameKey, name } = open.repository;
  const taken = await findByNameKeys(app.db.read, recipient.name.toLowerCase(), nameKey);
  if (!taken) return;
  try {
    await requireAbility(app.db.read, actor, taken, 'repository:see');
  } catch (error) {
    if (isAppError(error)) return;
    throw error;
  }
  throw nameTaken(recipient, name);
}

function nameTaken(recipient: { name: string }, name: string): AppError {
  return invalid({
    recipient: `${recipient.name} already has a repository named ${name}. Rename one of the two first.`,
  });
}

/** Writes the request, in the place of an earlier one, and tells the recipient. */
async function ask(
  app: App,
  tx: Tx,
  actor: Actor,
  { repository, ownerName }: RepositorySummary,
  recipient: RepositoryOwner,
): Promise<void> {
  const now = app.clock.now();
  await removeExpiredTransfers(tx, now);
  const requestedBy = actor.kind === 'user' ? actor.userId : null;
  const [recipientId, expiresAt] = [recipient.id, now + TRANSFER_DAYS * DAY];
  await setTransfer(tx, { repositoryId: repository.id, recipientId, requestedBy, createdAt: now, expiresAt });
  await app.events.record(tx, {
    kind: 'repository.transfer_requested',
    ...doneBy(actor),
    repositoryId: repository.id,
    recipientId,
  });
  await mailTransfer(app, tx, actor, `${ownerName}/${repository.name}`, recipient);
}

/** The transfers that wait for the actor, as themselves or for organizations in which they may create repositories. */
export async function transfersFor(app: App, actor: Actor): Promise<Transfer[]> {
  if (actor.kind !== 'user') return [];
  requireSiteAbility(actor, 'repositories:create');
  const owners = new Map((await ownersForCreation(app, actor)).map((owner) => [owner.id, owner]));
  const rows = await listTransfersTo(app.db.read, [...owners.keys()], app.clock.now());
  const shown = rows.map(({ transfer, found }) => showTransfer(app, transfer, found, owners));
  return (await Promise.all(shown)).filter((transfer) => transfer !== undefined);
}

async function showTransfer(
  app: App,
  transfer: TransferRow,
  found: RepositorySummary,
  owners: Map<number, RepositoryOwner>,
): Promise<Transfer | undefined> {
  const recipient = owners.get(transfer.recipientId);
  if (!recipient) return undefined;
  const { requestedBy, createdAt, expiresAt } = transfer;
  const by = requestedBy === null ? undefined : await findUserById(app, requestedBy);
  return { found, recipient, requestedBy: by?.name ?? '', createdAt, expiresAt };
}

/** The transfer of a repository that waits, for those who may cancel it. */
export async function waitingTransfer(
  app: App,
  actor: Actor,
  open: OpenRepository,
): Promise<{ recipient: string; expiresAt: number } | undefined> {
  await requireAbility(app.db.read, actor, open, 'settings:read');
  const transfer = await findTransfer(app.db.read, open.repository.id, app.clock.now());
  const recipient = transfer && (await findUserById(app, transfer.recipientId));
  return transfer && recipient ? { recipient: recipient.name, expiresAt: transfer.expiresAt } : undefined;
}

/**
 * Takes a repository over. Throws AppError not_found for transfers that do not wait for the actor, conflict when whoever
 * asked may not give it away any more, invalid on `recipient` when its name is taken.
 */
export async function acceptTransfer(
  app: App,
  actor: Actor,
  repositoryId: number,
): Promise<RepositorySummary> {
  const { recipient } = await requireTransferFor(app, actor, repositoryId);
  return app.db.write(async (tx) => {
    const { transfer, found } = await requireWaiting(app, tx, repositoryId, recipient.id);
    await requireStillGiven(app, tx, transfer, found);
    return hand(app, tx, actor, found, recipient);
  });
}

/** The repository of a transfer that waits for the actor, by its names of now; they need not see it otherwise. */
export async function requireOffered(
  app: App,
  actor: Actor,
  owner: string,
  name: string,
): Promise<RepositorySummary> {
  const key = `${owner}/${name}`.toLowerCase();
  const transfers = await transfersFor(app, actor);
  const offered = transfers.find(
    ({ found }) => `${found.ownerName}/${found.repository.name}`.toLowerCase() === key,
  );
  if (!offered) throw notFound('transfer');
  return offered.found;
}

/** Declines a transfer that waits for the actor. */
export async function declineTransfer(app: App, actor: Actor, repositoryId: number): Promise<void> {
  const { recipient } = await requireTransferFor(app, actor, repositoryId);
  await app.db.write(async (tx) => {
    await requireWaiting(app, tx, repositoryId, recipient.id);
    await end(app, tx, actor, repositoryId, recipient.id);
  });
}

/** Takes back a request; nothing happens when there was none. */
export async function cancelTransfer(app: App, actor: Actor, open: OpenRepository): Promise<void> {
  await app.db.write(async (tx) => {
    const found = await findLiveById(tx, open.repository.id);
    if (!found) throw notFound('repository');
    await requireAbility(tx, actor, found, 'repository:own');
    const transfer = await findTransfer(tx, found.repository.id, app.clock.now());
    if (transfer) await end(app, tx, actor, transfer.repositoryId, transfer.recipientId);
  });
}

async function requireTransferFor(
  app: App,
  actor: Actor,
  repositoryId: number,
): Promise<Transfer & { recipient: RepositoryOwner }> {
  const transfers = await transfersFor(app, actor);
  const transfer = transfers.find(({ found }) => found.repository.id === repositoryId);
  if (!transfer) throw notFound('transfer');
  return transfer as Transfer & { recipient: RepositoryOwner };
}

async function requireWaiting(
  app: App,
  tx: Tx,
  repositoryId: number,
  recipientId: number,
): Promise<{ transfer: TransferRow; found: RepositorySummary }> {
  const transfer = await findTransfer(tx, repositoryId, app.clock.now());
  const found = await findLiveById(tx, repositoryId);
  if (!found || transfer?.recipientId !== recipientId) throw notFound('transfer');
  return { transfer, found };
}

/** Whoever asked may have lost the power to give it away since: then nobody takes it over. */
async function requireStillGiven(
  app: App,
  tx: Tx,
  { requestedBy }: TransferRow,
  found: RepositorySummary,
): Promise<void> {
  const account = requestedBy === null ? undefined : await findUserById(app, requestedBy, tx);
  const gone = new AppError('conflict', 'Whoever offered this repository may not give it away any more.');
  if (!account || account.isSuspended || account.kind === 'ghost') throw gone;
  const giver: UserActor = {
    kind: 'user',
    userId: account.id,
    name: account.name,
    isAdmin: account.isAdmin,
    via: 'session',
  };
  try {
    await requireAbility(tx, giver, found, 'repository:own');
  } catch (error) {
    throw isAppError(error) ? gone : error;
  }
  if (!(await mayLeave(app, tx, giver, found))) throw gone;
}

async function end(app: App, tx: Tx, actor: Actor, repositoryId: number, recipientId: number): Promise<void> {
  if (!(await removeTransfer(tx, repositoryId))) return;
  const kind = 'repository.transfer_cancelled';
  await app.events.record(tx, { kind, ...doneBy(actor), repositoryId, recipientId });
}

/** Makes somebody the owner, in the caller's transaction; returns the repository as it is then. */
async function hand(
  app: App,
  tx: Tx,
  actor: Actor,
  { repository, ownerKind }: RepositorySummary,
  recipient: RepositoryOwner,
): Promise<RepositorySummary> {
  const { id, ownerId, nameKey, name, visibility } = repository;
  await requireStillOwner(app, tx, actor, recipient, visibility);
  if (await findByNameKeys(tx, recipient.name.toLowerCase(), nameKey)) throw nameTaken(recipient, name);
  const event = {
    kind: 'repository.transferred' as const,
    ...doneBy(actor),
    ...{ repositoryId: id, fromId: ownerId, toId: recipient.id },
  };
  // The audit log of an organization holds what happens while a repository is its own: also that it goes.
  const leaves = ownerKind === 'organization';
  if (leaves) await app.events.record(tx, event);
  await removeTransfer(tx, id);
  await removeTeamGrants(tx, id);
  await removeCollaborator(tx, id, recipient.id);
  await updateRepository(tx, id, { ownerId: recipient.id, updatedAt: app.clock.now() });
  await removeRedirect(tx, recipient.id, nameKey);
  await setRedirect(tx, ownerId, nameKey, id);
  if (!leaves) await app.events.record(tx, event);
  await addTakingTeams(app, tx, { id, ownerId: recipient.id });
  const moved = await findLiveById(tx, id);
  if (!moved) throw notFound('repository');
  return moved;
}
