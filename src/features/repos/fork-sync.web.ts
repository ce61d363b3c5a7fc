// The bar of a fork that says how far it and its parent have gone apart, and the button that brings it up to date.
import { isAppError, notFound } from '../../base/errors.ts';
import { repositoryGate } from '../../platform/web/gates.ts';
import { fragment, page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { openRepository } from './access.service.ts';
import { distanceTo, type SyncResult, syncFork, upstreamOf } from './fork-sync.service.ts';
import { repositoryFrame } from './frame.service.ts';
import { isArchived } from './repos.policy.ts';
import type { Ability, OpenRepository } from './repos.types.ts';

const AT = '/:owner/:repo/sync';

const routes: Route<Ability, OpenRepository>[] = [
  { method: 'get', path: AT, access: 'code:read', expensive: true, handler: getSync },
  { method: 'post', path: AT, access: 'code:write', handler: postSync },
];

/** Adds the bar of forks. */
export function mountForkSync(web: WebApp): void {
  mountRoutes(web, repositoryGate(openRepository), routes);
}

/** A page, or with `?part=1` the bar alone. */
async function getSync(c: WebContext, open: OpenRepository): Promise<Response> {
  const branch = c.req.query('branch') ?? open.repository.defaultBranch;
  const bar = await barOf(c, open, branch);
  if (c.req.query('part') === '1') return fragment(c, 'repos/sync-bar', { bar });
  return page(c, 'repos/sync', {
    title: `Sync ${open.path.slice(1)}`,
    repo: repositoryFrame(open, 'code'),
    bar,
  });
}

async function barOf(c: WebContext, open: OpenRepository, branch: string) {
  const { app, actor } = c.var;
  const own = await app.git.ref(open.dir, `refs/heads/${branch}`);
  if (own === undefined) throw notFound('branch');
  const upstream = await upstreamOf(app, actor, open, branch);
  if (!upstream) return { branch, parent: undefined };
  const { ahead, behind } = await distanceTo(app, open, upstream, own, c.req.raw.signal);
  const { path } = upstream.parent;
  const name = branch.split('/').map(encodeURIComponent).join('/');
  return {
    branch,
    parent: `${upstream.parent.owner.name}:${branch}`,
    parentHref: `${path}/tree/${name}`,
    ahead,
    behind,
    canSync: !isArchived(open.repository) && open.units.code === 'write',
    action: `${open.path}/sync`,
    compareHref: `${path}/compare/${name}...${encodeURIComponent(open.owner.name)}:${name}`,
  };
}

const SAID: Record<SyncResult, string> = {
  'up-to-date': 'This branch has everything already.',
  'fast-forward': 'This branch has what its parent has.',
  merge: 'What its parent has was merged into this branch.',
  discarded: 'This branch is what its parent has; its own commits were left behind.',
};

async function postSync(c: WebContext, open: OpenRepository): Promise<Response> {
  const form = await readForm(c);
  const branch = form.branch ?? '';
  const isDefault = branch === open.repository.defaultBranch;
  const name = branch.split('/').map(encodeURIComponent).join('/');
  const back = isDefault ? open.path : `${open.path}/tree/${name}`;
  try {
    const way = form.way === 'discard' ? 'discard' : 'merge';
    return redirectWithMessage(c, back, SAID[await syncFork(c.var.app, c.var.actor, open, branch, way)]);
  } catch (error) {
    if (!isAppError(error, 'conflict', 'forbidden')) throw error;
    return redirectWithMessage(c, back, error.message, 'error');
  }
}
