// What a repository is written in and under which licences, in Gitea's REST API v1.
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { languageBytes, licencesAt } from './commit-facts.service.ts';

const AT = '/api/v1/repos/:owner/:repo';
/** Milliseconds that whoever asks waits for; what takes longer is there for those who ask later. */
const PATIENCE = 10_000;

export const languageRoutes: Route<Ability, OpenRepository>[] = [
  {
    method: 'get',
    path: `${AT}/languages`,
    access: 'code:read',
    expensive: true,
    handler: getLanguages,
    api: {
      tag: 'repository',
      id: 'repoGetLanguages',
      summary: 'Say in which languages the default branch is written, with their bytes',
      about: 'Empty as long as a large repository has not been looked at.',
      answer: 'object',
    },
  },
  {
    method: 'get',
    path: `${AT}/licenses`,
    access: 'code:read',
    expensive: true,
    handler: getLicences,
    api: {
      tag: 'repository',
      id: 'repoGetLicenses',
      summary: 'List the licences of the default branch by their SPDX identifiers',
      answer: 'string[]',
    },
  },
];

async function getLanguages(c: WebContext, open: OpenRepository): Promise<Response> {
  const tip = await tipOf(c, open);
  const bytes = tip === undefined ? [] : await languageBytes(c.var.app, open, tip, PATIENCE);
  return c.json(Object.fromEntries(bytes ?? []));
}

async function getLicences(c: WebContext, open: OpenRepository): Promise<Response> {
  const tip = await tipOf(c, open);
  return c.json(tip === undefined ? [] : ((await licencesAt(c.var.app, open, tip, PATIENCE)) ?? []));
}

function tipOf(c: WebContext, { dir, repository }: OpenRepository): Promise<string | undefined> {
  return c.var.app.git.ref(dir, `refs/heads/${repository.defaultBranch}`);
}
