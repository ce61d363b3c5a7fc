// What a text that was written does elsewhere: issues it names show that, and people it mentions are kept with the issue. Only
// where its writer may see what is named. Doing it again changes nothing.
import { doneBy } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import type { RecordedEvent } from '../../platform/events/events.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { blockersAmong } from '../users/blocks.service.ts';
import { findEntryOnce, insertMentioned } from './cross-references.store.ts';
import { findEntry, insertEntryOnce } from './entries.store.ts';
import { abilityOn, unitOf } from './issues.policy.ts';
import { findIssueById, noteChange } from './issues.store.ts';
import type { IssueRow } from './issues.types.ts';
import { findNamedThings } from './named-things.service.ts';
import { mentionsAmong, referencesAmong } from './references.service.ts';
import type { LinkedIssue } from './resolving.store.ts';
import { isText } from './text-entries.service.ts';
import { keptReferences, shownReferences, type TextToRender } from './texts.service.ts';
import { actorOf, openedOrNot } from './writers.service.ts';

/** Issues that one text may refer to. */
const MOST_ISSUES = 50;

type TextEvent = RecordedEvent & { kind: 'issue.opened' | 'issue.commented' | 'issue.text_edited' };
type ReviewEvent = RecordedEvent & { kind: 'pull.review_submitted' };

/** Adds what a review and its comments refer to. */
export async function followReview(app: App, event: ReviewEvent): Promise<void> {
  for (const entryId of [event.entryId, ...event.commentIds])
    await followText(app, { ...event, kind: 'issue.commented', entryId });
}

/** Adds what a text that was written or edited refers to. */
export async function followText(app: App, event: TextEvent): Promise<void> {
  const actor = await actorOf(app, event.actorId);
  const issue = actor && (await findIssueById(app.db.read, event.issueId));
  const open = issue && (await openedOrNot(app, actor, issue.repositoryId, abilityOn(issue, 'read')));
  const entryId = 'entryId' in event ? event.entryId : undefined;
  const text = open && (await textOf(app, issue, entryId));
  if (!text) return;
  const words = await keptReferences(app, open, text);
  const fresh = await withoutThoseOf(
    app,
    open,
    words,
    event.kind === 'issue.text_edited' ? event.before : '',
  );
  await addMentions(app, open, issue, fresh);
  await addReferences(app, open, issue, entryId, fresh);
}

/** The text as it is by now. */
async function textOf(
  app: App,
  issue: IssueRow,
  entryId: number | undefined,
): Promise<TextToRender | undefined> {
  const of = entryId === undefined ? { issueId: issue.id } : { entryId };
  if (entryId === undefined) return { key: '', body: issue.body, rendered: issue.bodyRendered, of };
  const entry = await findEntry(app.db.read, issue.id, entryId);
  if (!entry || !isText(entry)) return undefined;
  return { key: '', body: entry.body ?? '', rendered: entry.bodyRendered, of };
}

/** Who edits answers only for what they add: what was there before was written by others, and judged as theirs. */
async function withoutThoseOf(
  app: App,
  open: OpenRepository,
  words: readonly string[],
  before: string,
): Promise<string[]> {
  if (before === '' || words.length === 0) return [...words];
  const old = new Set((await shownReferences(app, open, before)) ?? words.map(typedOf));
  return words.filter((word) => !old.has(typedOf(word)));
}

function typedOf(word: string): string {
  return word.split(' ', 1)[0] ?? '';
}

async function addMentions(
  app: App,
  open: OpenRepository,
  issue: IssueRow,
  words: readonly string[],
): Promise<void> {
  const mentions = (await mentionsAmong(app, open, words, unitOf(issue))).filter(({ byTeam }) => !byTeam);
  if (mentions.length === 0) return;
  await app.db.write(async (tx) => {
    if (!(await findIssueById(tx, issue.id))) return;
    let isNew = false;
    for (const { userId } of mentions) isNew = (await insertMentioned(tx, issue.id, userId)) || isNew;
    if (isNew) await noteChange(tx, issue.id, app.clock.now());
  });
}

async function addReferences(
  app: App,
  open: OpenRepository,
  issue: IssueRow,
  commentId: number | undefined,
  words: readonly string[],
): Promise<void> {
  for (const target of await referredIssues(app, open, issue, words)) {
    const onceKey = `issue:${target.id}:${issue.id}`;
    if (await findEntryOnce(app.db.read, onceKey)) continue;
    await addReference(app, open, issue, commentId, target.id, onceKey);
  }
}

/** Issues in sight of whoever wrote the text, but for those of people who blocked them and those that can be read only. */
async function referredIssues(
  app: App,
  open: OpenRepository,
  issue: IssueRow,
  words: readonly string[],
): Promise<LinkedIssue[]> {
  const references = referencesAmong(words, app.publicUrl())
    .filter(({ kind }) => kind === 'issue')
    .slice(0, MOST_ISSUES);
  if (references.length === 0) return [];
  const things = await findNamedThings(app, open, references);
  const found = new Map<number, LinkedIssue>();
  for (const reference of references) {
    const target = reference.kind === 'issue' ? things.issueOf(reference) : undefined;
    if (target && target.id !== issue.id) found.set(target.id, target);
  }
  return welcomeTargets(app, open, [...found.values()], (id) => things.repositoryOf(id));
}

/** Those of the issues in which a text of the actor may show. */
export async function welcomeTargets(
  app: App,
  { actor }: Pick<OpenRepository, 'actor'>,
  targets: readonly LinkedIssue[],
  repositoryOf: (id: number) => { ownerId: number; isArchived: boolean } | undefined,
): Promise<LinkedIssue[]> {
  const people = targets.flatMap(({ repositoryId, authorId }) => [
    authorId,
    repositoryOf(repositoryId)?.ownerId ?? 0,
  ]);
  const blockers = actor.kind === 'user' ? await blockersAmong(app, people, actor.userId) : new Set<number>();
  return targets.filter(({ repositoryId, authorId }) => {
    const repository = repositoryOf(repositoryId);
    return (
      repository && !repository.isArchived && !blockers.has(repository.ownerId) && !blockers.has(authorId)
    );
  });
}

async function addReference(
  app: App,
  { actor }: OpenRepository,
  source: IssueRow,
  commentId: number | undefined,
  targetId: number,
  onceKey: string,
): Promise<void> {
  await app.db.write(async (tx) => {
    const target = await findIssueById(tx, targetId);
    const now = await findIssueById(tx, source.id);
    if (!target || !now) return;
    const isNew = await insertEntryOnce(tx, {
      issueId: target.id,
      kind: 'referenced',
      actorId: actor.kind === 'user' ? actor.userId : null,
      data: commentId === undefined ? {} : { commentId },
      sourceIssueId: source.id,
      sourceRepositoryId: now.repositoryId,
      onceKey,
      createdAt: app.clock.now(),
    });
    const entry = isNew ? await findEntryOnce(tx, onceKey) : undefined;
    if (!entry) return;
    const { repositoryId, id: issueId } = target;
    await app.events.record(tx, {
      kind: 'issue.referenced',
      ...doneBy(actor),
      repositoryId,
      issueId,
      entryId: entry.id,
    });
  });
}
