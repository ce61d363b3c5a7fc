// The one way an issue is changed: judged, in one transaction with its timeline and events, and told to the index.

import { ruleOf } from '../../base/abilities.ts';
import type { Actor } from '../../base/actor.ts';
import { AppError, notFound } from '../../base/errors.ts';
import { HOUR } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { permissionIncludes, requireAbility } from '../repos/repos.policy.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { isBlocked } from '../users/blocks.service.ts';
import { insertEntry, updateEntry } from './entries.store.ts';
import { unitOf } from './issues.policy.ts';
import { findIssueById, noteChange, updateIssue } from './issues.store.ts';
import type { IssueChange, IssueRow } from './issues.types.ts';

/**
 * Runs `change` on an issue of the opened repository in one transaction. Throws AppError as `requireAbility` does, and
 * not_found when the issue is not (or no longer) in this repository. Whatever `change` sets is stored when it is done,
 * with the time. `change` may run again, so it changes rows only; it records the events itself.
 */
export async function changeIssue<T>(
  app: App,
  actor: Actor,
  open: Pick<OpenRepository, 'repository' | 'owner'>,
  issueId: number,
  ability: Ability,
  change: (change: IssueChange) => Promise<T>,
): Promise<T> {
  await requireAbility(app.db.read, actor, open, ability);
  return app.db.write(async (tx) => {
    const issue = await findIssueById(tx, issueId);
    if (!issue || issue.repositoryId !== open.repository.id) throw notFound('issue');
    requireOwnAbility(issue, ability);
    return changeWithin(app, tx, actor, issue, change);
  });
}

/** An ability on issues is none on pull requests, and the other way round, whatever the caller took it for. */
function requireOwnAbility(issue: IssueRow, ability: Ability): void {
  const { unit } = ruleOf(ability);
  if ((unit === 'issues' || unit === 'pulls') && unit !== unitOf(issue)) throw notFound('issue');
}

/** As `changeIssue`, for several issues in the caller's own transaction; the caller has judged. */
export async function changeWithin<T>(
  app: App,
  tx: Tx,
  actor: Actor,
  issue: IssueRow,
  change: (change: IssueChange) => Promise<T>,
): Promise<T> {
  const now = app.clock.now();
  const userId = actor.kind === 'user' ? actor.userId : undefined;
  const columns: Partial<IssueRow> = {};
  const result = await change({
    tx,
    issue,
    userId,
    now,
    set: (more) => void Object.assign(columns, more),
    addEntry: (kind, data, more = {}) =>
      insertEntry(tx, {
        issueId: issue.id,
        kind,
        actorId: userId ?? null,
        data: data as Record<string, unknown>,
        createdAt: now,
        ...more,
      }),
    setData: (_kind, entryId, data) => updateEntry(tx, entryId, { data: data as Record<string, unknown> }),
  });
  await updateIssue(tx, issue.id, { ...columns, updatedAt: now });
  await noteChange(tx, issue.id, now);
  return result;
}

/** Tells the index that something which lists show has changed beside an issue's own row, without a time for people. */
export async function noteIssueChange(app: App, tx: Tx, issueId: number): Promise<void> {
  await noteChange(tx, issueId, app.clock.now());
}

/** The person who acts; throws AppError unauthenticated for everybody who is none. */
export function requirePerson(actor: Actor): number {
  if (actor.kind === 'user') return actor.userId;
  throw new AppError('unauthenticated', 'Sign in to take part.');
}

/** Throws AppError forbidden for whom the repository's owner, or the author of what is answered, has blocked. */
export async function requireWelcome(
  app: App,
  tx: Tx,
  open: Pick<OpenRepository, 'owner' | 'permission'>,
  userId: number,
  authorId?: number,
): Promise<void> {
  const byOwner = await isBlocked(app, open.owner.id, userId, tx);
  const byAuthor =
    authorId !== undefined &&
    !permissionIncludes(open.permission, 'write') &&
    (await isBlocked(app, authorId, userId, tx));
  if (byOwner || byAuthor) throw new AppError('forbidden', 'You cannot write here: you were blocked.');
}

/** Throws AppError forbidden for whom `requireWelcome` refuses, and in locked conversations for all without write permission. */
export async function requireTalking(
  app: App,
  tx: Tx,
  open: Pick<OpenRepository, 'owner' | 'permission' | 'units'>,
  issue: Pick<IssueRow, 'authorId' | 'lockedAt' | 'isPull'>,
  userId: number,
): Promise<void> {
  await requireWelcome(app, tx, open, userId, issue.authorId);
  if (issue.lockedAt === null || open.units[unitOf(issue)] === 'write') return;
  throw new AppError(
    'forbidden',
    'This conversation is locked: only people with write permission may take part in it.',
  );
}

/** Counts one text somebody writes against `issues.posts_per_hour`; throws AppError rate_limited. */
export function countPost(app: App, userId: number): void {
  app.limits.take({ key: `issues:posts:${userId}`, burst: app.config.issues.posts_per_hour, per: HOUR });
}
