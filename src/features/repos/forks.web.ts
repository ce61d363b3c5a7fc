// Pages of forks: making one, watching a large one being made, and the list of a repository's forks.
import { isAppError } from '../../base/errors.ts';
import { repositoryGate, requireUserActor } from '../../platform/web/gates.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { openRepository } from './access.service.ts';
import { beginMaking, forgetMaking, type Making, makingOf } from './fork-turns.service.ts';
import { parseNewFork } from './forks.input.ts';
import { forkRepository, listForks, planFork, visibilitiesOfForks } from './forks.service.ts';
import { repositoryFrame } from './frame.service.ts';
import { ownersForCreation } from './owners.service.ts';
import { readsCode } from './repos.policy.ts';
import type { Ability, OpenRepository } from './repos.types.ts';
import { VISIBILITY_CHOICES } from './visibility.present.ts';

const AT = '/:owner/:repo';
/** Milliseconds a form waits for its fork; then a page shows that it is being made. */
const PATIENCE = 2500;
/** Seconds until that page looks again. */
const LOOK_AGAIN = '2';

const routes: Route<Ability, OpenRepository>[] = [
  { method: 'get', path: `${AT}/fork`, access: 'repository:fork', handler: getFork },
  { method: 'post', path: `${AT}/fork`, access: 'repository:fork', handler: postFork },
  { method: 'get', path: `${AT}/fork/progress`, access: 'repository:fork', handler: getProgress },
  { method: 'get', path: `${AT}/forks`, access: 'repository:see', handler: getForks },
];

/** Adds the pages of forks. */
export function mountForks(web: WebApp): void {
  mountRoutes(web, repositoryGate(openRepository), routes);
}

function getFork(c: WebContext, open: OpenRepository): Promise<Response> {
  const { name, description, visibility } = open.repository;
  return answerForm(c, open, { name, description, visibility }, {}, 200);
}

async function postFork(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const form = await readForm(c);
  try {
    const input = parseNewFork({ ...form, defaultBranchOnly: form.defaultBranchOnly === 'on' });
    await planFork(app, actor, open, input);
    const owner = input.owner || requireUserActor(actor).name;
    const making = await beginMaking(app, keyOf(c, open, owner), PATIENCE, async () => {
      const fork = await forkRepository(app, actor, open, input);
      return `/${owner}/${fork.name}`;
    });
    return answerMaking(c, open, owner, making);
  } catch (error) {
    if (!isAppError(error, 'invalid', 'conflict', 'forbidden')) throw error;
    return answerForm(c, open, form, error.fields ?? { owner: error.message }, 422);
  }
}

function getProgress(c: WebContext, open: OpenRepository): Promise<Response> | Response {
  const owner = c.req.query('for') ?? '';
  const making = makingOf<string>(c.var.app, keyOf(c, open, owner));
  if (making) return answerMaking(c, open, owner, making);
  const message = 'Nothing is known of this fork any more. If it is not there, fork again.';
  return redirectWithMessage(c, `${open.path}/fork`, message, 'warn');
}

function keyOf(c: WebContext, open: OpenRepository, owner: string): string {
  return `fork:${requireUserActor(c.var.actor).userId}:${open.repository.id}:${owner.toLowerCase()}`;
}

async function answerMaking(
  c: WebContext,
  open: OpenRepository,
  owner: string,
  making: Making<string>,
): Promise<Response> {
  const progress = `${open.path}/fork/progress?for=${encodeURIComponent(owner)}`;
  if (making.state === 'running' && c.req.method !== 'GET') return c.redirect(progress, 303);
  if (making.state === 'running') {
    c.header('refresh', LOOK_AGAIN);
    return page(c, 'repos/fork-progress', {
      title: `Forking ${open.path.slice(1)}`,
      repo: repositoryFrame(open, ''),
      owner,
      since: making.since,
      progress,
    });
  }
  forgetMaking(c.var.app, keyOf(c, open, owner));
  if (making.state === 'made')
    return redirectWithMessage(c, making.value, `Forked from ${open.path.slice(1)}.`);
  const error = making.error;
  const fields = isAppError(error) ? (error.fields ?? { owner: error.message }) : { owner: FAILED };
  return answerForm(c, open, { name: open.repository.name, owner }, fields, 422);
}

const FAILED = 'The fork could not be made. Try again, and tell an administrator if it fails again.';

async function answerForm(
  c: WebContext,
  open: OpenRepository,
  form: Record<string, string>,
  errors: Record<string, string>,
  status: number,
): Promise<Response> {
  const owners = await ownersForCreation(c.var.app, c.var.actor);
  const allowed = visibilitiesOfForks(open.repository);
  const own = open.forks.own;
  return page(
    c,
    'repos/fork',
    {
      title: `Fork ${open.path.slice(1)}`,
      repo: repositoryFrame(open, readsCode(open) ? 'code' : ''),
      owners,
      own: own && `/${own.ownerName}/${own.repository.name}`,
      isEmpty: open.repository.isEmpty,
      defaultBranch: open.repository.defaultBranch,
      visibilities: VISIBILITY_CHOICES.filter(({ value }) => allowed.includes(value)),
      form: { owner: preferredOwner(c, open, owners), visibility: open.repository.visibility, ...form },
      errors,
    },
    status,
  );
}

/** Whoever owns one of the network already forks for somebody else. */
function preferredOwner(c: WebContext, open: OpenRepository, owners: { id: number; name: string }[]): string {
  const { userId } = requireUserActor(c.var.actor);
  const hasOwn = open.forks.own !== undefined || open.owner.id === userId;
  return (
    (owners.find(({ id }) => id !== open.owner.id && !(hasOwn && id === userId)) ?? owners[0])?.name ?? ''
  );
}

async function getForks(c: WebContext, open: OpenRepository): Promise<Response> {
  const after = c.req.query('after');
  const { items, next } = await listForks(c.var.app, c.var.actor, open, after);
  return page(c, 'repos/forks', {
    title: `Forks of ${open.path.slice(1)}`,
    repo: repositoryFrame(open, readsCode(open) ? 'code' : ''),
    items: items.map(({ repository, ownerName }) => ({
      owner: ownerName,
      name: repository.name,
      description: repository.description,
      visibility: repository.visibility,
      isArchived: repository.archivedAt !== null,
      forkCount: repository.forkCount,
      starCount: repository.starCount,
      updatedAt: repository.pushedAt ?? repository.createdAt,
      path: `/${ownerName}/${repository.name}`,
    })),
    isFirst: !after,
    next: next === undefined ? undefined : `${open.path}/forks?after=${next}`,
  });
}
