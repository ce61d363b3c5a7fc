// Git hooks in Gitea's REST API v1, which this product has none of: programs of people would run on the server with its rights.
import { AppError } from '../../base/errors.ts';
import type { Route } from '../../platform/web/web.types.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { gitHookBody } from './code.input.ts';

const HOOKS = '/api/v1/repos/:owner/:repo/hooks/git';
const ONE = `${HOOKS}/:id`;

const tag = 'repository';
const about = 'Always refused: no programs of people run on this server. Use webhooks or rules instead.';

export const gitHookRoutes: Route<Ability, OpenRepository>[] = [
  {
    ...{ method: 'get', path: HOOKS, access: 'webhooks:manage', handler: refuse },
    api: { tag, id: 'repoListGitHooks', summary: 'List git hooks', about, answer: 'GitHook[]' },
  },
  {
    ...{ method: 'get', path: ONE, access: 'webhooks:manage', handler: refuse },
    api: { tag, id: 'repoGetGitHook', summary: 'Get a git hook', about, answer: 'GitHook' },
  },
  {
    ...{ method: 'patch', path: ONE, access: 'webhooks:manage', handler: refuse },
    api: {
      ...{ tag, id: 'repoEditGitHook', summary: 'Change a git hook', about, body: gitHookBody },
      ...{ example: { content: '#!/bin/sh\n' }, answer: 'GitHook' },
    },
  },
  {
    ...{ method: 'delete', path: ONE, access: 'webhooks:manage', handler: refuse },
    api: { tag, id: 'repoDeleteGitHook', summary: 'Delete a git hook', about, answer: 'none' },
  },
];

function refuse(): never {
  throw new AppError(
    'forbidden',
    'Git hooks do not exist here: no programs of people run on this server. Use webhooks or rules instead.',
  );
}
