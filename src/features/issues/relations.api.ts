// Dependencies in Gitea's REST API v1, and sub-issues as in GitHub's.
import type { z } from 'zod';
import { invalid, notFound } from '../../base/errors.ts';
import { describing } from '../../platform/api/description.ts';
import { bodyOf } from '../../platform/web/api-input.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { addBlocked, addBlocker, endDependency } from './dependencies.service.ts';
import { issueOfApi } from './issue.api.ts';
import { issueMetaBody, newPartBody, partBody, partPlaceBody } from './issue-bodies.input.ts';
import { placeIn, placesAmong } from './issue-places.service.ts';
import { issuesJson } from './issues.json.ts';
import type { IssueRow } from './issues.types.ts';
import { requireNamedIssue } from './named-issues.service.ts';
import { addPart, movePart, removePart } from './parts.service.ts';
import { relatedTo, requireParent, type SeenIssues, writtenIssue } from './relations.service.ts';

const ONE = '/api/v1/repos/:owner/:repo/issues/:index{[0-9]+}';
const described = describing('issue');
const reads = { method: 'get', access: 'issues:read' } as const;
const adds = { method: 'post', access: 'issues:triage' } as const;
const removes = { method: 'delete', access: 'issues:triage' } as const;
const named = { body: issueMetaBody, example: { owner: 'ada', repo: 'tools', index: 2 } };
const part = { body: partBody, example: { sub_issue_id: 2 } };

export const relationApiRoutes: Route<Ability, OpenRepository>[] = [
  {
    ...reads,
    path: `${ONE}/dependencies`,
    handler: (c, open) => answerRelated(c, open, 'blockers'),
    api: described('issueListIssueDependencies', 'List the issues that block an issue', 'Issue[]', {
      paged: true,
    }),
  },
  {
    ...adds,
    path: `${ONE}/dependencies`,
    handler: (c, open) => postDependency(c, open, 'blocked_by'),
    api: described('issueCreateIssueDependencies', 'Let an issue wait for another', 'Issue', {
      ...named,
      status: 201,
    }),
  },
  {
    ...removes,
    path: `${ONE}/dependencies`,
    handler: (c, open) => endOne(c, open, 'blocked_by'),
    api: described('issueRemoveIssueDependencies', 'Let an issue wait for another no more', 'Issue', named),
  },
  {
    ...reads,
    path: `${ONE}/blocks`,
    handler: (c, open) => answerRelated(c, open, 'blocked'),
    api: described('issueListBlocks', 'List the issues that an issue blocks', 'Issue[]', { paged: true }),
  },
  {
    ...adds,
    path: `${ONE}/blocks`,
    handler: (c, open) => postDependency(c, open, 'blocks'),
    api: described('issueCreateIssueBlocking', 'Let another issue wait for an issue', 'Issue', {
      ...named,
      status: 201,
    }),
  },
  {
    ...removes,
    path: `${ONE}/blocks`,
    handler: (c, open) => endOne(c, open, 'blocks'),
    api: described('issueRemoveIssueBlocking', 'Let another issue wait for an issue no more', 'Issue', named),
  },
  {
    ...reads,
    path: `${ONE}/parent`,
    handler: getParent,
    api: described('issueGetParent', 'Get the issue that an issue is a part of', 'Issue'),
  },
  {
    ...reads,
    path: `${ONE}/sub_issues`,
    handler: (c, open) => answerRelated(c, open, 'parts'),
    api: described('issueListSubIssues', 'List the parts of an issue', 'Issue[]', { paged: true }),
  },
  {
    ...adds,
    path: `${ONE}/sub_issues`,
    handler: postPart,
    api: described('issueAddSubIssue', 'Make an issue a part of another', 'Issue', {
      body: newPartBody,
      example: { sub_issue_id: 2, replace_parent: true },
      status: 201,
    }),
  },
  {
    ...removes,
    path: `${ONE}/sub_issue`,
    handler: removeOnePart,
    api: described('issueRemoveSubIssue', 'Let an issue be a part of another no more', 'Issue', part),
  },
  {
    method: 'patch',
    path: `${ONE}/sub_issues/priority`,
    access: 'issues:triage',
    handler: patchPriority,
    api: described('issueMoveSubIssue', 'Move a part of an issue among the others', 'Issue', {
      about: 'Behind `after_id`, or before `before_id`.',
      body: partPlaceBody,
      example: { sub_issue_id: 2, after_id: 3 },
    }),
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
  return c.json(await present(c, open, { ...seen, issues }));
}

/** Pull requests have no relations. */
async function issueAlone(c: WebContext, open: OpenRepository): Promise<IssueRow> {
  const issue = await issueOfApi(c, open);
  if (issue.isPull) throw notFound('issue');
  return issue;
}

async function present(c: WebContext, open: OpenRepository, { issues }: SeenIssues) {
  const { app, actor } = c.var;
  const ids = issues.map(({ repositoryId }) => repositoryId);
  return issuesJson(app, actor, await placesAmong(app, actor, ids, open), issues);
}

async function getParent(c: WebContext, open: OpenRepository): Promise<Response> {
  const [parent] = await present(c, open, await requireParent(c.var.app, open, await issueAlone(c, open)));
  return c.json(parent);
}

async function postDependency(
  c: WebContext,
  open: OpenRepository,
  as: 'blocked_by' | 'blocks',
): Promise<Response> {
  const { app, actor } = c.var;
  const issue = await issueAlone(c, open);
  const text = namedIn(await bodyOf(c, issueMetaBody));
  await (as === 'blocks' ? addBlocked : addBlocker)(app, actor, open, issue, text);
  return answerOne(c, open, text, 201);
}

async function endOne(c: WebContext, open: OpenRepository, as: 'blocked_by' | 'blocks'): Promise<Response> {
  const { app, actor } = c.var;
  const issue = await issueAlone(c, open);
  const text = namedIn(await bodyOf(c, issueMetaBody));
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
  const [body] = await issuesJson(app, actor, () => placeIn(named.open), [named.issue]);
  return c.json(body, status);
}

function namedIn({ owner, repo, index }: z.output<ReturnType<typeof issueMetaBody>>): string {
  return owner && repo ? `${owner}/${repo}#${index}` : `#${index}`;
}

async function postPart(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const parent = await issueAlone(c, open);
  const { sub_issue_id: partId, replace_parent: replace = false } = await bodyOf(c, newPartBody);
  const text = await writtenIssue(app, actor, partId);
  await addPart(app, actor, open, parent, text, { replace });
  return answerOne(c, open, text, 201);
}

async function removeOnePart(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const parent = await issueAlone(c, open);
  const { sub_issue_id: partId } = await bodyOf(c, partBody);
  const text = await writtenIssue(app, actor, partId);
  await removePart(app, actor, open, parent, partId, 'parent');
  return answerOne(c, open, text, 200);
}

async function patchPriority(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const parent = await issueAlone(c, open);
  const { sub_issue_id: partId, after_id: after, before_id: before } = await bodyOf(c, partPlaceBody);
  const field = after === undefined ? 'before_id' : 'after_id';
  const { issues } = await relatedTo(app, open, parent, 'parts');
  const among = issues.map(({ id }) => id).filter((id) => id !== partId);
  const beside = among.indexOf(after ?? before ?? 0);
  if (beside < 0) throw invalid({ [field]: 'Give the id of another part of this issue.' });
  const place = beside + (field === 'after_id' ? 1 : 0);
  await movePart(app, actor, open, parent, partId, { place, among });
  return answerOne(c, open, await writtenIssue(app, actor, partId), 200);
}
