// The key that merges of a repository are signed with in Gitea's REST API v1: it is the site's.
import { AppError, notFound } from '../../base/errors.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { sitePublicKey } from '../auth/site-signing.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';

const AT = '/api/v1/repos/:owner/:repo';
const tag = 'repository';

export const signingKeyRoutes: Route<Ability, OpenRepository>[] = [
  {
    ...{ method: 'get', path: `${AT}/signing-key.gpg`, access: 'code:read', handler: getGpgKey },
    api: {
      ...{ tag, id: 'repoSigningKey', summary: 'Get the GPG key that merges are signed with' },
      ...{ about: 'Merges are signed with an SSH key: see `signing-key.pub`.', answer: 'text' },
    },
  },
  {
    ...{ method: 'get', path: `${AT}/signing-key.pub`, access: 'code:read', handler: getSshKey },
    api: {
      ...{ tag, id: 'repoSigningKeySSH', summary: 'Get the SSH key that merges are signed with' },
      answer: 'text',
    },
  },
];

function getGpgKey(c: WebContext, open: OpenRepository): Response {
  if (sitePublicKey(c.var.app) === undefined) throw notFound('signing key');
  throw new AppError(
    'not_found',
    `Merges are signed with an SSH key: /api/v1/repos${open.path}/signing-key.pub`,
  );
}

function getSshKey(c: WebContext): Response {
  const key = sitePublicKey(c.var.app);
  if (key === undefined) throw notFound('signing key');
  return c.text(`${key}\n`);
}
