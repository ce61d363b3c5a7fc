// One pull request in Gitea's REST API v1: read, changed, its commits and files, and the whole of it as text.
import type { z } from 'zod';
import { notFound } from '../../base/errors.ts';
import { describing } from '../../platform/api/description.ts';
import type { DiffFile, DiffStatus } from '../../platform/git/diff.types.ts';
import { bodyOf, queryOf } from '../../platform/web/api-input.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { listingOf, readFiles } from '../code/changes.service.ts';
import type { Change } from '../code/changes.types.ts';
import { commitsJson } from '../code/code.json.ts';
import { encodePath } from '../code/paths.service.ts';
import { editText, renameIssue } from '../issues/edits.service.ts';
import { setMetadata } from '../issues/metadata.service.ts';
import { metadataIn, versionIn } from '../issues/request-fields.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { changeBase } from './base-branches.service.ts';
import { changedPullBody, pullCommitsQuery, pullFilesQuery, textQuery } from './pull-bodies.input.ts';
import { changeOf } from './pull-changes.service.ts';
import { listPullCommits } from './pull-commits.service.ts';
import { answerText } from './pull-commits.web.ts';
import { PULL_API, pullAt, pullOf } from './pull-requests.web.ts';
import { closePull, reopenPull, setAllowsEdits, setDraft } from './pull-states.service.ts';
import { pullsJson } from './pulls.json.ts';
import { requirePull } from './pulls.service.ts';
import type { Pull } from './pulls.types.ts';

type Json = Record<string, unknown>;

const TEXT = '/api/v1/repos/:owner/:repo/pulls/:text{[0-9]+\\.(?:diff|patch)}';

const described = describing('pull');

export const pullApiRoutes: Route<Ability, OpenRepository>[] = [
  {
    method: 'get',
    path: PULL_API,
    access: 'pulls:read',
    handler: getPull,
    api: described('repoGetPullRequest', 'Get a pull request', 'PullRequest'),
  },
  {
    method: 'patch',
    path: PULL_API,
    access: 'pulls:comment',
    handler: patchPull,
    api: described('repoEditPullRequest', 'Change a pull request', 'PullRequest', {
      about: 'What is given is changed, each by the rules of its own form.',
      body: changedPullBody,
      example: { title: 'Add a saucer', body: 'It holds the cup.' },
      status: 201,
    }),
  },
  {
    method: 'get',
    path: TEXT,
    access: 'pulls:read',
    handler: getText,
    api: described('repoDownloadPullDiffOrPatch', 'Get a pull request as a diff or patch', 'text', {
      path: '/repos/{owner}/{repo}/pulls/{number}.{diffType}',
      query: textQuery,
    }),
  },
  {
    method: 'get',
    path: `${PULL_API}/commits`,
    access: 'pulls:read',
    expensive: true,
    handler: getCommits,
    api: described('repoGetPullRequestCommits', 'List the commits of a pull request', 'Commit[]', {
      query: pullCommitsQuery,
      paged: true,
    }),
  },
  {
    method: 'get',
    path: `${PULL_API}/files`,
    access: 'pulls:read',
    expensive: true,
    handler: getFiles,
    api: described('repoGetPullRequestFiles', 'List the files that a pull request changes', 'ChangedFile[]', {
      query: pullFilesQuery,
      paged: true,
    }),
  },
];

async function getPull(c: WebContext, open: OpenRepository): Promise<Response> {
  return answer(c, open, await pullAt(c, open));
}

async function answer(
  c: WebContext,
  open: OpenRepository,
  pull: Pull,
  status: 200 | 201 = 200,
): Promise<Response> {
  const [json] = await pullsJson(c.var.app, c.var.actor, open, [pull]);
  return c.json(json, status);
}

async function patchPull(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const pull = await pullAt(c, open);
  const { issue } = pull;
  const body = await bodyOf(c, changedPullBody);
  const metadata = await metadataIn(app, givenIn(body));
  const { title, body: text, base } = body;
  if (text !== undefined)
    await editText(app, actor, open, issue, undefined, { body: text, version: versionIn(body, issue) });
  if (title) await renameIssue(app, actor, open, issue, title);
  if (Object.keys(metadata).length > 0) await setMetadata(app, actor, open, issue, metadata);
  if (base && base !== pull.pull.baseBranch) await changeBase(app, actor, open, pull, base);
  await changeState(c, open, pull, body);
  return answer(c, open, await requirePull(app, open, issue.number), 201);
}

type ChangedPull = z.output<ReturnType<typeof changedPullBody>>;

/** Clients in Go send every field: no milestone and nobody mean here, as with Gitea, that nothing was said of them. */
function givenIn({ milestone, assignee, ...body }: ChangedPull): ChangedPull {
  return { ...body, ...(milestone ? { milestone } : {}), ...(assignee ? { assignee } : {}) };
}

async function changeState(
  c: WebContext,
  open: OpenRepository,
  pull: Pull,
  body: ChangedPull,
): Promise<void> {
  const { app, actor } = c.var;
  const { state, draft } = body;
  const allowsEdits = body.allow_maintainer_edit ?? body.maintainer_can_modify;
  if (allowsEdits !== undefined) await setAllowsEdits(app, actor, open, pull, allowsEdits);
  if (state === 'closed' && pull.issue.state === 'open') await closePull(app, actor, open, pull);
  if (state === 'open' && pull.issue.state === 'closed') await reopenPull(app, actor, open, pull);
  if (draft !== undefined && draft !== pull.pull.isDraft) await setDraft(app, actor, open, pull, draft);
}

async function getText(c: WebContext, open: OpenRepository): Promise<Response> {
  const [number, suffix] = (c.req.param('text') ?? '').split('.');
  const { pull } = await pullOf(c, open, number);
  return answerText(c, open, pull, suffix);
}

async function getCommits(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const { pull } = await pullAt(c, open);
  const { page, limit } = pageOf(c);
  const listed = { page, size: limit, signal: c.req.raw.signal };
  const { commits, total } = await listPullCommits(app, open, pull, listed);
  setPages(c, { page, limit, total });
  const { verification, files } = queryOf(c, pullCommitsQuery);
  const wants = { verification: !isNo(verification), files: !isNo(files), stat: !isNo(files) };
  return c.json(await commitsJson(app, open, commits, { ...wants, signal: c.req.raw.signal }));
}

function isNo(text: string | undefined): boolean {
  return text === 'false' || text === '0';
}

const STATUSES: Readonly<Record<DiffStatus, string>> = {
  A: 'added',
  M: 'changed',
  D: 'deleted',
  R: 'renamed',
  C: 'copied',
  T: 'changed',
};

/** Changed files with their counts of lines, by pages of at most 50. */
async function getFiles(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const { signal } = c.req.raw;
  const pull = await pullAt(c, open);
  const { whitespace = 'show-all', 'skip-to': first } = queryOf(c, pullFilesQuery);
  const change = await changeOf(app, open, pull, whitespace !== 'show-all');
  const { page, limit } = pageOf(c);
  const listing = await listingOf(app, change, signal);
  if (listing.listed === 0 && !listing.complete) throw notFound('list of files');
  const from = (page - 1) * limit + (first === undefined ? 0 : placeOf(listing, first));
  const files = await readFiles(app, change, listing.files(from, from + limit), signal);
  setPages(c, { page, limit, total: listing.fileCount, hasMore: from + limit < listing.listed });
  return c.json(files.map((file) => fileJson(app.publicUrl(), open, change, file)));
}

/** Where in a listing a path is; its beginning where it is not. */
function placeOf(listing: Awaited<ReturnType<typeof listingOf>>, path: string): number {
  const wanted = Buffer.from(path);
  const at = listing.files(0, listing.listed).findIndex(({ newPathBytes }) => newPathBytes.equals(wanted));
  return Math.max(at, 0);
}

function fileJson(site: string, open: OpenRepository, { after }: Change, file: DiffFile): Json {
  const path = encodePath(file.newPathBytes);
  const isRenamed = file.status === 'R' || file.status === 'C';
  const [additions, deletions] = [file.additions ?? 0, file.deletions ?? 0];
  const at = `${after.commit.oid}/${path}`;
  return {
    filename: file.newPathBytes.toString('utf8'),
    ...(isRenamed ? { previous_filename: file.oldPathBytes.toString('utf8') } : {}),
    status: STATUSES[file.status],
    additions,
    deletions,
    changes: additions + deletions,
    html_url: `${site}${open.path}/blob/${at}`,
    raw_url: `${site}${open.path}/raw/${at}`,
    contents_url: `${site}/api/v1/repos${open.path}/contents/${path}?ref=${after.commit.oid}`,
  };
}
