// The key that this site signs merges with, in Gitea's REST API v1.
import { AppError, notFound } from '../../base/errors.ts';
import { type AccountAccess, accountGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { sitePublicKey } from './site-signing.service.ts';

const routes: Route<AccountAccess, unknown>[] = [
  {
    method: 'get',
    path: '/api/v1/signing-key.gpg',
    access: 'anyone',
    handler: getGpgKey,
    api: {
      tag: 'miscellaneous',
      id: 'getSigningKey',
      summary: "Get the site's GPG key",
      about: 'Sites sign with an SSH key: see `/signing-key.pub`.',
      answer: 'text',
    },
  },
  {
    method: 'get',
    path: '/api/v1/signing-key.pub',
    access: 'anyone',
    handler: getSshKey,
    api: {
      tag: 'miscellaneous',
      id: 'getSigningKeySSH',
      summary: 'Get the SSH key that the site signs merges with',
      answer: 'text',
    },
  },
];

/** Adds the site's key to `/api/v1`. */
export function mountSiteKeyApi(web: WebApp): void {
  mountRoutes(web, accountGate, routes);
}

function getGpgKey(c: WebContext): Response {
  if (sitePublicKey(c.var.app) === undefined) throw notFound('signing key');
  throw new AppError('not_found', 'This site signs with an SSH key: /api/v1/signing-key.pub');
}

function getSshKey(c: WebContext): Response {
  const key = sitePublicKey(c.var.app);
  if (key === undefined) throw notFound('signing key');
  return c.text(`${key}\n`);
}
