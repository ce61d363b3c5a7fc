// Writes the mails about what happened, with the headers by which mail programs sort, thread and end them.
import { escapeHtml, type SafeHtml } from '../../base/html.ts';
import type { App } from '../../platform/app.types.ts';
import type { MailMessage } from '../../platform/mail/mail.ts';
import { commentHref, issueHref } from '../issues/addresses.service.ts';
import type { IssueRow } from '../issues/issues.types.ts';
import { findIssue, findTimelineEntry } from '../issues/lookups.service.ts';
import { renderTexts } from '../issues/texts.service.ts';
import { notesHtml } from '../releases/notes-html.service.ts';
import { findPublished } from '../releases/releases.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { UserRow } from '../users/users.types.ts';
import { mailHtml } from './mail-html.present.ts';
import type { NotificationReason } from './notifications.types.ts';
import type { OfKind, ToldEvent } from './occurrences.service.ts';
import { whyOf } from './reasons.service.ts';
import { type Ending, unsubscribePath } from './unsubscribing.service.ts';

/** Whom a mail goes to. */
export interface Addressee {
  userId: number;
  /** A verified address. */
  address: string;
  reason: NotificationReason;
}

/** What a mail says. */
interface Written {
  /** Within the thread. */
  title: string;
  /** Of the page that the mail leads to. */
  path: string;
  markdown: string;
  html: SafeHtml;
  /** What happened, where the text alone does not say it. */
  note: string | undefined;
  /** Ids without the host. */
  id: string;
  threadId: string;
  ending: Omit<Ending, 'userId'>;
}

/** The mail about an event to one person, who opened the repository; undefined when what it is about is gone. */
export async function notificationMail(
  app: App,
  open: OpenRepository,
  event: ToldEvent,
  by: UserRow | undefined,
  to: Addressee,
): Promise<MailMessage | undefined> {
  const written = await (event.kind === 'release.published'
    ? writeRelease(app, open, event)
    : writeIssue(app, open, event));
  if (!written) return undefined;
  const site = app.publicUrl();
  const host = new URL(site).hostname;
  const { id, threadId } = written;
  const repository = open.path.slice(1);
  const model = modelOf(app, written, by, to);
  return {
    to: to.address,
    fromName: `${by?.displayName || by?.name || 'OpenCodeHub'} (via OpenCodeHub)`,
    subject: `${id === threadId ? '' : 'Re: '}[${repository}] ${written.title}`,
    text: textOf(model),
    html: app.render.fragment('notifications/mail', {
      ...model,
      bodyHtml: mailHtml(written.html, {
        site,
        page: model.href.split('#')[0] ?? site,
        hidesPictures: open.repository.visibility !== 'public',
      }),
    }),
    id: `${id}@${host}`,
    references: id === threadId ? [] : [`${threadId}@${host}`],
    headers: headersOf(open, host, model, by, to),
  };
}

interface MailModel {
  markdown: string;
  note: string | undefined;
  href: string;
  why: string;
  unsubscribeHref: string;
  settingsHref: string;
  site: string;
}

function modelOf(app: App, written: Written, by: UserRow | undefined, to: Addressee): MailModel {
  const site = app.publicUrl();
  return {
    markdown: written.markdown,
    note: written.note && `${by?.name ?? 'Somebody'} ${written.note}`,
    href: site + written.path,
    why: whyOf(to.reason),
    unsubscribeHref: site + unsubscribePath(app, { userId: to.userId, ...written.ending }),
    settingsHref: `${site}/settings/notifications`,
    site,
  };
}

/** RFC 2919 (List-ID), RFC 2369 (List-…), RFC 8058 (one click), RFC 3834 (Precedence). */
function headersOf(
  open: OpenRepository,
  host: string,
  { href, unsubscribeHref, site }: MailModel,
  by: UserRow | undefined,
  to: Addressee,
): Record<string, string> {
  const { owner, repository, path } = open;
  return {
    'List-ID': `${path.slice(1)} <${repository.name}.${owner.name}.${host}>`,
    'List-Archive': `<${site}${path}>`,
    'List-Post': 'NO',
    'List-Unsubscribe': `<${unsubscribeHref}>`,
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    Precedence: 'list',
    'X-OpenCodeHub-Reason': to.reason,
    'X-OpenCodeHub-Link': href,
    ...(by ? { 'X-OpenCodeHub-Sender': by.name } : {}),
  };
}

function textOf({ markdown, note, href, why, unsubscribeHref, settingsHref }: MailModel): string {
  const blocks = [
    ...(note === undefined ? [] : [note]),
    ...(markdown.trim() === '' ? [] : [markdown]),
    // What follows this line is a signature to mail programs (RFC 3676 section 4.3).
    `-- \nView it on the web: ${href}\n${why}\nUnsubscribe: ${unsubscribeHref}\nSettings: ${settingsHref}`,
  ];
  return `${blocks.join('\n\n')}\n`;
}

type IssueEvent = Exclude<ToldEvent, { kind: 'release.published' }>;

async function writeIssue(app: App, open: OpenRepository, event: IssueEvent): Promise<Written | undefined> {
  const issue = await findIssue(app, event.issueId);
  if (issue?.repositoryId !== open.repository.id) return undefined;
  const text = await textOfEvent(app, open, event, issue);
  if (!text) return undefined;
  const threadId = `issues/${issue.id}`;
  const { entryId } = text;
  return {
    title: `${issue.title} (#${issue.number})`,
    path: entryId === undefined ? issueHref(open.path, issue) : commentHref(open.path, issue, entryId),
    markdown: text.markdown,
    html: text.html,
    note: noteOf(event),
    id: event.kind === 'issue.opened' ? threadId : `${threadId}/events/${event.id}`,
    threadId,
    ending: { of: 'issue', id: issue.id },
  };
}

interface MailText {
  entryId: number | undefined;
  markdown: string;
  html: SafeHtml;
}

/** Undefined when the text was deleted or hidden since. */
async function textOfEvent(
  app: App,
  open: OpenRepository,
  event: IssueEvent,
  issue: IssueRow,
): Promise<MailText | undefined> {
  const entryId = 'entryId' in event ? event.entryId : undefined;
  const says =
    event.kind === 'issue.opened' || event.kind === 'issue.commented' || event.kind === 'issue.text_edited';
  if (event.kind === 'pull.review_submitted') return reviewText(app, open, event, issue);
  if (!says) return { entryId: undefined, markdown: '', html: '' as SafeHtml };
  const entry = entryId === undefined ? undefined : await findTimelineEntry(app, issue.id, entryId);
  if (entryId !== undefined && (!entry || entry.hiddenReason !== null)) return undefined;
  const body = (entry ? entry.body : issue.body) ?? '';
  const rendered = entry ? entry.bodyRendered : issue.bodyRendered;
  const of = entry ? { entryId: entry.id } : { issueId: issue.id };
  const made = await renderTexts(app, open, [{ key: 'text', body, rendered, of }]);
  return { entryId, markdown: body, html: made.get('text') ?? escapeHtml(body) };
}

/** What the review says, then its comments on code. */
async function reviewText(
  app: App,
  open: OpenRepository,
  { entryId, commentIds }: OfKind<ToldEvent, 'pull.review_submitted'>,
  issue: IssueRow,
): Promise<MailText> {
  const entries = [];
  for (const id of [entryId, ...commentIds].slice(0, MOST_TEXTS)) {
    const entry = await findTimelineEntry(app, issue.id, id);
    if (entry?.body && entry.hiddenReason === null) entries.push(entry);
  }
  const made = await renderTexts(
    app,
    open,
    entries.map(({ id, body, bodyRendered: rendered }) => ({
      key: String(id),
      body: body ?? '',
      rendered,
      of: { entryId: id },
    })),
  );
  const html = entries.map(({ id, body }) => made.get(String(id)) ?? escapeHtml(body ?? ''));
  const markdown = entries.map(({ body }) => body ?? '').join('\n\n');
  return { entryId, markdown, html: html.join('\n') as SafeHtml };
}

/** Texts of one review that a mail holds. */
const MOST_TEXTS = 50;

const REVIEWED: Readonly<Record<string, string>> = {
  approved: 'approved this.',
  changes_requested: 'requested changes.',
  commented: 'reviewed this.',
};

function noteOf(event: IssueEvent): string | undefined {
  if (event.kind === 'issue.closed' && event.reason === 'merged') return 'merged this.';
  if (event.kind === 'issue.closed') return `closed this${CLOSED_AS[event.reason] ?? ''}.`;
  if (event.kind === 'pull.review_submitted') return REVIEWED[event.state] ?? 'reviewed this.';
  if (event.kind === 'pull.review_requested') return 'requested your review.';
  if (event.kind === 'pull.synchronized')
    return `${event.isForced ? 'force-pushed' : 'pushed new commits to'} this, up to ${event.after.slice(0, 10)}.`;
  if (event.kind === 'issue.reopened') return 'reopened this.';
  if (event.kind === 'issue.assigned') return 'assigned this to you.';
  return undefined;
}

const CLOSED_AS: Readonly<Record<string, string>> = {
  completed: ' as completed',
  not_planned: ' as not planned',
  duplicate: ' as a duplicate',
};

async function writeRelease(
  app: App,
  open: OpenRepository,
  event: OfKind<ToldEvent, 'release.published'>,
): Promise<Written | undefined> {
  const release = await findPublished(app, open.repository.id, event.releaseId);
  if (!release) return undefined;
  const { tagName, title, body } = release;
  const id = `releases/${release.id}`;
  return {
    title: title && title !== tagName ? `Release ${tagName}: ${title}` : `Release ${tagName}`,
    path: `${open.path}/releases/tag/${tagName.split('/').map(encodeURIComponent).join('/')}`,
    markdown: body,
    html: (await notesHtml(app, open, release)) ?? ('' as SafeHtml),
    note: `published the release ${tagName}.`,
    id,
    threadId: id,
    ending: { of: 'releases', id: open.repository.id },
  };
}
