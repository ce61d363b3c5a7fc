// The pages of a repository's code: every route with what it asks of the visitor.
import { type AccountAccess, accountGate, repositoryGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { openRepository } from '../repos/access.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { getArchive } from './archives.web.ts';
import { getBlame } from './blame.web.ts';
import { getBlobLines, getBlobSymbols } from './blob-parts.web.ts';
import { getBlob } from './blobs.web.ts';
import {
  getBranches,
  getBranchName,
  getBranchTab,
  getDeletedBranches,
  getNewBranch,
  postBranch,
  postBranchDeletion,
  postBranchName,
  postBranchRestoration,
} from './branches.web.ts';
import { getCommit, getContaining } from './commit.web.ts';
import { getCommits } from './commits.web.ts';
import { getComparedRefs, getComparison } from './compare.web.ts';
import {
  getDiffLines,
  getFile,
  getFiles,
  getFileTree,
  getTotals,
  postViewedFile,
} from './diff-fragments.web.ts';
import { editingRoutes } from './editing.web.ts';
import { getFinder, getFinderResults } from './finder.web.ts';
import { getGraph } from './graph.web.ts';
import { getInsights, redirectToContributors } from './insights.web.ts';
import { getRaw } from './raw.web.ts';
import { getSymbols } from './symbols.web.ts';
import { getHome, getTree, getTreeCommits } from './trees.web.ts';

const AT = '/:owner/:repo';

/** Names may hold line breaks, which `*` and `.` would not match. */
const REST = ':rest{[^]+}';

const routes: Route<Ability, OpenRepository>[] = [
  ...editingRoutes,
  // Shown also without its code, to say so: `getHome` looks.
  { method: 'get', path: AT, access: 'repository:see', handler: getHome },
  { method: 'get', path: `${AT}/tree/${REST}`, access: 'code:read', handler: getTree },
  { method: 'get', path: `${AT}/tree-commits/${REST}`, access: 'code:read', handler: getTreeCommits },
  { method: 'get', path: `${AT}/blob/${REST}`, access: 'code:read', handler: getBlob },
  // Takes its turn itself: what is streamed outlasts the handler.
  { method: 'get', path: `${AT}/blame/${REST}`, access: 'code:read', handler: getBlame },
  { method: 'get', path: `${AT}/raw/${REST}`, access: 'code:read', handler: getRaw },
  { method: 'get', path: `${AT}/media/${REST}`, access: 'code:read', handler: getRaw },
  { method: 'get', path: `${AT}/blob-lines/${REST}`, access: 'code:read', handler: getBlobLines },
  { method: 'get', path: `${AT}/blob-symbols/${REST}`, access: 'code:read', handler: getBlobSymbols },
  { method: 'get', path: `${AT}/symbols`, access: 'code:read', handler: getSymbols },
  { method: 'get', path: `${AT}/commits`, access: 'code:read', expensive: true, handler: getCommits },
  { method: 'get', path: `${AT}/commits/${REST}`, access: 'code:read', expensive: true, handler: getCommits },
  { method: 'get', path: `${AT}/graph`, access: 'code:read', expensive: true, handler: getGraph },
  { method: 'get', path: `${AT}/graph/${REST}`, access: 'code:read', expensive: true, handler: getGraph },
  // Takes its turns itself, since it also streams.
  { method: 'get', path: `${AT}/commit/:commit`, access: 'code:read', handler: getCommit },
  {
    method: 'get',
    path: `${AT}/branch_commits/:commit`,
    access: 'code:read',
    expensive: true,
    handler: getContaining,
  },
  // Takes its turns itself, since it also streams.
  { method: 'get', path: `${AT}/compare`, access: 'code:read', handler: getComparison },
  { method: 'get', path: `${AT}/compare/${REST}`, access: 'code:read', handler: getComparison },
  { method: 'get', path: `${AT}/compare-refs`, access: 'code:read', handler: getComparedRefs },
  { method: 'get', path: `${AT}/diff/:range/files`, access: 'code:read', expensive: true, handler: getFiles },
  { method: 'get', path: `${AT}/diff/:range/file`, access: 'code:read', expensive: true, handler: getFile },
  {
    method: 'get',
    path: `${AT}/diff/:range/tree`,
    access: 'code:read',
    expensive: true,
    handler: getFileTree,
  },
  {
    method: 'get',
    path: `${AT}/diff/:range/totals`,
    access: 'code:read',
    expensive: true,
    handler: getTotals,
  },
  {
    method: 'get',
    path: `${AT}/diff-lines/${REST}`,
    access: 'code:read',
    expensive: true,
    handler: getDiffLines,
  },
  { method: 'post', path: `${AT}/viewed-files`, access: 'code:mark', handler: postViewedFile },
  { method: 'get', path: `${AT}/branches`, access: 'code:read', handler: getBranches },
  { method: 'post', path: `${AT}/branches`, access: 'code:write', handler: postBranch },
  { method: 'get', path: `${AT}/branches/new`, access: 'code:write', handler: getNewBranch },
  { method: 'get', path: `${AT}/branches/name`, access: 'code:write', handler: getBranchName },
  { method: 'post', path: `${AT}/branches/name`, access: 'code:write', handler: postBranchName },
  { method: 'post', path: `${AT}/branches/deletion`, access: 'code:write', handler: postBranchDeletion },
  { method: 'get', path: `${AT}/branches/deleted`, access: 'code:write', handler: getDeletedBranches },
  {
    method: 'post',
    path: `${AT}/branches/restoration`,
    access: 'code:write',
    handler: postBranchRestoration,
  },
  { method: 'get', path: `${AT}/branches/:tab`, access: 'code:read', handler: getBranchTab },
  { method: 'get', path: `${AT}/find/${REST}`, access: 'code:read', handler: getFinder },
  { method: 'get', path: `${AT}/find-results/${REST}`, access: 'code:read', handler: getFinderResults },
  { method: 'get', path: `${AT}/graphs`, access: 'code:read', handler: redirectToContributors },
  { method: 'get', path: `${AT}/graphs/:page`, access: 'code:read', expensive: true, handler: getInsights },
  { method: 'get', path: `${AT}/archive/${REST}`, access: 'code:read', handler: getArchive },
];

/** The address that is cloned from, opened in a browser. */
const cloneAddressRoutes: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: '/:owner/:repo{[^/]+\\.git}', access: 'anyone', handler: getCloneAddress },
];

/** Adds the pages of the code room. They hold the widest patterns, so they are mounted last. */
export function mountCode(web: WebApp): void {
  mountRoutes(web, accountGate, cloneAddressRoutes);
  mountRoutes(web, repositoryGate(openRepository), routes);
}

function getCloneAddress(c: WebContext): Response {
  return c.redirect(new URL(c.req.url).pathname.replace(/\.git$/, ''), 302);
}
