// Reactions to issues and comments: given, taken back, counted. They change nobody's list but the order by reactions, tell
// nobody, and move no issue to the top.
import type { Actor } from '../../base/actor.ts';
import { invalid, notFound } from '../../base/errors.ts';
import { HOUR } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { requireAbility } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { requirePerson, requireTalking, requireWelcome } from './changing.service.ts';
import { findEntry } from './entries.store.ts';
import { abilityOn, readsKind } from './issues.policy.ts';
import { findIssueById, noteChange } from './issues.store.ts';
import type { IssueRow } from './issues.types.ts';
import {
  countReaction,
  countReactions,
  findIssueOfComment,
  insertReaction,
  listReactions,
  listReactors,
  removeReaction,
} from './reactions.store.ts';
import { REACTIONS, type Reaction, type ReactionContent, type ReactionGroup } from './reactions.types.ts';
import { isText } from './text-entries.service.ts';

/** Names that are said of those who reacted. */
const MOST_NAMES = 10;
/** Reactions of one text that the API lists. */
const MOST_LISTED = 1000;
/** For each text somebody may write in an hour, reactions they may give or take back. */
const PER_POST = 10;

/** The reaction that a name stands for; throws AppError invalid on `content`. */
export function parseReaction(content: unknown): ReactionContent {
  const found = REACTIONS.find((one) => one.content === content);
  if (found) return found.content;
  const names = REACTIONS.map((one) => one.content).join(', ');
  throw invalid({ content: `Choose one of the reactions ${names}.` });
}

/**
 * Gives a reaction to an issue's own text (entry 0) or to a comment, or takes it back. Says whether that changed anything.
 * Throws AppError forbidden where the conversation is locked, or who reacts was blocked.
 */
export async function react(
  app: App,
  actor: Actor,
  open: OpenRepository,
  issue: Pick<IssueRow, 'id' | 'isPull'>,
  { entryId, content, isGiven }: { entryId: number; content: ReactionContent; isGiven: boolean },
): Promise<boolean> {
  await requireAbility(app.db.read, actor, open, abilityOn(issue, 'comment'));
  const userId = requirePerson(actor);
  const burst = app.config.issues.posts_per_hour * PER_POST;
  app.limits.take({ key: `issues:reactions:${userId}`, burst, per: HOUR });
  const key = { issueId: issue.id, entryId, userId, content };
  const createdAt = app.clock.now();
  return app.db.write(async (tx) => {
    await requireText(app, tx, open, issue.id, entryId, isGiven ? userId : undefined);
    const isChanged = isGiven
      ? await insertReaction(tx, { ...key, createdAt })
      : await removeReaction(tx, key);
    if (!isChanged || entryId !== 0) return isChanged;
    await countReaction(tx, issue.id, isGiven ? 1 : -1);
    await noteChange(tx, issue.id, createdAt);
    return true;
  });
}

/** That the text is there; and that it takes a reaction of somebody. Taking one back hurts nobody. */
async function requireText(
  app: App,
  tx: Tx,
  open: OpenRepository,
  issueId: number,
  entryId: number,
  userId: number | undefined,
): Promise<void> {
  const issue = await findIssueById(tx, issueId);
  if (!issue || issue.repositoryId !== open.repository.id) throw notFound('issue');
  const entry = entryId === 0 ? undefined : await findEntry(tx, issueId, entryId);
  if (entryId !== 0 && !(entry && isText(entry))) throw notFound('comment');
  if (userId === undefined) return;
  await requireTalking(app, tx, open, issue, userId);
  if (entry?.actorId) await requireWelcome(app, tx, open, userId, entry.actorId);
}

/** Reactions to an issue's own text (entry 0) and to comments, by entry; texts without any are missing. */
export async function reactionsOf(
  app: App,
  actor: Actor,
  issueId: number,
  entryIds: readonly number[],
): Promise<Map<number, ReactionGroup[]>> {
  const viewerId = actor.kind === 'user' ? actor.userId : 0;
  const counted = await countReactions(app.db.read, issueId, entryIds, viewerId);
  if (counted.length === 0) return new Map();
  const reacted = [...new Set(counted.map(({ entryId }) => entryId))];
  const names = new Map<string, string[]>();
  for (const { entryId, content, name } of await listReactors(app.db.read, issueId, reacted, MOST_NAMES))
    names.set(`${entryId} ${content}`, [...(names.get(`${entryId} ${content}`) ?? []), name]);
  const totals = new Map(counted.map((row) => [`${row.entryId} ${row.content}`, row]));
  const groups = (entryId: number): ReactionGroup[] =>
    REACTIONS.flatMap((reaction) => {
      const key = `${entryId} ${reaction.content}`;
      const row = totals.get(key);
      if (!row) return [];
      const who = sentence(names.get(key) ?? [], row.total, reaction.label);
      return [{ ...reaction, count: row.total, isMine: row.mine === 1, who }];
    });
  return new Map(reacted.map((entryId) => [entryId, groups(entryId)]));
}

/** The reactions to one text, one by one. */
export async function reactionsTo(app: App, issueId: number, entryId: number): Promise<Reaction[]> {
  return listReactions(app.db.read, issueId, entryId, MOST_LISTED);
}

function sentence(names: readonly string[], total: number, label: string): string {
  const others = total - names.length;
  const more = others === 0 ? [] : [others === 1 && names.length > 0 ? '1 other' : `${others} people`];
  const all = names.length > 0 && others > 1 ? [...names, `${others} others`] : [...names, ...more];
  const last = all.at(-1) ?? '';
  const list = all.length < 2 ? last : `${all.slice(0, -1).join(', ')} and ${last}`;
  return `${list} reacted with ${label}`;
}

/** The issue that a comment of the repository belongs to; throws AppError not_found, also where its kind may not be read. */
export async function requireIssueOfComment(
  app: App,
  open: OpenRepository,
  entryId: number,
): Promise<IssueRow> {
  const issueId = await findIssueOfComment(app.db.read, open.repository.id, entryId);
  const issue = issueId === undefined ? undefined : await findIssueById(app.db.read, issueId);
  if (issue?.repositoryId !== open.repository.id || !readsKind(open, issue)) throw notFound('comment');
  return issue;
}
