// Transfers in Gitea's REST API v1: a repository goes to another owner, at once or when they accept.
import type { NeededScope, UserActor } from '../../base/actor.ts';
import { invalid, isAppError } from '../../base/errors.ts';
import { bodyOf } from '../../platform/web/api-input.ts';
import { repositoryGate, scopeGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { openRepository } from './access.service.ts';
import type { Ability, OpenRepository, RepositorySummary } from './repos.types.ts';
import { openedJson, repositoryJsonOf, summariesJson } from './repository.json.ts';
import { transferBody } from './repository-bodies.input.ts';
import { acceptTransfer, declineTransfer, requireOffered, transferRepository } from './transfers.service.ts';

const AT = '/api/v1/repos/:owner/:repo/transfer';

const routes: Route<Ability, OpenRepository>[] = [
  {
    method: 'post',
    path: AT,
    access: 'repository:own',
    handler: postTransfer,
    api: {
      tag: 'repository',
      id: 'repoTransfer',
      summary: 'Transfer a repository to another owner',
      about:
        'It goes at once to oneself and to organizations in which one may create it; anybody else is asked first. Teams are given access once it has arrived: `team_ids` must be empty.',
      body: transferBody,
      example: { new_owner: 'bob' },
      answer: 'Repository',
      status: 202,
    },
  },
];

/** Whoever it is offered to need not see the repository: the transfer is looked for, and nothing else. */
const offeredRoutes: Route<NeededScope, UserActor>[] = [
  {
    method: 'post',
    path: `${AT}/accept`,
    access: 'write:repository',
    handler: postAcceptance,
    api: {
      tag: 'repository',
      id: 'acceptRepoTransfer',
      summary: 'Take over a repository that is offered',
      answer: 'Repository',
      status: 202,
    },
  },
  {
    method: 'post',
    path: `${AT}/reject`,
    access: 'write:repository',
    handler: postRejection,
    api: {
      tag: 'repository',
      id: 'rejectRepoTransfer',
      summary: 'Decline a repository that is offered',
      answer: 'Repository',
    },
  },
];

/** Adds transfers to `/api/v1`. */
export function mountTransferApi(web: WebApp): void {
  mountRoutes(web, scopeGate, offeredRoutes);
  mountRoutes(web, repositoryGate(openRepository), routes);
}

async function postTransfer(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const { new_owner: name, team_ids: teamIds = [] } = await bodyOf(c, transferBody);
  if (teamIds.length > 0)
    throw invalid({ team_ids: 'Give teams access once the repository belongs to their organization.' });
  const before = await openedJson(app, actor, open);
  try {
    await transferRepository(app, actor, open, name);
  } catch (error) {
    const message = isAppError(error, 'invalid') ? error.fields?.recipient : undefined;
    throw message === undefined ? error : invalid({ new_owner: message });
  }
  return c.json(await afterwards(c, open, before), 202);
}

/** Whoever gave it away may not see it any more: then as it was. */
async function afterwards(
  c: WebContext,
  { repository }: OpenRepository,
  before: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  try {
    return await repositoryJsonOf(c.var.app, c.var.actor, repository.id);
  } catch (error) {
    if (isAppError(error, 'not_found')) return before;
    throw error;
  }
}

async function postAcceptance(c: WebContext, actor: UserActor): Promise<Response> {
  const { app } = c.var;
  const { repository } = await offered(c, actor);
  const moved = await acceptTransfer(app, actor, repository.id);
  return c.json(await oneJson(c, moved), 202);
}

async function postRejection(c: WebContext, actor: UserActor): Promise<Response> {
  const found = await offered(c, actor);
  await declineTransfer(c.var.app, actor, found.repository.id);
  return c.json(await oneJson(c, found));
}

function offered(c: WebContext, actor: UserActor): Promise<RepositorySummary> {
  return requireOffered(c.var.app, actor, c.req.param('owner') ?? '', c.req.param('repo') ?? '');
}

async function oneJson(c: WebContext, found: RepositorySummary): Promise<unknown> {
  const [json] = await summariesJson(c.var.app, c.var.actor, [found]);
  return json;
}
