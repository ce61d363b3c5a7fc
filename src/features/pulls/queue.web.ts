// The page of a merge queue, and the forms by which pull requests enter and leave it, and stacks are merged.
import { isAppError, notFound } from '../../base/errors.ts';
import { fragment, page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { decodePath } from '../code/paths.service.ts';
import { repositoryFrame } from '../repos/frame.service.ts';
import { permissionIncludes } from '../repos/repos.policy.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { PULL, pullAt } from './pull-requests.web.ts';
import type { Pull } from './pulls.types.ts';
import { queueHref, queueItems, queueModel } from './queue.present.ts';
import { dequeuePull, enqueuePull, queueEntryOf, setPriority } from './queue.service.ts';
import { mergeStack } from './stack-merging.service.ts';

const QUEUE = '/:owner/:repo/queue/:branch{.+}';

export const queueRoutes: Route<Ability, OpenRepository>[] = [
  { method: 'get', path: '/:owner/:repo/queue', access: 'pulls:read', handler: getQueues },
  { method: 'get', path: QUEUE, access: 'pulls:read', handler: getQueue },
  { method: 'post', path: `${PULL}/queue`, access: 'pulls:merge', handler: postEntry },
  { method: 'post', path: `${PULL}/queue/removal`, access: 'pulls:comment', handler: postRemoval },
  { method: 'post', path: `${PULL}/queue/priority`, access: 'pulls:merge', handler: postPriority },
  { method: 'post', path: `${PULL}/stack/merge`, access: 'pulls:merge', handler: postStack },
];

/** The queue of the repository; where there are several, or none, a list of them. */
async function getQueues(c: WebContext, open: OpenRepository): Promise<Response> {
  const queues = await queueItems(c.var.app, open);
  const [only] = queues;
  if (only && queues.length === 1) return c.redirect(only.href, 302);
  const title = `Merge queues · ${open.path.slice(1)}`;
  const rulesHref = permissionIncludes(open.permission, 'admin') ? `${open.path}/settings/rules` : undefined;
  return page(c, 'pulls/queues', { title, repo: repositoryFrame(open, 'pulls'), queues, rulesHref });
}

async function getQueue(c: WebContext, open: OpenRepository): Promise<Response> {
  const branch = branchOf(c);
  const queue = await queueModel(c.var.app, open, branch);
  if (!queue) throw notFound('merge queue');
  if (c.req.query('part') === '1') return fragment(c, 'pulls/queue-list', { queue });
  const title = `Merge queue of ${branch} · ${open.path.slice(1)}`;
  return page(c, 'pulls/queue', { title, repo: repositoryFrame(open, 'pulls'), queue });
}

/** Names of branches hold slashes. */
function branchOf(c: WebContext): string {
  const rest = new URL(c.req.url).pathname.split('/').slice(4).join('/');
  return decodePath(rest).toString('utf8');
}

async function postEntry(c: WebContext, open: OpenRepository): Promise<Response> {
  return change(c, open, async (pull) => {
    await enqueuePull(c.var.app, c.var.actor, open, pull);
    return 'It is in the merge queue.';
  });
}

async function postRemoval(c: WebContext, open: OpenRepository): Promise<Response> {
  return change(c, open, async (pull) => {
    const wasThere = await dequeuePull(c.var.app, c.var.actor, open, pull);
    return wasThere ? 'It was taken out of the merge queue.' : 'It is in no merge queue.';
  });
}

async function postPriority(c: WebContext, open: OpenRepository): Promise<Response> {
  const { priority = '' } = await readForm(c);
  return change(c, open, async (pull) => {
    await setPriority(c.var.app, c.var.actor, open, pull, /^\d$/.test(priority) ? Number(priority) : -1);
    return priority === '0' ? 'It waits in its order again.' : 'It goes first now.';
  });
}

async function postStack(c: WebContext, open: OpenRepository): Promise<Response> {
  return change(c, open, async (pull) => {
    const done = await mergeStack(c.var.app, c.var.actor, open, pull);
    return done === 'queued' ? 'The stack is in the merge queue.' : 'The stack is merged.';
  });
}

/** Forms stand on the queue's page and on pull requests: whoever sends one comes back to where it was. */
async function change(
  c: WebContext,
  open: OpenRepository,
  work: (pull: Pull) => Promise<string>,
): Promise<Response> {
  const pull = await pullAt(c, open);
  const { from } = await readForm(c);
  const entry = await queueEntryOf(c.var.app, pull);
  const branch = entry?.branch ?? pull.pull.baseBranch;
  const to = from === 'queue' ? queueHref(open, branch) : `${open.path}/pull/${pull.issue.number}`;
  try {
    return redirectWithMessage(c, to, await work(pull));
  } catch (error) {
    if (!isAppError(error, 'invalid', 'forbidden', 'conflict')) throw error;
    return redirectWithMessage(c, to, error.message, 'error');
  }
}
