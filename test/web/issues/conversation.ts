// What the tests of conversations share: a repository with people in every role, issues in it, and what was told of them.
import { createIssue, findIssue } from '../../../src/features/issues/issues.service.ts';
import type { EntryRow, IssueRow } from '../../../src/features/issues/issues.types.ts';
import { readTimeline } from '../../../src/features/issues/timeline.service.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { giveAccess } from '../../../src/features/repos/collaborators.service.ts';
import { parseNewRepository } from '../../../src/features/repos/repos.input.ts';
import { createRepository } from '../../../src/features/repos/repos.service.ts';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import type { TestApp, Visitor } from '../../support/test-app.ts';

let number = 0;

export interface Conversation {
  open: OpenRepository;
  /** Owns the repository. */
  ada: Visitor;
  writer: Visitor;
  triager: Visitor;
  reader: Visitor;
  /** Was given nothing. */
  stranger: Visitor;
  /** `/ada/talk1/issues/1`, opened by `reader`. */
  href: string;
  issue(): Promise<IssueRow>;
  entries(): Promise<EntryRow[]>;
  kinds(): Promise<string[]>;
  events(): Promise<string[]>;
}

/** `ada/talk<n>` with one issue by `reader`; `writer` may write, `triager` sort, everybody read where it is public. */
export async function startConversation(
  t: TestApp,
  visibility: 'public' | 'private' = 'public',
  { title = 'The loom jams', body = 'It **stops** after two rows.' } = {},
): Promise<Conversation> {
  number += 1;
  const open = await newRepository(t, `talk${number}`, visibility);
  const author = await t.actor('reader');
  const theirs = await openRepository(t.app, author, 'ada', open.repository.name, 'issues:read');
  const made = await createIssue(t.app, author, theirs, { title, body });
  const issue = async () => {
    const found = await findIssue(t.app, open, made.number);
    if (!found) throw new Error('The issue is gone.');
    return found;
  };
  const entries = async () => (await readTimeline(t.app, made.id, {})).entries;
  const visitors = await Promise.all(
    ['ada', 'writer', 'triager', 'reader', 'stranger'].map((name) => t.as(name)),
  );
  const [ada, writer, triager, reader, stranger] = visitors as [Visitor, Visitor, Visitor, Visitor, Visitor];
  return {
    open,
    ada,
    writer,
    triager,
    reader,
    stranger,
    href: `${open.path}/issues/${made.number}`,
    issue,
    entries,
    kinds: async () => (await entries()).map(({ kind }) => kind),
    events: () => issueEvents(t, open),
  };
}

/** A repository of `ada` with people in every role. */
export async function newRepository(
  t: TestApp,
  name: string,
  visibility: 'public' | 'private' = 'public',
): Promise<OpenRepository> {
  const ada = await t.actor('ada');
  await createRepository(t.app, ada, parseNewRepository({ name, visibility }));
  const open = await openRepository(t.app, ada, 'ada', name, 'repository:see');
  for (const [person, permission] of [
    ['writer', 'write'],
    ['triager', 'triage'],
    ['reader', 'read'],
  ] as const) {
    await t.actor(person);
    await giveAccess(t.app, ada, open, { username: person, permission });
  }
  return open;
}

/** The kinds of events about issues of a repository, the newest last. */
export async function issueEvents(t: TestApp, open: OpenRepository): Promise<string[]> {
  const events = await t.app.events.recent({ repositoryId: open.repository.id, limit: 200 });
  return events
    .map(({ kind }) => kind as string)
    .filter((kind) => kind.startsWith('issue.'))
    .reverse();
}
