// The texts that new repositories may begin with, in Gitea's REST API v1: templates of .gitignore, and licences.
import { notFound } from '../../base/errors.ts';
import { type AccountAccess, accountGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { GITIGNORE_NAMES, gitignoreText } from './gitignores.data.ts';
import { licenceChoices, rawLicence } from './licences.data.ts';

const routes: Route<AccountAccess, unknown>[] = [
  {
    method: 'get',
    path: '/api/v1/gitignore/templates',
    access: 'anyone',
    handler: (c) => c.json(GITIGNORE_NAMES),
    api: {
      tag: 'miscellaneous',
      id: 'listGitignoresTemplates',
      summary: 'List the templates of .gitignore',
      answer: 'string[]',
    },
  },
  {
    method: 'get',
    path: '/api/v1/gitignore/templates/:name',
    access: 'anyone',
    handler: getGitignore,
    api: {
      tag: 'miscellaneous',
      id: 'getGitignoreTemplateInfo',
      summary: 'Get a template of .gitignore',
      answer: 'GitignoreTemplateInfo',
    },
  },
  {
    method: 'get',
    path: '/api/v1/licenses',
    access: 'anyone',
    handler: getLicences,
    api: {
      tag: 'miscellaneous',
      id: 'listLicenseTemplates',
      summary: 'List the licences that are offered for new repositories',
      answer: 'LicensesTemplateListEntry[]',
    },
  },
  {
    method: 'get',
    path: '/api/v1/licenses/:name',
    access: 'anyone',
    handler: getLicence,
    api: {
      tag: 'miscellaneous',
      id: 'getLicenseTemplateInfo',
      summary: 'Get a licence with its text',
      answer: 'LicenseTemplateInfo',
    },
  },
];

/** Adds the templates of files to `/api/v1`. */
export function mountCatalogueApi(web: WebApp): void {
  mountRoutes(web, accountGate, routes);
}

function getGitignore(c: WebContext): Response {
  const name = c.req.param('name') ?? '';
  const source = gitignoreText(name);
  if (source === undefined) throw notFound('template');
  return c.json({ name, source });
}

function getLicences(c: WebContext): Response {
  return c.json(licenceChoices().map(({ id, name }) => ({ key: id, name, url: addressOf(c, id) })));
}

function getLicence(c: WebContext): Response {
  const key = c.req.param('name') ?? '';
  const found = rawLicence(key);
  if (!found) throw notFound('licence');
  return c.json({
    key,
    name: found.name,
    url: addressOf(c, key),
    implementation: IMPLEMENTATION,
    body: found.text,
  });
}

const IMPLEMENTATION = 'Put the text into a file named LICENSE at the root of the repository.';

function addressOf(c: WebContext, id: string): string {
  return `${c.var.app.publicUrl()}/api/v1/licenses/${encodeURIComponent(id)}`;
}
