// Pages of branches: their lists, and making, renaming, deleting and restoring them.
import { isAppError, notFound } from '../../base/errors.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import { idInQuery } from '../../platform/web/queries.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import { repositoryFrame } from '../repos/frame.service.ts';
import { protectionOf } from '../repos/push-judges.service.ts';
import { permissionIncludes } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import {
  BRANCH_TABS,
  type BranchOverview,
  type BranchTab,
  listBranchesOf,
  readBranches,
} from './branch-lists.service.ts';
import { type BranchItem, branchItem } from './branches.present.ts';
import { createBranch, mayChangeRefs, renameBranch } from './branches.service.ts';
import { deleteBranch, listDeleted, restoreBranch } from './deleted-branches.service.ts';
import { encodePath, visibleText } from './paths.service.ts';
import { findNamedCommit } from './places.service.ts';
import { pullsOfBranches } from './pull-lines.service.ts';
import { distancesToDefault, findBranch, listRefNames, type RefWithCommit } from './refs.service.ts';

const PAGE_SIZE = 30;
/** Branches of each kind on the overview. */
const SHORT = 8;
/** Names that the form of a new branch suggests. */
const MOST_SUGGESTED = 200;

const HEADINGS: Readonly<Record<BranchTab, string>> = {
  yours: 'Your branches',
  active: 'Active branches',
  stale: 'Stale branches',
  all: 'All branches',
};

type Fields = Record<string, string>;

interface Group {
  heading: string;
  items: BranchItem[];
  /** The list of all of them, where there are more. */
  moreHref?: string | undefined;
}

/** The overview; with words to look for, the list of all. */
export async function getBranches(c: WebContext, open: OpenRepository): Promise<Response> {
  if (wordsOf(c) !== '') return answerTab(c, open, 'all');
  const { app, actor } = c.var;
  const overview = await readBranches(app, actor, open, true);
  const first = await findBranch(app, open, open.repository.defaultBranch);
  const groups: Group[] = first ? [await groupOf(c, open, 'Default branch', [first])] : [];
  for (const tab of ['yours', 'active'] as const) {
    const found = await listBranchesOf(app, open, overview, {
      tab,
      words: '',
      after: undefined,
      limit: SHORT,
    });
    if (found.items.length === 0) continue;
    const group = await groupOf(c, open, HEADINGS[tab], found.items);
    groups.push({ ...group, moreHref: found.next && `${open.path}/branches/${tab}` });
  }
  return answer(c, open, { tab: 'overview', groups, overview });
}

/** One list: yours, active, stale or all. */
export async function getBranchTab(c: WebContext, open: OpenRepository): Promise<Response> {
  const tab = BRANCH_TABS.find((one) => one === c.req.param('tab'));
  if (!tab) throw notFound();
  return answerTab(c, open, tab);
}

async function answerTab(c: WebContext, open: OpenRepository, tab: BranchTab): Promise<Response> {
  const { app, actor } = c.var;
  const [words, after] = [wordsOf(c), c.req.query('after')];
  const overview = await readBranches(app, actor, open, tab !== 'all');
  const found = await listBranchesOf(app, open, overview, { tab, words, after, limit: PAGE_SIZE });
  const groups = found.items.length > 0 ? [await groupOf(c, open, HEADINGS[tab], found.items)] : [];
  return answer(c, open, { tab, groups, overview, words, after, next: found.next });
}

async function groupOf(
  c: WebContext,
  open: OpenRepository,
  heading: string,
  items: readonly RefWithCommit[],
): Promise<Group> {
  const distances = await distancesToDefault(c.var.app, open, items);
  const names = items.map(({ ref }) => ref.name);
  const protection = await protectionOf(c.var.app, open, names);
  const pulls = await pullsOfBranches(
    c.var.app,
    open,
    items.map(({ name }) => name),
  );
  return {
    heading,
    items: items.map((item) =>
      branchItem(open, item, distances, protection.get(item.ref.name), pulls.get(item.name)),
    ),
  };
}

interface Shown {
  tab: BranchTab | 'overview';
  groups: Group[];
  overview: BranchOverview;
  words?: string;
  after?: string | undefined;
  next?: string | undefined;
}

function answer(c: WebContext, open: OpenRepository, shown: Shown): Response {
  const { tab, groups, words = '', after, next } = shown;
  const base = tab === 'overview' ? `${open.path}/branches` : `${open.path}/branches/${tab}`;
  const at = (more: Fields) => `${base}?${new URLSearchParams({ ...(words ? { q: words } : {}), ...more })}`;
  return page(c, 'code/branches', {
    title: `Branches · ${open.path.slice(1)}`,
    ...frameOf(open, tab),
    groups,
    words,
    total: shown.overview.refs.length,
    action: tab === 'overview' ? `${open.path}/branches/all` : base,
    previous: after === undefined ? undefined : at({}),
    previousLabel: 'First page',
    next: next === undefined ? undefined : at({ after: next }),
  });
}

function frameOf(open: OpenRepository, selected: string) {
  const at = (tab: string) => `${open.path}/branches/${tab}`;
  const mayChange = mayChangeRefs(open);
  const lists = [
    { key: 'overview', label: 'Overview', href: `${open.path}/branches` },
    ...(mayChange ? [{ key: 'yours', label: 'Yours', href: at('yours') }] : []),
    { key: 'active', label: 'Active', href: at('active') },
    { key: 'stale', label: 'Stale', href: at('stale') },
    { key: 'all', label: 'All', href: at('all') },
    ...(mayChange ? [{ key: 'deleted', label: 'Deleted', href: at('deleted') }] : []),
  ];
  return {
    repo: repositoryFrame(open, 'code'),
    lists,
    list: selected,
    mayChange,
    mayRenameDefault: mayRename(open, open.repository.defaultBranch),
  };
}

/** The default branch is a setting of the repository. */
function mayRename(open: OpenRepository, name: string): boolean {
  if (!mayChangeRefs(open)) return false;
  return name !== open.repository.defaultBranch || permissionIncludes(open.permission, 'admin');
}

function wordsOf(c: WebContext): string {
  return (c.req.query('q') ?? '').trim().slice(0, 100);
}

/** Branches that can be restored. */
export async function getDeletedBranches(c: WebContext, open: OpenRepository): Promise<Response> {
  const before = idInQuery(c, 'before');
  const found = await listDeleted(c.var.app, open, before);
  const address = `${open.path}/branches/deleted`;
  return page(c, 'code/branches-deleted', {
    title: `Deleted branches · ${open.path.slice(1)}`,
    ...frameOf(open, 'deleted'),
    items: found.items.map((item) => ({
      ...item,
      name: visibleText(item.name),
      short: item.commitOid.slice(0, 7),
      href: `${open.path}/commit/${item.commitOid}`,
    })),
    days: c.var.app.config.repositories.deleted_branch_days,
    previous: before === undefined ? undefined : address,
    previousLabel: 'First page',
    next: found.next === undefined ? undefined : `${address}?before=${found.next}`,
  });
}

/** The form of a new branch. */
export function getNewBranch(c: WebContext, open: OpenRepository): Promise<Response> {
  const from = c.req.query('from') ?? open.repository.defaultBranch;
  return answerNew(c, open, { name: c.req.query('name') ?? '', from }, {}, 200);
}

async function answerNew(
  c: WebContext,
  open: OpenRepository,
  form: Fields,
  errors: Fields,
  status: number,
): Promise<Response> {
  const { branches, tags } = await listRefNames(c.var.app, open);
  const model = {
    title: `New branch · ${open.path.slice(1)}`,
    repo: repositoryFrame(open, 'code'),
    form,
    errors,
    suggestions: [...branches, ...tags].slice(0, MOST_SUGGESTED),
  };
  return page(c, 'code/branch-new', model, status);
}

export async function postBranch(c: WebContext, open: OpenRepository): Promise<Response> {
  const form = await readForm(c);
  const { name = '', from = '' } = form;
  try {
    await createBranch(c.var.app, c.var.actor, open, { name: name.trim(), from: from.trim() });
  } catch (error) {
    if (isAppError(error, 'invalid') && error.fields) return answerNew(c, open, form, error.fields, 422);
    throw error;
  }
  const message = `The branch ${name.trim()} was made.`;
  return redirectWithMessage(c, `${open.path}/tree/${encodePath(name.trim())}`, message);
}

/** The form that renames a branch. */
export function getBranchName(c: WebContext, open: OpenRepository): Promise<Response> {
  const branch = c.req.query('branch') ?? '';
  return answerRename(c, open, { branch, name: branch }, {}, 200);
}

async function answerRename(
  c: WebContext,
  open: OpenRepository,
  form: Fields & { branch: string },
  errors: Fields,
  status: number,
): Promise<Response> {
  const found = await findBranch(c.var.app, open, form.branch);
  if (!found) throw notFound('branch');
  const model = {
    title: `Rename a branch · ${open.path.slice(1)}`,
    repo: repositoryFrame(open, 'code'),
    form,
    errors,
    shown: visibleText(form.branch),
    isDefault: form.branch === open.repository.defaultBranch,
  };
  return page(c, 'code/branch-name', model, status);
}

export async function postBranchName(c: WebContext, open: OpenRepository): Promise<Response> {
  const form = await readForm(c);
  const { branch = '', name = '' } = form;
  try {
    await renameBranch(c.var.app, c.var.actor, open, { from: branch, to: name.trim() });
  } catch (error) {
    if (isAppError(error, 'invalid') && error.fields)
      return answerRename(c, open, { ...form, branch }, error.fields, 422);
    throw error;
  }
  return redirectWithMessage(c, `${open.path}/branches`, `${branch} is ${name.trim()} now.`);
}

export async function postBranchDeletion(c: WebContext, open: OpenRepository): Promise<Response> {
  const { name = '', oid = '' } = await readForm(c);
  const branch = await findBranch(c.var.app, open, name);
  if (!branch) throw notFound('branch');
  await deleteBranch(c.var.app, c.var.actor, open, { name, oid: oid || branch.ref.oid });
  const message = `The branch ${name} was deleted. It can be restored.`;
  return redirectWithMessage(c, `${open.path}/branches/deleted`, message);
}

export async function postBranchRestoration(c: WebContext, open: OpenRepository): Promise<Response> {
  const { id = '' } = await readForm(c);
  if (!/^[1-9]\d{0,14}$/.test(id)) throw notFound('deleted branch');
  const name = await restoreBranch(c.var.app, c.var.actor, open, Number(id));
  const at = await findNamedCommit(c.var.app, open, `refs/heads/${name}`);
  const to = at ? `${open.path}/tree/${encodePath(name)}` : `${open.path}/branches`;
  return redirectWithMessage(c, to, `The branch ${name} is back.`);
}
