// One pull request in Gitea's REST API v1: read, changed, its commits and files, and the whole of it as text.
import { invalid, notFound } from '../../base/errors.ts';
import type { DiffFile, DiffStatus } from '../../platform/git/diff.types.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import { readJson } from '../../platform/web/json.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { listingOf, readFiles } from '../code/changes.service.ts';
import type { Change } from '../code/changes.types.ts';
import { commitsJson } from '../code/code.json.ts';
import { encodePath } from '../code/paths.service.ts';
import { editText, renameIssue } from '../issues/edits.service.ts';
import { parseChoice } from '../issues/issues.input.ts';
import { setMetadata } from '../issues/metadata.service.ts';
import { metadataIn, textIn } from '../issues/request-fields.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { changeBase } from './base-branches.service.ts';
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

export const pullApiRoutes: Route<Ability, OpenRepository>[] = [
  { method: 'get', path: PULL_API, access: 'pulls:read', handler: getPull },
  { method: 'patch', path: PULL_API, access: 'pulls:comment', handler: patchPull },
  { method: 'get', path: TEXT, access: 'pulls:read', handler: getText },
  {
    method: 'get',
    path: `${PULL_API}/commits`,
    access: 'pulls:read',
    expensive: true,
    handler: getCommits,
  },
  { method: 'get', path: `${PULL_API}/files`, access: 'pulls:read', expensive: true, handler: getFiles },
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

/** What is given is changed, each by the rules of its own form; the rest stays. */
async function patchPull(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const pull = await pullAt(c, open);
  const { issue } = pull;
  const body = await readJson(c);
  const [title, text, base] = [textIn(body, 'title'), textIn(body, 'body'), textIn(body, 'base')];
  const metadata = await metadataIn(app, body);
  const state = stateIn(body);
  if (text !== undefined)
    await editText(app, actor, open, issue, undefined, { body: text, version: versionIn(body, pull) });
  if (title !== undefined) await renameIssue(app, actor, open, issue, title);
  if (Object.keys(metadata).length > 0) await setMetadata(app, actor, open, issue, metadata);
  if (base !== undefined && base !== pull.pull.baseBranch) await changeBase(app, actor, open, pull, base);
  const allowsEdits = flagIn(body, 'allow_maintainer_edit') ?? flagIn(body, 'maintainer_can_modify');
  if (allowsEdits !== undefined) await setAllowsEdits(app, actor, open, pull, allowsEdits);
  if (state === 'closed' && issue.state === 'open') await closePull(app, actor, open, pull);
  if (state === 'open' && issue.state === 'closed') await reopenPull(app, actor, open, pull);
  const isDraft = flagIn(body, 'draft');
  if (isDraft !== undefined && isDraft !== pull.pull.isDraft) await setDraft(app, actor, open, pull, isDraft);
  return answer(c, open, await requirePull(app, open, issue.number), 201);
}

function stateIn(body: Json): 'open' | 'closed' | undefined {
  const state = textIn(body, 'state');
  return state === undefined ? undefined : parseChoice('state', state, ['open', 'closed']);
}

function flagIn(body: Json, name: string): boolean | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'boolean') throw invalid({ [name]: 'Give true or false.' });
  return value;
}

/** The version that a text was made from; without one the text replaces what there is. */
function versionIn(body: Json, { issue }: Pull): number {
  const given = body.content_version;
  if (given === undefined || given === null) return issue.bodyVersion;
  if (typeof given === 'number' && Number.isSafeInteger(given)) return given;
  throw invalid({ content_version: 'Give a whole number.' });
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
  return c.json(await commitsJson(app, open, commits));
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
  const change = await changeOf(app, open, pull, false);
  const { page, limit } = pageOf(c);
  const listing = await listingOf(app, change, signal);
  if (listing.listed === 0 && !listing.complete) throw notFound('list of files');
  const from = (page - 1) * limit;
  const files = await readFiles(app, change, listing.files(from, from + limit), signal);
  setPages(c, { page, limit, total: listing.fileCount, hasMore: from + limit < listing.listed });
  return c.json(files.map((file) => fileJson(app.publicUrl(), open, change, file)));
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
