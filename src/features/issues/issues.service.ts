// Opens issues and finds them.
import { type Actor, doneBy } from '../../base/actor.ts';
import { notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { requireAbility } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { claimAttachments } from './attachments.service.ts';
import { changeWithin, countPost, requirePerson, requireWelcome } from './changing.service.ts';
import { parseNewIssue } from './issues.input.ts';
import { readsKind } from './issues.policy.ts';
import {
  countIssue,
  findIssueById,
  findIssueByNumber,
  findRedirect,
  insertIssue,
  noteChange,
  takeNumber,
} from './issues.store.ts';
import type { IssueRow, NewIssue } from './issues.types.ts';
import { subscribeWithin } from './subscriptions.service.ts';
import { readablePaths } from './visible-issues.service.ts';

/** The issue or pull request of a number; throws AppError not_found, also for whoever may not read what is of its kind. */
export async function requireIssue(app: App, open: OpenRepository, number: number): Promise<IssueRow> {
  const issue = await findIssue(app, open, number);
  if (!issue) throw notFound('issue');
  return issue;
}

/** The issue or pull request of a number, if there is one that whoever opened the repository may read. */
export async function findIssue(
  app: App,
  open: OpenRepository,
  number: number,
): Promise<IssueRow | undefined> {
  const issue = await findIssueByNumber(app.db.read, open.repository.id, number);
  return issue && readsKind(open, issue) ? issue : undefined;
}

/** The issue of an id in the opened repository; throws AppError not_found. */
export async function requireIssueById(app: App, open: OpenRepository, id: number): Promise<IssueRow> {
  const issue = await findIssueById(app.db.read, id);
  if (issue?.repositoryId !== open.repository.id || !readsKind(open, issue)) throw notFound('issue');
  return issue;
}

/** The issue that had a number before it was transferred, and where it is; undefined for whoever may not see it there. */
export async function findMovedIssue(
  app: App,
  actor: Actor,
  open: OpenRepository,
  number: number,
): Promise<{ issue: IssueRow; path: string } | undefined> {
  const issueId = await findRedirect(app.db.read, open.repository.id, number);
  const issue = issueId === undefined ? undefined : await findIssueById(app.db.read, issueId);
  if (!issue) return undefined;
  const path = (await readablePaths(app, actor, [issue], open))(issue);
  return path === undefined ? undefined : { issue, path };
}

/** Opens an issue: takes the next number, counts it and records the event, in one transaction. */
export async function createIssue(
  app: App,
  actor: Actor,
  open: OpenRepository,
  input: NewIssue,
): Promise<IssueRow> {
  await requireAbility(app.db.read, actor, open, 'issues:create');
  const authorId = requirePerson(actor);
  const { title, body } = parseNewIssue(input);
  countPost(app, authorId);
  const { more } = input;
  return app.db.write((tx) =>
    openWithin(app, tx, actor, open, { title, body, authorId, isPull: false, ...(more ? { more } : {}) }),
  );
}

/** An issue or pull request that is opened in the caller's own transaction, checked and judged by the caller. */
export interface OpenedWithin extends NewIssue {
  authorId: number;
  isPull: boolean;
}

/** Takes the next number, counts it, records the event and subscribes the author, in the caller's transaction. */
export async function openWithin(
  app: App,
  tx: Tx,
  actor: Actor,
  open: Pick<OpenRepository, 'repository' | 'owner' | 'permission'>,
  { title, body, authorId, isPull, more }: OpenedWithin,
): Promise<IssueRow> {
  await requireWelcome(app, tx, open, authorId);
  const repositoryId = open.repository.id;
  const now = app.clock.now();
  const issue = await insertIssue(tx, {
    repositoryId,
    number: await takeNumber(tx, repositoryId),
    isPull,
    authorId,
    title,
    body,
    state: 'open',
    createdAt: now,
    updatedAt: now,
  });
  await countIssue(tx, issue, 1);
  const { id: issueId, number } = issue;
  await app.events.record(tx, {
    kind: 'issue.opened',
    ...doneBy(actor),
    repositoryId,
    issueId,
    number,
    ...(isPull ? { isPull } : {}),
  });
  await claimAttachments(app, tx, { repositoryId, uploaderId: authorId, issueId, body });
  await subscribeWithin(tx, app, { issueId, userId: authorId, reason: 'author' });
  if (more) await changeWithin(app, tx, actor, issue, (change) => more(change, tx));
  else await noteChange(tx, issueId, now);
  return issue;
}
