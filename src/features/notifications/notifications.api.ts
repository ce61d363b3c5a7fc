// Notifications in Gitea's REST API v1.
import type { NeededScope, UserActor } from '../../base/actor.ts';
import { invalid, notFound } from '../../base/errors.ts';
import { describing } from '../../platform/api/description.ts';
import { queryOf } from '../../platform/web/api-input.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import { repositoryGate, requireUserActor, scopeGate } from '../../platform/web/gates.ts';
import { pageByNumber } from '../../platform/web/numbered-pages.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { openRepository } from '../repos/access.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { markingQuery, threadListQuery, threadMarkQuery } from './api-queries.input.ts';
import { countUnread, type InboxRequest, pageOfInbox, requireThread } from './inbox.service.ts';
import { type Mark, markAll, markThreads } from './marking.service.ts';
import { threadsJson } from './notifications.json.ts';
import type { NotificationState, NotificationSubject } from './notifications.types.ts';

const OWN = '/api/v1/notifications';
const THREAD = `${OWN}/threads/:id{[0-9]+}`;
const OF_REPOSITORY = '/api/v1/repos/:owner/:repo/notifications';

const described = describing('notification');
const listed = { query: threadListQuery, paged: true } as const;
const marked = {
  about: 'Answers without a body; ask again for what there is.',
  query: markingQuery,
  status: 205,
};

const ownRoutes: Route<NeededScope, UserActor>[] = [
  {
    method: 'get',
    path: OWN,
    access: 'read:notification',
    handler: (c, actor) => getThreads(c, actor),
    api: described('notifyGetList', 'List one’s own notifications', 'NotificationThread[]', listed),
  },
  {
    method: 'put',
    path: OWN,
    access: 'write:notification',
    handler: (c, actor) => putThreads(c, actor),
    api: described('notifyReadList', 'Mark notifications as read, unread or done', 'none', marked),
  },
  {
    method: 'get',
    path: `${OWN}/new`,
    access: 'read:notification',
    handler: getNew,
    api: described('notifyNewAvailable', 'Count unread notifications', 'NotificationCount'),
  },
  {
    method: 'get',
    path: THREAD,
    access: 'read:notification',
    handler: getThread,
    api: described('notifyGetThread', 'Get a notification', 'NotificationThread'),
  },
  {
    method: 'patch',
    path: THREAD,
    access: 'write:notification',
    handler: patchThread,
    api: described('notifyReadThread', 'Mark a notification', 'none', {
      query: threadMarkQuery,
      status: 205,
    }),
  },
];

const routes: Route<Ability, OpenRepository>[] = [
  {
    method: 'get',
    path: OF_REPOSITORY,
    access: 'repository:see',
    handler: (c, open) => getThreads(c, requireUserActor(c.var.actor), open),
    api: described(
      'notifyGetRepoList',
      'List one’s own notifications of a repository',
      'NotificationThread[]',
      listed,
    ),
  },
  {
    method: 'put',
    path: OF_REPOSITORY,
    access: 'repository:watch',
    handler: (c, open) => putThreads(c, requireUserActor(c.var.actor), open),
    api: described('notifyReadRepoList', 'Mark notifications of a repository', 'none', marked),
  },
];

/** Adds notifications to `/api/v1`. */
export function mountNotificationsApi(web: WebApp): void {
  mountRoutes(web, scopeGate, ownRoutes);
  mountRoutes(web, repositoryGate(openRepository), routes);
}

async function getThreads(c: WebContext, actor: UserActor, open?: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const asked = pageOf(c);
  const { all, since, before } = queryOf(c, threadListQuery);
  const request: InboxRequest = {
    states: statesIn(c, all),
    ...(open ? { repositoryId: open.repository.id } : {}),
    ...subjectIn(c),
    ...instantIn('since', since),
    ...instantIn('before', before),
  };
  const { items, hasMore } = await pageByNumber(asked, (after: string | undefined) =>
    pageOfInbox(app, actor, { ...request, after }),
  );
  setPages(c, { ...asked, total: undefined, hasMore });
  return c.json(await threadsJson(app, actor, items));
}

/** Unread ones unless asked for `all` or for some kinds of status; `pinned` alone are the saved ones. */
function statesIn(c: WebContext, all: string | undefined): InboxRequest['states'] {
  const wanted = statusTypes(c);
  if (wanted.length === 0) return all === 'true' || all === '1' ? ['unread', 'read'] : ['unread'];
  if (wanted.every((one) => one === 'pinned')) return 'saved';
  return wanted.filter((one): one is NotificationState => one === 'unread' || one === 'read');
}

const STATUSES = ['unread', 'read', 'pinned'];

function statusTypes(c: WebContext): string[] {
  const given = (c.req.queries('status-types') ?? c.req.queries('status-types[]') ?? [])
    .flatMap((text) => text.split(','))
    .filter(Boolean);
  if (given.some((one) => !STATUSES.includes(one)))
    throw invalid({ 'status-types': `Choose from: ${STATUSES.join(', ')}.` });
  return given;
}

function subjectIn(c: WebContext): { subject?: NotificationSubject } {
  const [type] = c.req.queries('subject-type') ?? [];
  const subject = (['issue', 'pull', 'release'] as const).find((one) => one === type?.toLowerCase());
  return subject ? { subject } : {};
}

function instantIn<N extends string>(name: N, text: string | undefined): Partial<Record<N, number>> {
  if (text === undefined) return {};
  const at = Date.parse(text);
  if (!Number.isFinite(at)) throw invalid({ [name]: 'Give a time as in RFC 3339.' });
  return { [name]: at } as Record<N, number>;
}

const MARK_OF = { read: 'read', unread: 'unread', done: 'done' } as const;

/** Marks everything that was told until `last_read_at` (now, unless given). */
async function putThreads(c: WebContext, actor: UserActor, open?: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const { all, 'to-status': to = 'read', last_read_at: lastRead } = queryOf(c, markingQuery);
  const mark = Object.hasOwn(MARK_OF, to) ? MARK_OF[to as keyof typeof MARK_OF] : undefined;
  if (!mark) throw invalid({ 'to-status': 'Choose one of: read, unread, done.' });
  const { last_read_at: until } = instantIn('last_read_at', lastRead);
  const states = statesIn(c, all);
  if (states === 'saved') throw invalid({ 'status-types': 'Choose from: unread, read.' });
  const before = until === undefined ? app.clock.now() : until + 1;
  const where = open ? { repositoryId: open.repository.id } : {};
  await markAll(app, actor, { states, before, ...where }, mark);
  return c.body(null, 205);
}

async function getNew(c: WebContext, actor: UserActor): Promise<Response> {
  return c.json({ new: await countUnread(c.var.app, actor) });
}

async function getThread(c: WebContext, actor: UserActor): Promise<Response> {
  const [json] = await threadsJson(c.var.app, actor, [await requireThread(c.var.app, actor, idIn(c))]);
  return c.json(json);
}

const MARKS_OF_STATUS: Readonly<Record<string, Mark>> = {
  read: 'read',
  unread: 'unread',
  pinned: 'save',
  done: 'done',
};

async function patchThread(c: WebContext, actor: UserActor): Promise<Response> {
  const { app } = c.var;
  const { thread } = await requireThread(app, actor, idIn(c));
  const { 'to-status': to = 'read' } = queryOf(c, threadMarkQuery);
  const mark = Object.hasOwn(MARKS_OF_STATUS, to) ? MARKS_OF_STATUS[to] : undefined;
  if (!mark) throw invalid({ 'to-status': `Choose one of: ${Object.keys(MARKS_OF_STATUS).join(', ')}.` });
  await markThreads(app, actor, [thread], mark);
  return c.body(null, 205);
}

function idIn(c: WebContext): number {
  const id = Number(c.req.param('id'));
  if (!Number.isSafeInteger(id)) throw notFound('notification');
  return id;
}
