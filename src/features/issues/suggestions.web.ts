// Completion in composers, as lists of options.
import { fragment } from '../../platform/web/page.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { requirePerson } from './changing.service.ts';
import { suggestIssues, suggestPeople } from './suggestions.service.ts';

const AT = '/:owner/:repo/suggestions';

export const suggestionRoutes: Route<Ability, OpenRepository>[] = [
  { method: 'get', path: `${AT}/people`, access: 'conversations:read', handler: getPeople },
  { method: 'get', path: `${AT}/issues`, access: 'conversations:read', handler: getIssues },
];

async function getPeople(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  requirePerson(actor);
  const issue = c.req.query('issue') ?? '';
  const number = /^[1-9]\d{0,8}$/.test(issue) ? Number(issue) : undefined;
  const found = await suggestPeople(app, actor, open, { typed: c.req.query('q') ?? '', number });
  return fragment(c, 'issues/suggested-people', found);
}

async function getIssues(c: WebContext, open: OpenRepository): Promise<Response> {
  requirePerson(c.var.actor);
  const issues = await suggestIssues(c.var.app, c.var.actor, open, c.req.query('q') ?? '');
  return fragment(c, 'issues/suggested-issues', { issues });
}
