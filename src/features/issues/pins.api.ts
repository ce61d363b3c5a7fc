// Pinned issues in Gitea's REST API v1. Pull requests are not pinned here.
import { notFound } from '../../base/errors.ts';
import { describing } from '../../platform/api/description.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { isArchived } from '../repos/repos.policy.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { issueOfApi } from './issue.api.ts';
import { placeIn } from './issue-places.service.ts';
import { issuesJson } from './issues.json.ts';
import { listPinned, mayPinAnother, movePin, pinIssue, unpinIssue } from './pins.service.ts';

const REPOSITORY = '/api/v1/repos/:owner/:repo';
const PIN = `${REPOSITORY}/issues/:index{[0-9]+}/pin`;

const described = describing('issue');
const ofRepository = describing('repository');

export const pinApiRoutes: Route<Ability, OpenRepository>[] = [
  {
    method: 'get',
    path: `${REPOSITORY}/issues/pinned`,
    access: 'conversations:read',
    handler: getPinned,
    api: ofRepository('repoListPinnedIssues', 'List the pinned issues', 'Issue[]'),
  },
  {
    method: 'get',
    path: `${REPOSITORY}/new_pin_allowed`,
    access: 'conversations:read',
    handler: getAllowed,
    api: ofRepository('repoNewPinAllowed', 'Whether one more may be pinned', 'NewIssuePinsAllowed'),
  },
  {
    method: 'post',
    path: PIN,
    access: 'conversations:manage',
    handler: postPin,
    api: described('pinIssue', 'Pin an issue above the list', 'none'),
  },
  {
    method: 'delete',
    path: PIN,
    access: 'conversations:manage',
    handler: deletePin,
    api: described('unpinIssue', 'Unpin an issue', 'none'),
  },
  {
    method: 'patch',
    path: `${PIN}/:position{[0-9]+}`,
    access: 'conversations:manage',
    handler: patchPin,
    api: described('moveIssuePin', 'Move a pinned issue among the others', 'none'),
  },
];

async function getPinned(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  return c.json(await issuesJson(app, actor, () => placeIn(open), await listPinned(app, open)));
}

async function getAllowed(c: WebContext, open: OpenRepository): Promise<Response> {
  const issues = !isArchived(open.repository) && (await mayPinAnother(c.var.app, open));
  return c.json({ issues, pull_requests: false });
}

async function postPin(c: WebContext, open: OpenRepository): Promise<Response> {
  await pinIssue(c.var.app, c.var.actor, open, await issueOfApi(c, open));
  return c.body(null, 204);
}

async function deletePin(c: WebContext, open: OpenRepository): Promise<Response> {
  await unpinIssue(c.var.app, c.var.actor, open, await issueOfApi(c, open));
  return c.body(null, 204);
}

async function patchPin(c: WebContext, open: OpenRepository): Promise<Response> {
  const position = Number(c.req.param('position'));
  if (!Number.isSafeInteger(position)) throw notFound('place');
  await movePin(c.var.app, c.var.actor, open, await issueOfApi(c, open), position);
  return c.body(null, 204);
}
