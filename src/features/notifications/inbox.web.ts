// The inbox: its lists, and what is done with the threads in them. Everything is one form, so that it works without scripts.
import type { UserActor } from '../../base/actor.ts';
import { invalid, notFound } from '../../base/errors.ts';
import { SECOND } from '../../base/time.ts';
import { readFormValues } from '../../platform/web/forms.ts';
import { type AccountAccess, requireUserActor } from '../../platform/web/gates.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import { localReturnAddress } from '../../platform/web/return-address.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { isFetchedAhead } from '../issues/page-visits.service.ts';
import {
  formatInboxQuery,
  type InboxQuery,
  parseInboxQuery,
  SEARCHED_REASONS,
  VIEWS,
} from './inbox.input.ts';
import { inboxGroups, inboxRow, REASON_LABELS, subjectHref } from './inbox.present.ts';
import { inboxCounts, pageOfInbox, repositoryIdOf, requireThread, STATES_OF } from './inbox.service.ts';
import { MARKS, type Mark, markAll, markSeen, markThreads } from './marking.service.ts';
import type { SeenThread } from './notifications.types.ts';

const INBOX = '/notifications';

export const inboxRoutes: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: INBOX, access: 'signed-in', handler: getInbox },
  { method: 'post', path: INBOX, access: 'signed-in', handler: postMarks },
  { method: 'get', path: `${INBOX}/:id{[0-9]+}`, access: 'signed-in', handler: getThread },
];

async function getInbox(c: WebContext): Promise<Response> {
  const { app } = c.var;
  const actor = requireUserActor(c.var.actor);
  // Before anything is read: what is told from now on is not on this page.
  const until = app.clock.now() - SECOND;
  const typed = (c.req.query('q') ?? '').trim().slice(0, 300);
  const query = parseInboxQuery(typed);
  const after = c.req.query('after');
  const isGrouped = c.req.query('group') === 'repository';
  const [found, counts] = await Promise.all([pageOf(c, actor, query, after), inboxCounts(app, actor)]);
  const rows = found.items.map(inboxRow);
  return page(c, 'notifications/inbox', {
    title: 'Notifications',
    typed,
    query,
    problems: query.problems,
    until,
    groups: inboxGroups(rows, isGrouped),
    isGrouped,
    groupHref: addressOf({ q: typed, group: isGrouped ? undefined : 'repository' }),
    isEmpty: rows.length === 0,
    isFirst: !after,
    firstHref: addressOf({ q: typed, group: isGrouped ? 'repository' : undefined }),
    next:
      found.next && addressOf({ q: typed, group: isGrouped ? 'repository' : undefined, after: found.next }),
    nav: navOf(query, counts),
    unread: counts.unread,
    isPartial: counts.isPartial,
  });
}

async function pageOf(c: WebContext, actor: UserActor, query: InboxQuery, after: string | undefined) {
  const { view, reason, repo } = query;
  const repositoryId = repo === undefined ? undefined : await repositoryIdOf(c.var.app, actor, repo);
  if (repo !== undefined && repositoryId === undefined) return { items: [], next: undefined };
  return pageOfInbox(c.var.app, actor, {
    states: STATES_OF[view],
    ...(reason ? { reason } : {}),
    ...(repositoryId === undefined ? {} : { repositoryId }),
    after,
  });
}

function addressOf(parts: Record<string, string | undefined>): string {
  const given = Object.entries(parts).filter((part): part is [string, string] => Boolean(part[1]));
  return given.length === 0 ? INBOX : `${INBOX}?${new URLSearchParams(given)}`;
}

function navOf(query: InboxQuery, counts: Awaited<ReturnType<typeof inboxCounts>>) {
  const href = (more: Partial<InboxQuery>) => addressOf({ q: formatInboxQuery({ ...bare(query), ...more }) });
  const icons = { inbox: 'inbox', unread: 'dot-fill', saved: 'bookmark', done: 'check' } as const;
  const labels = { inbox: 'Inbox', unread: 'Unread', saved: 'Saved', done: 'Done' } as const;
  const totals = new Map(counts.reasons);
  return {
    views: VIEWS.map((view) => ({
      href: addressOf({ q: formatInboxQuery({ view }) }),
      label: labels[view],
      icon: icons[view],
      selected: query.view === view,
      total: view === 'unread' ? counts.unread : undefined,
    })),
    reasons: SEARCHED_REASONS.filter((reason) => totals.has(reason) || query.reason === reason).map(
      (reason) => ({
        href:
          query.reason === reason
            ? addressOf({ q: formatInboxQuery(without(query, 'reason')) })
            : href({ reason }),
        label: REASON_LABELS[reason],
        selected: query.reason === reason,
        total: totals.get(reason),
      }),
    ),
    repositories: counts.repositories.slice(0, 30).map(([repo, total]) => {
      const selected = query.repo?.toLowerCase() === repo.toLowerCase();
      const to = selected ? addressOf({ q: formatInboxQuery(without(query, 'repo')) }) : href({ repo });
      return { href: to, label: repo, selected, total };
    }),
  };
}

function bare({ view, reason, repo }: InboxQuery): Omit<InboxQuery, 'problems'> {
  return { view, ...(reason ? { reason } : {}), ...(repo ? { repo } : {}) };
}

function without(query: InboxQuery, name: 'reason' | 'repo'): Omit<InboxQuery, 'problems'> {
  const { [name]: _, ...rest } = bare(query);
  return rest;
}

/** `do` is a mark for the chosen threads, `mark:thread` for one, or `all:mark` for everything that the query shows. */
async function postMarks(c: WebContext): Promise<Response> {
  const actor = requireUserActor(c.var.actor);
  const form = await readForm(c);
  const [first = '', second] = (form.do ?? '').split(':');
  const back = backIn(form.back);
  if (first === 'nothing') return c.redirect(back, 303);
  if (first === 'all') return markEverything(c, actor, form, back);
  const mark = MARKS.find((one) => one === first);
  if (!mark) throw invalid({ do: `Choose one of: ${MARKS.join(', ')}.` });
  const chosen = second === undefined ? await readFormValues(c, 'thread') : [second];
  const seen = chosen.flatMap((text) => seenIn(text) ?? []);
  if (seen.length === 0) return redirectWithMessage(c, back, 'Choose some notifications first.', 'warn');
  const total = await markThreads(c.var.app, actor, seen, mark);
  return redirectWithMessage(c, back, messageOf(mark, total));
}

function messageOf(mark: Mark, total: number): string {
  const what = total === 1 ? '1 notification' : `${total} notifications`;
  if (mark === 'unsubscribe')
    return `You are told no more of ${total === 1 ? '1 thread' : `${total} threads`}.`;
  const said = {
    read: 'marked as read',
    unread: 'marked as unread',
    done: 'marked as done',
    undone: 'moved to the inbox',
    save: 'saved',
    unsave: 'saved no more',
  };
  return `${what} ${said[mark]}.`;
}

/** What came after the page was made is not meant. */
async function markEverything(
  c: WebContext,
  actor: UserActor,
  form: Record<string, string>,
  back: string,
): Promise<Response> {
  const { app } = c.var;
  const { view, reason, repo } = parseInboxQuery(form.q ?? '');
  const shown = (await readFormValues(c, 'shown')).flatMap((text) => seenIn(text) ?? []);
  const repositoryId = repo === undefined ? undefined : await repositoryIdOf(app, actor, repo);
  const before = /^\d{1,15}$/.test(form.until ?? '') ? Number(form.until) : 0;
  const states = STATES_OF[view];
  await markThreads(app, actor, shown, 'done');
  if (states !== 'saved' && (repo === undefined || repositoryId !== undefined))
    await markAll(
      app,
      actor,
      {
        states,
        before,
        ...(reason ? { reason } : {}),
        ...(repositoryId === undefined ? {} : { repositoryId }),
      },
      'done',
    );
  return redirectWithMessage(c, back, 'Everything is done.');
}

function seenIn(text: string): SeenThread | undefined {
  const match = /^(\d{1,15})-(\d{1,15})$/.exec(text);
  return match ? { id: Number(match[1]), lastEventId: Number(match[2]) } : undefined;
}

function backIn(text: string | undefined): string {
  const back = localReturnAddress(text);
  return back === INBOX || back.startsWith(`${INBOX}?`) ? back : INBOX;
}

/** Leads to what a thread is about, and marks it read. */
async function getThread(c: WebContext): Promise<Response> {
  const { app } = c.var;
  const actor = requireUserActor(c.var.actor);
  const id = Number(c.req.param('id'));
  if (!Number.isSafeInteger(id)) throw notFound('notification');
  const found = await requireThread(app, actor, id);
  if (!isFetchedAhead(c)) await markSeen(app, found.thread);
  return c.redirect(subjectHref(found), 302);
}
