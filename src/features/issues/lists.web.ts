// The list of a repository's issues, its filter menus and the completion of its queries.
import { notFound } from '../../base/errors.ts';
import { fragment, page } from '../../platform/web/page.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { repositoryFrame } from '../repos/frame.service.ts';
import { isArchived } from '../repos/repos.policy.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { postBulk } from './bulk.web.ts';
import { completeWord } from './completions.service.ts';
import { FILTERS, type FilterKey, filterModel } from './filters.present.ts';
import { type AskedList, askedList, isStandard, pinnedModels } from './list.present.ts';
import { LIST_KINDS, type ListKind, listKindOf } from './list-kinds.web.ts';
import { listModel, viewsModel } from './list-model.present.ts';
import { listPlaces } from './list-places.service.ts';
import { filterChoices, listHeadOf } from './lists.service.ts';
import { formatQuery, parseQuery } from './queries.service.ts';
import { queryHref } from './query-links.present.ts';
import { mayOnIssues } from './standing.policy.ts';
import { viewsFor } from './views.service.ts';

const LONGEST_WORDS = 100;

export const listRoutes: Route<Ability, OpenRepository>[] = [...routesOf('issues'), ...routesOf('pulls')];

function routesOf(kind: ListKind): Route<Ability, OpenRepository>[] {
  const at = `/:owner/:repo/${kind}`;
  return [
    { method: 'get', path: at, access: `${kind}:read`, handler: getList },
    { method: 'get', path: `${at}/filters/:menu`, access: `${kind}:read`, handler: getFilter },
    { method: 'get', path: `${at}/completions`, access: `${kind}:read`, handler: getCompletions },
    { method: 'post', path: `${at}/bulk`, access: `${kind}:triage`, handler: postBulk },
  ];
}

async function getList(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const { q, after, before } = c.req.query();
  const kind = listKindOf(c);
  const { title, standard, nothing, newAt } = LIST_KINDS[kind];
  const asked = askedList(`${open.path}/${kind}`, standard, q, Boolean(after ?? before));
  const newHref = isArchived(open.repository) ? undefined : `${open.path}/${newAt}`;
  const scope = { kind: 'repository', open } as const;
  const [list, head, views] = await Promise.all([
    listModel(app, actor, asked, { scope, after, before, newHref, nothing }),
    listHeadOf(app, open, kind === 'issues' && isStandard(asked) && !asked.isBehind),
    viewsFor(app, actor, open),
  ]);
  return page(c, 'issues/list-repository', {
    title: `${title} · ${open.path.slice(1)}`,
    heading: title,
    repo: repositoryFrame(open, kind),
    ...list,
    pinned: pinnedModels(open.path, head.pinned),
    places: await listPlaces(app, open, kind, head),
    menus: menusOf(asked),
    views: viewsModel(asked, actor, views),
    savePlace: open.path.slice(1),
    completionsHref: `${asked.action}/completions`,
    bulk: (await mayOnIssues(c.var.app, open, `${kind}:triage`))
      ? bulkModel(asked, { after, before })
      : undefined,
  });
}

const MENUS: readonly [FilterKey, string][] = [
  ['author', 'Author'],
  ['label', 'Labels'],
  ['milestone', 'Milestones'],
  ['assignee', 'Assignees'],
];

/** Their content is asked for when they are opened. */
function menusOf({ action, query }: AskedList) {
  return MENUS.map(([key, label]) => ({
    label,
    href: `${action}/filters/${key}?${new URLSearchParams({ query })}`,
  }));
}

/** Where the form of the selected issues goes, and which page it comes back to. */
function bulkModel(
  { action, query }: AskedList,
  cursor: { after: string | undefined; before: string | undefined },
) {
  const back = new URLSearchParams({ q: query });
  for (const [name, value] of Object.entries(cursor)) if (value) back.set(name, value);
  return { action: `${action}/bulk`, back: back.toString() };
}

/** A filter menu as a part of the list's page, as the list of its search, or as a page of its own. */
async function getFilter(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const { query = '', part, q = '' } = c.req.query();
  const key = filterKeyOf(c.req.param('menu'));
  const parsed = parseQuery(query);
  const words = q.trim().slice(0, LONGEST_WORDS).toLowerCase();
  const kind = listKindOf(c);
  const action = `${open.path}/${kind}`;
  const choices = await filterChoices(app, actor, open, key, kind === 'pulls');
  const menu = filterModel({ key, action, parsed, words }, choices);
  if (part === 'list') return fragment(c, 'issues/filter-list', menu);
  const shown = formatQuery(parsed);
  const src = `${action}/filters/${key}?${new URLSearchParams({ query: shown, part: 'list' })}`;
  const model = { ...menu, ...FILTERS[key], listId: `filter-${key}`, searchSrc: src };
  if (part === '1') return fragment(c, 'issues/filter-panel', model);
  return page(c, 'issues/filter-page', {
    title: `${FILTERS[key].heading} · ${open.path.slice(1)}`,
    repo: repositoryFrame(open, kind),
    ...model,
    query: shown,
    words,
    backHref: queryHref(action, shown),
  });
}

function filterKeyOf(text: string | undefined): FilterKey {
  const found = MENUS.find(([key]) => key === text);
  if (!found) throw notFound('page');
  return found[0];
}

async function getCompletions(c: WebContext, open: OpenRepository): Promise<Response> {
  return c.json(await completeWord(c.var.app, c.var.actor, open, c.req.query('word') ?? '', listKindOf(c)));
}
