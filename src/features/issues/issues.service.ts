// Opens issues and finds them.
import { type Actor, doneBy } from '../../base/actor.ts';
import { notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { requireAbility } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { changeWithin, countPost, requirePerson, requireWelcome } from './changing.service.ts';
import { parseNewIssue } from './issues.input.ts';
import { countIssue, findIssueByNumber, insertIssue, noteChange, takeNumber } from './issues.store.ts';
import type { IssueRow, NewIssue } from './issues.types.ts';

/** The issue or pull request of a number; throws AppError not_found. */
export async function requireIssue(app: App, open: OpenRepository, number: number): Promise<IssueRow> {
  const issue = await findIssueByNumber(app.db.read, open.repository.id, number);
  if (!issue) throw notFound('issue');
  return issue;
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
  return app.db.write(async (tx) => {
    await requireWelcome(app, tx, open, authorId);
    const repositoryId = open.repository.id;
    const now = app.clock.now();
    const issue = await insertIssue(tx, {
      repositoryId,
      number: await takeNumber(tx, repositoryId),
      isPull: false,
      authorId,
      title,
      body,
      state: 'open',
      createdAt: now,
      updatedAt: now,
    });
    await countIssue(tx, issue, 1);
    const { id: issueId, number } = issue;
    await app.events.record(tx, { kind: 'issue.opened', ...doneBy(actor), repositoryId, issueId, number });
    const { more } = input;
    if (more) await changeWithin(app, tx, actor, issue, (change) => more(change, tx));
    else await noteChange(tx, issueId, now);
    return issue;
  });
}
