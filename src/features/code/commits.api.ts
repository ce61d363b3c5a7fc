// Commits and notes in Gitea's REST API v1.
import { notFound } from '../../base/errors.ts';
import { countCommitsBetween, listCommits } from '../../platform/git/history.ts';
import { queryOf } from '../../platform/web/api-input.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { requireAt, requireNamed } from './asked-commits.service.ts';
import { commitQuery, commitsQuery, noteQuery } from './code.input.ts';
import { commitJson, commitsJson } from './code.json.ts';
import type { NamedCommit } from './code.types.ts';
import { answerCommitText } from './commit.web.ts';
import { commitCount } from './commit-facts.service.ts';
import { noteOf } from './notes.service.ts';
import { decodePath } from './paths.service.ts';
import { restOfAddress } from './requests.web.ts';

const AT = '/api/v1/repos/:owner/:repo';
const tag = 'repository';

/** The routes of commits below `/api/v1`. */
export const commitRoutes: Route<Ability, OpenRepository>[] = [
  {
    ...{ method: 'get', path: `${AT}/commits`, access: 'code:read', expensive: true, handler: getCommits },
    api: {
      ...{ tag, id: 'repoGetAllCommits', summary: 'List commits', query: commitsQuery },
      about:
        'From `sha` (a branch, a tag or an id), the newest first; those of a `path` alone, and without those reachable from `not`. `stat` and `files` are null where counting takes too long.',
      ...{ answer: 'Commit[]', paged: true },
    },
  },
  {
    path: `${AT}/git/commits/:text{[^]+\\.(?:diff|patch)}`,
    // Takes its turns itself, since it streams.
    ...{ method: 'get', access: 'code:read', handler: getText },
    api: {
      ...{ tag, id: 'repoDownloadCommitDiffOrPatch', summary: 'Get a commit as a diff or a patch' },
      path: '/repos/{owner}/{repo}/git/commits/{sha}.{diffType}',
      answer: 'text',
    },
  },
  {
    path: `${AT}/git/commits/:sha{[^]+}`,
    ...{ method: 'get', access: 'code:read', expensive: true, handler: getCommit },
    api: {
      ...{ tag, id: 'repoGetSingleCommit', summary: 'Get a commit', query: commitQuery, answer: 'Commit' },
      about: 'By its id, or by the name of a branch or tag.',
    },
  },
  {
    path: `${AT}/git/notes/:sha{[^]+}`,
    ...{ method: 'get', access: 'code:read', expensive: true, handler: getNote },
    api: {
      ...{ tag, id: 'repoGetNote', summary: 'Get the note on a commit', query: noteQuery, answer: 'Note' },
    },
  },
];

/** Segments in front of a name: `/api/v1/repos/:owner/:repo/git/commits`. */
const DEPTH = 8;

/** Milliseconds to wait for the number of commits. */
const BUDGET = 2000;

async function getCommits(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const { page, limit } = pageOf(c);
  const asked = queryOf(c, commitsQuery);
  const at = await requireAt(app, open, asked.sha);
  const not = asked.not === undefined ? undefined : (await requireNamed(app, open, asked.not)).commit.oid;
  const path = decodePath(encodeURI((asked.path ?? '').toWellFormed()));
  const { signal } = c.req.raw;
  const found = await listCommits(app.git, open.dir, {
    ...{ from: at.commit.oid, not, limit, signal },
    ...(path.length > 0 ? { path } : {}),
    ...(page > 1 ? { cursor: String((page - 1) * limit) } : {}),
  });
  const total = path.length > 0 ? undefined : await totalOf(c, open, at, not);
  setCommitPages(c, { page, limit, total, hasMore: found.next !== undefined });
  return c.json(await commitsJson(app, open, found.commits, wantsOf(c, asked)));
}

function totalOf(c: WebContext, open: OpenRepository, { commit }: NamedCommit, not: string | undefined) {
  const { app } = c.var;
  if (not === undefined) return commitCount(app, open, commit.oid, BUDGET);
  const range = { base: not, head: commit.oid, signal: c.req.raw.signal };
  return countCommitsBetween(app.git, open.dir, range);
}

function setCommitPages(
  c: WebContext,
  pages: { page: number; limit: number; total: number | undefined; hasMore: boolean },
): void {
  const { page, limit, total, hasMore } = pages;
  setPages(c, pages);
  c.header('X-Page', String(page));
  c.header('X-PerPage', String(limit));
  c.header('X-HasMore', String(hasMore));
  if (total === undefined) return;
  c.header('X-Total', String(total));
  c.header('X-PageCount', String(Math.ceil(total / limit)));
}

interface AskedParts {
  stat?: boolean | undefined;
  files?: boolean | undefined;
  verification?: boolean | undefined;
}

/** Everything is told unless it is declined, as Gitea does. */
function wantsOf(c: WebContext, { stat = true, files = true, verification = true }: AskedParts) {
  return { stat, files, verification, signal: c.req.raw.signal };
}

async function getCommit(c: WebContext, open: OpenRepository): Promise<Response> {
  const asked = queryOf(c, commitQuery);
  const { commit } = await requireNamed(c.var.app, open, nameOf(c));
  return c.json(await commitJson(c.var.app, open, commit, wantsOf(c, asked)));
}

async function getText(c: WebContext, open: OpenRepository): Promise<Response> {
  const name = nameOf(c);
  const suffix = name.endsWith('.diff') ? '.diff' : '.patch';
  const { commit } = await requireNamed(c.var.app, open, name.slice(0, -suffix.length));
  return answerCommitText(c, open, commit, suffix);
}

async function getNote(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const asked = queryOf(c, noteQuery);
  const { commit } = await requireNamed(app, open, nameOf(c));
  const message = await noteOf(app, open, commit.oid);
  if (message === undefined) throw notFound('note');
  const wants = { ...wantsOf(c, asked), stat: false };
  return c.json({ message, commit: await commitJson(app, open, commit, wants) });
}

function nameOf(c: WebContext): string {
  return decodePath(restOfAddress(c, DEPTH)).toString('utf8');
}
