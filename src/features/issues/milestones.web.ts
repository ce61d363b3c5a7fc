// Milestones: their list, the form of one, its page with its issues, closing, reopening and deletion.
import { type FieldErrors, isAppError, notFound } from '../../base/errors.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { repositoryFrame } from '../repos/frame.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { askedList, rowModels } from './list.present.ts';
import { pageOfIssues } from './listing.service.ts';
import { milestoneItem } from './milestones.present.ts';
import {
  changeMilestone,
  createMilestone,
  deleteMilestone,
  listMilestones,
  milestoneCounts,
  progressOf,
  requireMilestone,
  setMilestoneState,
  sortMilestones,
} from './milestones.service.ts';
import { MILESTONE_SORTS, type MilestoneRow, type MilestoneSort } from './milestones.types.ts';
import { formatQuery, parseQuery, withTerm } from './queries.service.ts';
import { queryHref } from './query-links.present.ts';
import { mayOnIssues } from './standing.policy.ts';
import { previewText } from './texts.service.ts';

const AT = '/:owner/:repo';
const MILESTONES = `${AT}/milestones`;
const ONE = `${MILESTONES}/:milestone{[0-9]{1,15}}`;
/** Issues, and milestones, on one page. */
const PAGE_SIZE = 25;

const reads = { method: 'get', access: 'conversations:read' } as const;
const fills = { method: 'get', access: 'conversations:manage' } as const;
const changes = { method: 'post', access: 'conversations:manage' } as const;

export const milestoneRoutes: Route<Ability, OpenRepository>[] = [
  { ...reads, path: MILESTONES, handler: getMilestones },
  { ...changes, path: MILESTONES, handler: postMilestone },
  { ...fills, path: `${MILESTONES}/new`, handler: (c, open) => answerForm(c, open, undefined) },
  { ...fills, path: `${ONE}/edit`, handler: getEdit },
  { ...changes, path: ONE, handler: postChange },
  { ...changes, path: `${ONE}/closure`, handler: (c, open) => postState(c, open, 'closed') },
  { ...changes, path: `${ONE}/closure/removal`, handler: (c, open) => postState(c, open, 'open') },
  { ...changes, path: `${ONE}/deletion`, handler: postDeletion },
  { ...reads, path: `${AT}/milestone/:milestone{[0-9]{1,15}}`, handler: getMilestone },
];

const SORT_LABELS: Record<MilestoneSort, string> = {
  due: 'Closest due date',
  complete: 'Most complete',
  title: 'Title',
  recent: 'Recently updated',
};

async function getMilestones(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const state = c.req.query('state') === 'closed' ? 'closed' : 'open';
  const sort = MILESTONE_SORTS.find((one) => one === c.req.query('sort')) ?? 'due';
  const from = startOf(c.req.query('from'));
  const [rows, counts, progress, mayManage] = await Promise.all([
    listMilestones(app, open, state),
    milestoneCounts(app, open),
    progressOf(app, open),
    mayOnIssues(app, open, 'conversations:manage'),
  ]);
  const none = { open: 0, closed: 0 };
  const all = sortMilestones(
    rows.map((row) => ({ row, progress: progress.get(row.id) ?? none })),
    sort,
  );
  const action = `${open.path}/milestones`;
  const hrefOf = (more: Record<string, string>) =>
    `${action}?${new URLSearchParams({ state, sort, ...more })}`;
  return page(c, 'issues/milestones', {
    title: `Milestones · ${open.path.slice(1)}`,
    repo: repositoryFrame(open, 'issues'),
    action,
    state,
    counts,
    openHref: hrefOf({ state: 'open' }),
    closedHref: hrefOf({ state: 'closed' }),
    sorts: MILESTONE_SORTS.map((one) => ({
      label: SORT_LABELS[one],
      href: hrefOf({ sort: one }),
      selected: one === sort,
    })),
    items: all.slice(from, from + PAGE_SIZE).map((item) => milestoneItem(app, open, item.row, item.progress)),
    previous: from > 0 ? hrefOf({ from: String(Math.max(0, from - PAGE_SIZE)) }) : undefined,
    next: from + PAGE_SIZE < all.length ? hrefOf({ from: String(from + PAGE_SIZE) }) : undefined,
    mayManage,
  });
}

/** There are a thousand at most, so the list is in memory as a whole. */
function startOf(text: string | undefined): number {
  return /^\d{1,4}$/.test(text ?? '') ? Number(text) : 0;
}

async function getMilestone(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const row = await milestoneOf(c, open);
  const state = c.req.query('state') === 'closed' ? 'closed' : 'open';
  const { after, before } = c.req.query();
  const inMilestone = withTerm(parseQuery(`is:${state}`), 'milestone', row.title);
  const asked = askedList(`${open.path}/issues`, '', formatQuery(inMilestone), false);
  const found = await pageOfIssues(app, actor, {
    scope: { kind: 'repository', open },
    query: asked.parsed,
    after,
    before,
    size: PAGE_SIZE,
  });
  const item = milestoneItem(app, open, row, found);
  const pageHref = (side: string, cursor: string | undefined) =>
    cursor && `${item.href}?${new URLSearchParams({ state, [side]: cursor })}`;
  return page(c, 'issues/milestone', {
    title: `${row.title} · Milestones · ${open.path.slice(1)}`,
    repo: repositoryFrame(open, 'issues'),
    item,
    descriptionHtml: row.description.trim() ? await previewText(app, open, row.description) : undefined,
    state,
    rows: rowModels(asked, found.issues, false),
    listHref: queryHref(`${open.path}/issues`, asked.query),
    action: `${open.path}/milestones/${row.id}`,
    newHref: `${open.path}/issues/new?${new URLSearchParams({ milestone: row.title })}`,
    previous: pageHref('before', found.previous),
    next: pageHref('after', found.next),
    mayManage: await mayOnIssues(app, open, 'conversations:manage'),
  });
}

interface Shown {
  form: Record<string, string>;
  errors: FieldErrors;
}

async function getEdit(c: WebContext, open: OpenRepository): Promise<Response> {
  return answerForm(c, open, await milestoneOf(c, open));
}

function answerForm(
  c: WebContext,
  open: OpenRepository,
  known: MilestoneRow | undefined,
  shown?: Shown,
): Promise<Response> {
  const { title = '', description = '', dueOn } = known ?? {};
  const model = {
    title: `${known ? 'Edit milestone' : 'New milestone'} · ${open.path.slice(1)}`,
    repo: repositoryFrame(open, 'issues'),
    known: known && { title, href: `${open.path}/milestone/${known.id}` },
    action: known ? `${open.path}/milestones/${known.id}` : `${open.path}/milestones`,
    form: { title, description, due_on: dueOn ?? '', ...shown?.form },
    errors: shown?.errors ?? {},
  };
  return Promise.resolve(page(c, 'issues/milestone-form', model, shown ? 422 : 200));
}

function postMilestone(c: WebContext, open: OpenRepository): Promise<Response> {
  return save(c, open, undefined, (raw) => createMilestone(c.var.app, c.var.actor, open, raw));
}

async function postChange(c: WebContext, open: OpenRepository): Promise<Response> {
  const known = await milestoneOf(c, open);
  return save(c, open, known, (raw) => changeMilestone(c.var.app, c.var.actor, open, known.id, raw));
}

async function save(
  c: WebContext,
  open: OpenRepository,
  known: MilestoneRow | undefined,
  store: (raw: Record<string, unknown>) => Promise<MilestoneRow>,
): Promise<Response> {
  const form = await readForm(c);
  const { title = '', due_on = '' } = form;
  // Forms send line ends as on paper tape.
  const description = (form.description ?? '').replace(/\r\n/g, '\n');
  try {
    const { id } = await store({ title, description, due_on });
    return redirectWithMessage(c, `${open.path}/milestone/${id}`, 'The milestone was saved.');
  } catch (error) {
    if (!isAppError(error, 'invalid', 'conflict') || !error.fields) throw error;
    return answerForm(c, open, known, { form: { title, description, due_on }, errors: error.fields });
  }
}

async function postState(c: WebContext, open: OpenRepository, state: 'open' | 'closed'): Promise<Response> {
  const { id } = await setMilestoneState(c.var.app, c.var.actor, open, idOf(c), state);
  const done = state === 'closed' ? 'The milestone is closed.' : 'The milestone is open again.';
  return redirectWithMessage(c, `${open.path}/milestone/${id}`, done);
}

async function postDeletion(c: WebContext, open: OpenRepository): Promise<Response> {
  await deleteMilestone(c.var.app, c.var.actor, open, idOf(c));
  return redirectWithMessage(c, `${open.path}/milestones`, 'The milestone was deleted.');
}

function milestoneOf(c: WebContext, open: OpenRepository): Promise<MilestoneRow> {
  return requireMilestone(c.var.app, open, idOf(c));
}

function idOf(c: WebContext): number {
  const id = Number(c.req.param('milestone'));
  if (!Number.isSafeInteger(id) || id < 1) throw notFound('milestone');
  return id;
}
