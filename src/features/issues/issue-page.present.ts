// The page of an issue: its head, its text, its timeline, and what may be done.
import type { SafeHtml } from '../../base/html.ts';
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { issueHref } from './addresses.service.ts';
import { associationsOf } from './associations.service.ts';
import { HIDE_REASONS, LOCK_REASONS } from './issues.input.ts';
import { abilityOn, rightsOf } from './issues.policy.ts';
import type { EntryRow, IssueRow } from './issues.types.ts';
import { reactionsOf } from './reactions.service.ts';
import { sidebarModel } from './sidebar.present.ts';
import { mayOnIssues } from './standing.policy.ts';
import { subscriptionOf } from './subscriptions.service.ts';
import { renderTexts } from './texts.service.ts';
import {
  GHOST,
  HIDE_WORDS,
  hasText,
  LOCK_WORDS,
  ownTextItem,
  stateLook,
  type TextParts,
  timelineItems,
} from './timeline.present.ts';
import {
  isShown,
  namesInTimeline,
  readTimeline,
  type TimelinePart,
  type TimelinePlace,
} from './timeline.service.ts';

/** Everything the page of an issue shows of the issue itself, without the frame. */
export async function issuePageModel(app: App, open: OpenRepository, issue: IssueRow, place: TimelinePlace) {
  const { actor } = open;
  const part = await readTimeline(app, issue.id, place);
  const more = { people: [issue.authorId] };
  const names = await namesInTimeline(app, actor, open, part.entries, more);
  const shown = part.entries.filter((entry) => isShown(entry, names));
  const comments = shown.filter(hasText);
  const parts = await partsOf(app, open, issue, comments);
  const rights = rightsOf(open, issue, await mayOnIssues(app, open, abilityOn(issue, 'triage')));
  const sidebar = await sidebarModel(app, open, issue);
  const subscription = await subscriptionOf(app, actor, open, issue);
  const href = issueHref(open.path, issue);
  return {
    issue: {
      ...headOf(issue),
      href,
      author: names.people.get(issue.authorId) ?? GHOST,
    },
    text: ownTextItem(issue, names, parts),
    items: timelineItems(issue, shown, names, parts),
    /** What the items were made from, for what pull requests add to them. */
    entries: shown,
    names,
    ...pagesOf(href, part),
    rights,
    sidebar,
    subscription,
    href,
  };
}

/** What the top of the page says of an issue. */
export function headOf(issue: IssueRow) {
  const { number, title, createdAt, commentCount, pinnedAt, lockedAt, lockReason, state } = issue;
  return {
    number,
    title,
    createdAt,
    commentCount,
    isOpen: state === 'open',
    isPinned: pinnedAt !== null,
    isLocked: lockedAt !== null,
    lockReason: lockReason === null ? undefined : LOCK_WORDS[lockReason],
    look: stateLook(issue),
  };
}

function pagesOf(href: string, { olderBefore, newerAfter }: TimelinePart) {
  return {
    olderHref: olderBefore === undefined ? undefined : `${href}?before=${olderBefore}`,
    oldestHref: olderBefore === undefined ? undefined : href,
    newerHref: newerAfter === undefined ? undefined : `${href}?after=${newerAfter}`,
    newestHref: newerAfter === undefined ? undefined : `${href}?before=newest#comment-form`,
  };
}

async function partsOf(
  app: App,
  open: OpenRepository,
  issue: IssueRow,
  comments: readonly EntryRow[],
): Promise<TextParts> {
  const { actor } = open;
  const writers = comments.flatMap(({ actorId }) => actorId ?? []);
  const associations = await associationsOf(app, actor, open, [issue.authorId, ...writers]);
  const html = await textsOf(app, open, issue, comments);
  const reactions = await reactionsOf(app, actor, issue.id, [0, ...comments.map(({ id }) => id)]);
  return {
    html,
    associations,
    reactions,
    userId: actor.kind === 'user' ? actor.userId : undefined,
  };
}

function textsOf(
  app: App,
  open: OpenRepository,
  issue: IssueRow,
  comments: readonly EntryRow[],
): Promise<Map<string, SafeHtml>> {
  const own = { key: 'issue', body: issue.body, rendered: issue.bodyRendered, of: { issueId: issue.id } };
  const others = comments.map(({ id, body, bodyRendered }) => ({
    key: String(id),
    body: body ?? '',
    rendered: bodyRendered,
    of: { entryId: id },
  }));
  return renderTexts(app, open, [own, ...others]);
}

/** A comment alone, as its forms show it. */
export async function commentHtml(app: App, open: OpenRepository, comment: EntryRow): Promise<SafeHtml> {
  const { id, body, bodyRendered: rendered } = comment;
  const texts = [{ key: 'text', body: body ?? '', rendered, of: { entryId: id } }];
  return (await renderTexts(app, open, texts)).get('text') ?? ('' as SafeHtml);
}

/** The reasons that forms offer, with their words. */
export const REASONS = {
  hide: HIDE_REASONS.map((value) => ({ value, label: capital(HIDE_WORDS[value] ?? value) })),
  lock: LOCK_REASONS.map((value) => ({ value, label: capital(LOCK_WORDS[value] ?? value) })),
};

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
