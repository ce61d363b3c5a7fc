// The tab Commits, and the pull request as text: `.diff` and `.patch`.
import { notFound } from '../../base/errors.ts';
import { streamDiff, streamPatches } from '../../platform/git/diff.ts';
import { inTurn } from '../../platform/web/expensive.ts';
import { page } from '../../platform/web/page.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { commitDetails } from '../code/commit-details.service.ts';
import { byDay, commitItem } from '../code/commits.present.ts';
import { bodyInTurn } from '../code/streamed-turns.web.ts';
import { outputOf } from '../code/streams.service.ts';
import { issueHref } from '../issues/addresses.service.ts';
import { issueViewed } from '../issues/page-visits.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { isPullCommit, listPullCommits } from './pull-commits.service.ts';
import { pullFrame } from './pull-frame.present.ts';
import { PULL, pullAt, pullOf } from './pull-requests.web.ts';
import type { Pull } from './pulls.types.ts';

const COMMITS_PER_PAGE = 100;
const TEXT = '/:owner/:repo/pull/:text{[0-9]+\\.(?:diff|patch)}';

export const pullCommitRoutes: Route<Ability, OpenRepository>[] = [
  { method: 'get', path: `${PULL}/commits`, access: 'pulls:read', handler: getCommits },
  { method: 'get', path: `${PULL}/commits/:oid{[0-9a-f]+}`, access: 'pulls:read', handler: getCommit },
  { method: 'get', path: TEXT, access: 'pulls:read', handler: getText },
];

async function getCommits(c: WebContext, open: OpenRepository): Promise<Response> {
  const found = await pullAt(c, open);
  await issueViewed(c, found.issue);
  const number = pageNumber(c.req.query('page'));
  return inTurn(c, () => answerCommits(c, open, found, number));
}

/** Pages from 1; what is no number is the first one. */
function pageNumber(text: string | undefined): number {
  return /^[1-9]\d{0,5}$/.test(text ?? '') ? Number(text) : 1;
}

async function answerCommits(
  c: WebContext,
  open: OpenRepository,
  found: Pull,
  number: number,
): Promise<Response> {
  const { app } = c.var;
  const { issue, pull } = found;
  const listed = { page: number, size: COMMITS_PER_PAGE, signal: c.req.raw.signal };
  const [frame, { commits, total }] = await Promise.all([
    pullFrame(app, open, found, 'commits'),
    listPullCommits(app, open, pull, listed),
  ]);
  const details = await commitDetails(app, open, commits);
  const items = commits.map((commit) => ({
    ...commitItem(open, commit, details),
    browseHref: `${open.path}/tree/${commit.oid}`,
  }));
  const href = `${issueHref(open.path, issue)}/commits`;
  return page(c, 'pulls/commits', {
    title: `Commits · ${issue.title} · Pull request #${issue.number} · ${open.path.slice(1)}`,
    ...frame,
    days: byDay(items),
    total,
    previous: number > 1 ? addressOf(href, number - 1) : undefined,
    next: number * COMMITS_PER_PAGE < total ? addressOf(href, number + 1) : undefined,
  });
}

function addressOf(href: string, number: number): string {
  return number === 1 ? href : `${href}?page=${number}`;
}

/** A commit has one page, whichever pull request brings it. */
async function getCommit(c: WebContext, open: OpenRepository): Promise<Response> {
  const { pull } = await pullAt(c, open);
  const oid = c.req.param('oid') ?? '';
  if (!(await isPullCommit(c.var.app, open, pull, oid))) throw notFound('commit');
  return c.redirect(`${open.path}/commit/${oid}`, 302);
}

/** What the pull request changes as git writes it: `.diff`, or its commits as mails, `.patch`. */
async function getText(c: WebContext, open: OpenRepository): Promise<Response> {
  const [number, suffix] = (c.req.param('text') ?? '').split('.');
  const { pull } = await pullOf(c, open, number);
  return answerText(c, open, pull, suffix);
}

/** A pull request as `diff` or `patch`. */
export async function answerText(
  c: WebContext,
  open: OpenRepository,
  pull: Pull['pull'],
  suffix: string | undefined,
): Promise<Response> {
  const headers = {
    'content-type': 'text/plain; charset=utf-8',
    'content-security-policy': "default-src 'none'; sandbox",
    'cache-control': 'private, no-cache',
    'x-robots-tag': 'noindex, nofollow',
  };
  if (c.req.method === 'HEAD') return new Response(null, { status: 200, headers });
  return new Response(await textOf(c, open, pull, suffix), { status: 200, headers });
}

/** A diff counts from where the two parted; mails are the commits themselves. */
async function textOf(
  c: WebContext,
  { dir }: OpenRepository,
  { mergeBaseOid, baseOid, headOid: to }: Pull['pull'],
  suffix: string | undefined,
): Promise<ReadableStream<Uint8Array>> {
  const { git } = c.var.app;
  const start = () =>
    suffix === 'diff'
      ? streamDiff(git, dir, { from: mergeBaseOid ?? baseOid, to })
      : streamPatches(git, dir, { from: baseOid, to });
  return bodyInTurn(c, (signal) => outputOf(start, signal));
}
