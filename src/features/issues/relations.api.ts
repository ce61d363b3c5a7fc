// Dependencies in Gitea's REST API v1, and sub-issues as in GitHub's.
import { invalid, notFound } from '../../base/errors.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import { readJson } from '../../platform/web/json.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { addBlocked, addBlocker, endDependency } from './dependencies.service.ts';
import { issueOfApi } from './issue.api.ts';
import { issuesJson } from './issues.json.ts';
import type { IssueRow } from './issues.types.ts';
import { requireNamedIssue } from './named-issues.service.ts';
import { addPart, movePart, removePart } from './parts.service.ts';
import { relatedTo, requireParent, type SeenIssues, writtenIssue } from './relations.service.ts';
import type { Placed } from './visible-issues.service.ts';

const ONE = '/api/v1/repos/:owner/:repo/issues/:index{[0-9]+}';
const reads = { method: 'get', access: 'issues:read' } as const;
const adds = { method: 'post', access: 'issues:triage' } as const;
const removes = { method: 'delete', access: 'issues:triage' } as const;

export const relationApiRoutes: Route<Ability, OpenRepository>[] = [
  { ...reads, path: `${ONE}/dependencies`, handler: (c, open) => answerRelated(c, open, 'blockers') },
  { ...adds, path: `${ONE}/dependencies`, handler: (c, open) => postDependency(c, open, 'blocked_by') },
  { ...removes, path: `${ONE}/dependencies`, handler: (c, open) => endOne(c, open, 'blocked_by') },
  { ...reads, path: `${ONE}/blocks`, handler: (c, open) => answerRelated(c, open, 'blocked') },
  { ...adds, path: `${ONE}/blocks`, handler: (c, open) => postDependency(c, open, 'blocks') },
  { ...removes, path: `${ONE}/blocks`, handler: (c, open) => endOne(c, open, 'blocks') },
  { ...reads, path: `${ONE}/parent`, handler: getParent },
  { ...reads, path: `${ONE}/sub_issues`, handler: (c, open) => answerRelated(c, open, 'parts') },
  { ...adds, path: `${ONE}/sub_issues`, handler: postPart },
  { ...removes, path: `${ONE}/sub_issue`, handler: removeOnePart },
  {
    method: 'patch',
    path: `${ONE}/sub_issues/priority`,
    access: 'issues:triage',
    handler: patchPriority,
  },
];

async function answerRelated(
  c: WebContext,
  open: OpenRepository,
  how: 'parts' | 'blockers' | 'blocked',
): Promise<Response> {
  const seen = await relatedTo(c.var.app, open, await issueAlone(c, open), how);
  const { page, limit } = pageOf(c);
  setPages(c, { page, limit, total: seen.issues.length });
  const issues = seen.issues.slice((page - 1) * limit, page * limit);
  return c.json(await present(c, { ...seen, issues }));
}

/** Pull requests have no relations. */
async function issueAlone(c: WebContext, open: OpenRepository): Promise<IssueRow> {
  const issue = await issueOfApi(c, open);
  if (issue.isPull) throw notFound('issue');
  return issue;
}

function present(c: WebContext, { issues, pathOf }: SeenIssues) {
  const placeOf = (issue: Placed) => ({
    repository: { id: issue.repositoryId },
    path: pathOf(issue) ?? '',
  });
  return issuesJson(c.var.app, placeOf, issues);
}

async function getParent(c: WebContext, open: OpenRepository): Promise<Response> {
  const [parent] = await present(c, await requireParent(c.var.app, open, await issueAlone(c, open)));
  return c.json(parent);
}

async function postDependency(
  c: WebContext,
  open: OpenRepository,
  as: 'blocked_by' | 'blocks',
): Promise<Response> {
  const { app, actor } = c.var;
  const issue = await issueAlone(c, open);
  const text = namedIn(await readJson(c));
  await (as === 'blocks' ? addBlocked : addBlocker)(app, actor, open, issue, text);
  return answerOne(c, open, text, 201);
}

async function endOne(c: WebContext, open: OpenRepository, as: 'blocked_by' | 'blocks'): Promise<Response> {
  const { app, actor } = c.var;
  const issue = await issueAlone(c, open);
  const text = namedIn(await readJson(c));
  const other = await requireNamedIssue(app, actor, open, text, 'index');
  await endDependency(app, actor, open, issue, other.issue.id, as);
  return answerOne(c, open, text, 200);
}

async function answerOne(
  c: WebContext,
  open: OpenRepository,
  text: string,
  status: 200 | 201,
): Promise<Response> {
  const { app, actor } = c.var;
  const named = await requireNamedIssue(app, actor, open, text, 'index');
  const [body] = await issuesJson(app, () => named.open, [named.issue]);
  return c.json(body, status);
}

/** `owner` and `repo` may be left out for the same repository. */
function namedIn({ owner, repo, index }: Record<string, unknown>): string {
  if (typeof index !== 'number' || !Number.isSafeInteger(index) || index < 1)
    throw invalid({ index: 'Give the number of an issue.' });
  if (typeof owner !== 'string' || typeof repo !== 'string' || !owner || !repo) return `#${index}`;
  return `${owner}/${repo}#${index}`;
}

async function postPart(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const parent = await issueAlone(c, open);
  const body = await readJson(c);
  const text = await writtenIssue(app, actor, idIn(body, 'sub_issue_id'));
  await addPart(app, actor, open, parent, text, { replace: body.replace_parent === true });
  return answerOne(c, open, text, 201);
}

async function removeOnePart(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const parent = await issueAlone(c, open);
  const partId = idIn(await readJson(c), 'sub_issue_id');
  const text = await writtenIssue(app, actor, partId);
  await removePart(app, actor, open, parent, partId, 'parent');
  return answerOne(c, open, text, 200);
}

/** Puts a part behind `after_id` or before `before_id`. */
async function patchPriority(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const parent = await issueAlone(c, open);
  const body = await readJson(c);
  const partId = idIn(body, 'sub_issue_id');
  const field = body.after_id === undefined || body.after_id === null ? 'before_id' : 'after_id';
  const beside = idIn(body, field);
  const { issues } = await relatedTo(app, open, parent, 'parts');
  const among = issues.map(({ id }) => id).filter((id) => id !== partId);
  if (!among.includes(beside)) throw invalid({ [field]: 'Give the id of another part of this issue.' });
  const place = among.indexOf(beside) + (field === 'after_id' ? 1 : 0);
  await movePart(app, actor, open, parent, partId, { place, among });
  return answerOne(c, open, await writtenIssue(app, actor, partId), 200);
}

function idIn(body: Record<string, unknown>, field: string): number {
  const id = body[field];
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 1 || id > 2 ** 31 - 1)
    throw invalid({ [field]: 'Give the id of an issue.' });
  return id;
}
