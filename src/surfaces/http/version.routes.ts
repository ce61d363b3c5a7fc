// `GET /api/v1/version`: what API clients ask first.
import { VERSION } from '../../platform/runtime/version.ts';
import { type AccountAccess, accountGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp } from '../../platform/web/web.types.ts';

/** The release of Gitea whose shapes the API answers in; clients switch features on by it. */
const GITEA_LEVEL = '1.24.0';

const ROUTES: Route<AccountAccess, unknown>[] = [
  {
    method: 'get',
    path: '/api/v1/version',
    access: 'anyone',
    // Our own version is the build metadata of a semantic version, which clients ignore when they compare.
    handler: (c) => c.json({ version: `${GITEA_LEVEL}+opencodehub-${VERSION}`, opencodehub: VERSION }),
    api: {
      tag: 'miscellaneous',
      id: 'getVersion',
      summary: "Get the version of Gitea's API that is spoken, and the program's own",
      answer: 'ServerVersion',
    },
  },
];

/** Adds the version to the API. */
export function mountVersion(web: WebApp): void {
  mountRoutes(web, accountGate, ROUTES);
}
