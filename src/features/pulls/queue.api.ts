// Merge queues and stacks in the REST API v1: Gitea has neither, so their shapes are our own, in its style.
import { notFound } from '../../base/errors.ts';
import { isoTime } from '../../base/time.ts';
import { describing } from '../../platform/api/description.ts';
import type { App } from '../../platform/app.types.ts';
import { bodyOf } from '../../platform/web/api-input.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { decodePath } from '../code/paths.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { entryBody, newEntryBody } from './pull-bodies.input.ts';
import { PULL_API, pullAt } from './pull-requests.web.ts';
import { pullsJson } from './pulls.json.ts';
import type { Pull } from './pulls.types.ts';
import { type EntryItem, type GroupItem, type QueueModel, queueModel } from './queue.present.ts';
import { dequeuePull, enqueuePull, queueEntryOf, setPriority } from './queue.service.ts';
import { mergeStack } from './stack-merging.service.ts';
import { stackOf } from './stacks.service.ts';

const QUEUE_API = '/api/v1/repos/:owner/:repo/merge_queue/:branch{.+}';
/** Segments in front of the name: `/api/v1/repos/:owner/:repo/merge_queue/`. */
const DEPTH = 7;

const described = describing('pull');

export const queueApiRoutes: Route<Ability, OpenRepository>[] = [
  {
    method: 'get',
    path: QUEUE_API,
    access: 'pulls:read',
    handler: getQueue,
    api: described('repoGetMergeQueue', 'Get the merge queue of a branch', 'MergeQueue'),
  },
  {
    method: 'get',
    path: `${PULL_API}/queue`,
    access: 'pulls:read',
    handler: getEntry,
    api: described(
      'repoGetMergeQueueEntry',
      'Get where a pull request is in the merge queue',
      'PlacedQueueEntry',
    ),
  },
  {
    method: 'post',
    path: `${PULL_API}/queue`,
    access: 'pulls:merge',
    handler: postEntry,
    api: described('repoEnqueuePullRequest', 'Put a pull request into the merge queue', 'PlacedQueueEntry', {
      body: newEntryBody,
      example: { delete_branch_after_merge: true, commit_title: 'Add a saucer' },
      status: 201,
    }),
  },
  {
    method: 'patch',
    path: `${PULL_API}/queue`,
    access: 'pulls:merge',
    handler: patchEntry,
    api: described(
      'repoPrioritizePullRequest',
      'Say how urgent a queued pull request is',
      'PlacedQueueEntry',
      {
        about: 'For those who maintain the repository. What is most urgent is tested and merged first.',
        body: entryBody,
        example: { priority: 1 },
      },
    ),
  },
  {
    method: 'delete',
    path: `${PULL_API}/queue`,
    access: 'pulls:comment',
    handler: deleteEntry,
    api: described('repoDequeuePullRequest', 'Take a pull request from the merge queue', 'none'),
  },
  {
    method: 'get',
    path: `${PULL_API}/stack`,
    access: 'pulls:read',
    handler: getStack,
    api: described('repoGetStack', 'List the stack that a pull request is in', 'StackItem[]'),
  },
  {
    method: 'post',
    path: `${PULL_API}/stack/merge`,
    access: 'pulls:merge',
    handler: postStack,
    api: described('repoMergeStack', 'Merge a pull request with those below it', 'StackMerge'),
  },
];

async function getQueue(c: WebContext, open: OpenRepository): Promise<Response> {
  const rest = new URL(c.req.url).pathname.split('/').slice(DEPTH).join('/');
  const queue = await queueModel(c.var.app, open, decodePath(rest).toString('utf8'));
  if (!queue) throw notFound('merge queue');
  return c.json(queueJson(c.var.app, open, queue));
}

async function getEntry(c: WebContext, open: OpenRepository): Promise<Response> {
  return answerEntry(c, open, await pullAt(c, open), 200);
}

async function postEntry(c: WebContext, open: OpenRepository): Promise<Response> {
  const pull = await pullAt(c, open);
  const { priority, ...body } = await bodyOf(c, newEntryBody);
  const { commit_title: title, commit_message: message, delete_branch_after_merge: deleteBranch } = body;
  await enqueuePull(c.var.app, c.var.actor, open, pull, {
    order: {
      ...(title === undefined ? {} : { title }),
      ...(message === undefined ? {} : { message }),
      ...(deleteBranch === undefined ? {} : { deleteBranch }),
    },
    ...(priority === undefined ? {} : { priority }),
  });
  return answerEntry(c, open, pull, 201);
}

async function patchEntry(c: WebContext, open: OpenRepository): Promise<Response> {
  const pull = await pullAt(c, open);
  const { priority } = await bodyOf(c, entryBody);
  await setPriority(c.var.app, c.var.actor, open, pull, priority);
  return answerEntry(c, open, pull, 200);
}

async function deleteEntry(c: WebContext, open: OpenRepository): Promise<Response> {
  const pull = await pullAt(c, open);
  if (!(await dequeuePull(c.var.app, c.var.actor, open, pull))) throw notFound('entry of a merge queue');
  return c.body(null, 204);
}

async function answerEntry(
  c: WebContext,
  open: OpenRepository,
  pull: Pull,
  status: 200 | 201,
): Promise<Response> {
  const entry = await queueEntryOf(c.var.app, pull);
  const queue = entry && (await queueModel(c.var.app, open, entry.branch));
  const isIt = ({ pullId }: EntryItem) => pullId === pull.issue.id;
  const group = queue?.groups.find(({ entries }) => entries.some(isIt));
  const item = (group?.entries ?? queue?.waiting)?.find(isIt);
  if (!queue || !item) throw notFound('entry of a merge queue');
  return c.json({ branch: queue.branch, ...entryJson(item), group: group ? groupJson(group) : null }, status);
}

async function getStack(c: WebContext, open: OpenRepository): Promise<Response> {
  const items = await stackOf(c.var.app, c.var.actor, open, await pullAt(c, open));
  const json = await pullsJson(c.var.app, c.var.actor, open, items);
  return c.json(json.map((one, at) => ({ depth: items[at]?.depth ?? 0, pull_request: one })));
}

async function postStack(c: WebContext, open: OpenRepository): Promise<Response> {
  const pull = await pullAt(c, open);
  return c.json({ state: await mergeStack(c.var.app, c.var.actor, open, pull) });
}

function queueJson(app: App, open: OpenRepository, queue: QueueModel): Record<string, unknown> {
  const { style, batch, atOnce, timeoutMinutes } = queue.settings;
  return {
    branch: queue.branch,
    html_url: `${app.publicUrl()}${queue.href}`,
    repository: open.path.slice(1),
    merge_style: style,
    max_entries_to_merge: batch,
    max_entries_to_build: atOnce,
    check_timeout_minutes: timeoutMinutes,
    usual_check_seconds: queue.usual === undefined ? null : Math.round(queue.usual / 1000),
    groups: queue.groups.map((group) => ({ ...groupJson(group), entries: group.entries.map(entryJson) })),
    waiting: queue.waiting.map(entryJson),
  };
}

function groupJson({ id, state, ref, oid, since, expectedAt }: GroupItem): Record<string, unknown> {
  return {
    id,
    state,
    ref,
    sha: oid ?? null,
    started_at: since === undefined ? null : isoTime(since),
    estimated_at: expectedAt === undefined ? null : isoTime(expectedAt),
  };
}

function entryJson(item: EntryItem): Record<string, unknown> {
  return {
    number: item.number,
    title: item.title,
    position: item.position,
    queued_by: item.queuedBy,
    queued_at: isoTime(item.queuedAt),
    jump: item.isUrgent,
    estimated_at: item.expectedAt === undefined ? null : isoTime(item.expectedAt),
  };
}
