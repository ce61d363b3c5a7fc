// Code in Gitea's REST API v1: every route, from the files that answer them.
import { repositoryGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { WebApp } from '../../platform/web/web.types.ts';
import { openRepository } from '../repos/access.service.ts';
import { commitRoutes } from './commits.api.ts';
import { compareRoutes } from './compare.api.ts';
import { contentsRoutes } from './contents.api.ts';
import { contentsWritingRoutes } from './contents-writing.api.ts';
import { gitDataRoutes } from './git-data.api.ts';
import { gitHookRoutes } from './git-hooks.api.ts';
import { languageRoutes } from './languages.api.ts';
import { refsRoutes } from './refs.api.ts';
import { signingKeyRoutes } from './signing-key.api.ts';
import { statusRoutes } from './statuses.api.ts';

/** Adds the code routes of `/api/v1`. */
export function mountCodeApi(web: WebApp): void {
  mountRoutes(web, repositoryGate(openRepository), [
    ...refsRoutes,
    ...commitRoutes,
    ...contentsRoutes,
    ...contentsWritingRoutes,
    ...compareRoutes,
    ...gitDataRoutes,
    ...gitHookRoutes,
    ...languageRoutes,
    ...signingKeyRoutes,
    ...statusRoutes,
  ]);
}
