// Labels in Gitea's REST API v1: of repositories, of organizations, and on issues.
import type { z } from 'zod';
import { notFound } from '../../base/errors.ts';
import { describing } from '../../platform/api/description.ts';
import { bodyOf } from '../../platform/web/api-input.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import type { OpenOrganization } from '../orgs/orgs.types.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { requireIssue } from './issues.service.ts';
import type { IssueRow } from './issues.types.ts';
import { changedLabelBody, issueLabelsBody, newLabelBody } from './labels.input.ts';
import {
  changeLabel,
  changeOrganizationLabel,
  createLabel,
  createOrganizationLabel,
  deleteLabel,
  deleteOrganizationLabel,
  labelsFor,
  labelsOfIssue,
  organizationLabels,
  requireLabel,
  requireOrganizationLabel,
} from './labels.service.ts';
import type { LabelRow } from './labels.types.ts';
import { labelJson } from './metadata.json.ts';
import { addLabels, removeLabels, setLabels } from './metadata.service.ts';
import { labelIdsNamed } from './metadata-names.service.ts';

const REPOSITORY = '/api/v1/repos/:owner/:repo';
const LABEL = `${REPOSITORY}/labels/:label{[0-9]+}`;
const OF_ISSUE = `${REPOSITORY}/issues/:index{[0-9]+}/labels`;
const ORGANIZATION = '/api/v1/orgs/:org/labels';

const described = describing('issue');
const ofOrganization = describing('organization');
const newLabel = {
  body: newLabelBody,
  example: { name: 'kind/question', color: '#d876e3', description: 'Somebody asks', exclusive: true },
  status: 201,
};
const changedLabel = { body: changedLabelBody, example: { color: '#0e8a16' } };
const named = { body: issueLabelsBody, example: { labels: [1] } };

export const labelApiRoutes: Route<Ability, OpenRepository>[] = [
  {
    method: 'get',
    path: `${REPOSITORY}/labels`,
    access: 'conversations:read',
    handler: getLabels,
    api: described('issueListLabels', 'List the labels of a repository', 'Label[]', { paged: true }),
  },
  {
    method: 'post',
    path: `${REPOSITORY}/labels`,
    access: 'conversations:manage',
    handler: postLabel,
    api: described('issueCreateLabel', 'Create a label', 'Label', newLabel),
  },
  {
    method: 'get',
    path: LABEL,
    access: 'conversations:read',
    handler: getLabel,
    api: described('issueGetLabel', 'Get a label', 'Label'),
  },
  {
    method: 'patch',
    path: LABEL,
    access: 'conversations:manage',
    handler: patchLabel,
    api: described('issueEditLabel', 'Change a label', 'Label', changedLabel),
  },
  {
    method: 'delete',
    path: LABEL,
    access: 'conversations:manage',
    handler: removeLabel,
    api: described('issueDeleteLabel', 'Delete a label', 'none'),
  },
  {
    method: 'get',
    path: OF_ISSUE,
    access: 'conversations:read',
    handler: getIssueLabels,
    api: described('issueGetLabels', 'List the labels of an issue', 'Label[]'),
  },
  {
    method: 'post',
    path: OF_ISSUE,
    access: 'conversations:triage',
    handler: postIssueLabels,
    api: described('issueAddLabel', 'Add labels to an issue', 'Label[]', named),
  },
  {
    method: 'put',
    path: OF_ISSUE,
    access: 'conversations:triage',
    handler: putIssueLabels,
    api: described('issueReplaceLabels', 'Give an issue these labels and no others', 'Label[]', named),
  },
  {
    method: 'delete',
    path: OF_ISSUE,
    access: 'conversations:triage',
    handler: clearIssueLabels,
    api: described('issueClearLabels', 'Take every label from an issue', 'none'),
  },
  {
    method: 'delete',
    path: `${OF_ISSUE}/:label{[0-9]+}`,
    access: 'conversations:triage',
    handler: removeIssueLabel,
    api: described('issueRemoveLabel', 'Take a label from an issue', 'none'),
  },
];

export const organizationLabelApiRoutes: Route<
  'organization:see' | 'organization:manage',
  OpenOrganization
>[] = [
  {
    method: 'get',
    path: ORGANIZATION,
    access: 'organization:see',
    handler: getOrganizationLabels,
    api: ofOrganization('orgListLabels', 'List the labels of an organization', 'Label[]', { paged: true }),
  },
  {
    method: 'post',
    path: ORGANIZATION,
    access: 'organization:manage',
    handler: postOrganizationLabel,
    api: ofOrganization('orgCreateLabel', 'Create a label for all repositories', 'Label', newLabel),
  },
  {
    method: 'get',
    path: `${ORGANIZATION}/:label{[0-9]+}`,
    access: 'organization:see',
    handler: getOrganizationLabel,
    api: ofOrganization('orgGetLabel', 'Get a label of an organization', 'Label'),
  },
  {
    method: 'patch',
    path: `${ORGANIZATION}/:label{[0-9]+}`,
    access: 'organization:manage',
    handler: patchOrganizationLabel,
    api: ofOrganization('orgEditLabel', 'Change a label of an organization', 'Label', changedLabel),
  },
  {
    method: 'delete',
    path: `${ORGANIZATION}/:label{[0-9]+}`,
    access: 'organization:manage',
    handler: removeOrganizationLabel,
    api: ofOrganization('orgDeleteLabel', 'Delete a label of an organization', 'none'),
  },
];

/** A page of labels; there are few enough that all of them are read. */
function answerList(c: WebContext, owner: string, labels: readonly LabelRow[]): Response {
  const { page, limit } = pageOf(c);
  setPages(c, { page, limit, total: labels.length });
  const shown = labels.slice((page - 1) * limit, page * limit);
  return c.json(shown.map((label) => labelJson(c.var.app, owner, label)));
}

async function getLabels(c: WebContext, open: OpenRepository): Promise<Response> {
  const all = await labelsFor(c.var.app, open);
  const own = all.filter(({ repositoryId }) => repositoryId !== null);
  return answerList(c, ownerOf(open), own);
}

async function postLabel(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const label = await createLabel(app, actor, open, fieldsOf(await bodyOf(c, newLabelBody)));
  return c.json(labelJson(app, ownerOf(open), label), 201);
}

async function getLabel(c: WebContext, open: OpenRepository): Promise<Response> {
  const label = await requireLabel(c.var.app, open, idOf(c));
  return c.json(labelJson(c.var.app, ownerOf(open), label));
}

async function patchLabel(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const known = await requireLabel(app, open, idOf(c));
  const fields = fieldsOf(await bodyOf(c, changedLabelBody), known);
  return c.json(labelJson(app, ownerOf(open), await changeLabel(app, actor, open, known.id, fields)));
}

async function removeLabel(c: WebContext, open: OpenRepository): Promise<Response> {
  await deleteLabel(c.var.app, c.var.actor, open, idOf(c));
  return c.body(null, 204);
}

async function getOrganizationLabels(c: WebContext, open: OpenOrganization): Promise<Response> {
  return answerList(c, open.organization.name, await organizationLabels(c.var.app, open));
}

async function postOrganizationLabel(c: WebContext, open: OpenOrganization): Promise<Response> {
  const { app, actor } = c.var;
  const label = await createOrganizationLabel(app, actor, open, fieldsOf(await bodyOf(c, newLabelBody)));
  return c.json(labelJson(app, open.organization.name, label), 201);
}

async function getOrganizationLabel(c: WebContext, open: OpenOrganization): Promise<Response> {
  const label = await requireOrganizationLabel(c.var.app, open, idOf(c));
  return c.json(labelJson(c.var.app, open.organization.name, label));
}

async function patchOrganizationLabel(c: WebContext, open: OpenOrganization): Promise<Response> {
  const { app, actor } = c.var;
  const known = await requireOrganizationLabel(app, open, idOf(c));
  const fields = fieldsOf(await bodyOf(c, changedLabelBody), known);
  const label = await changeOrganizationLabel(app, actor, open, known.id, fields);
  return c.json(labelJson(app, open.organization.name, label));
}

async function removeOrganizationLabel(c: WebContext, open: OpenOrganization): Promise<Response> {
  await deleteOrganizationLabel(c.var.app, c.var.actor, open, idOf(c));
  return c.body(null, 204);
}

async function getIssueLabels(c: WebContext, open: OpenRepository): Promise<Response> {
  return answerIssue(c, open, await issueOf(c, open));
}

async function postIssueLabels(c: WebContext, open: OpenRepository): Promise<Response> {
  const issue = await issueOf(c, open);
  await addLabels(c.var.app, c.var.actor, open, issue, await labelsIn(c, open));
  return answerIssue(c, open, issue);
}

async function putIssueLabels(c: WebContext, open: OpenRepository): Promise<Response> {
  const issue = await issueOf(c, open);
  await setLabels(c.var.app, c.var.actor, open, issue, await labelsIn(c, open));
  return answerIssue(c, open, issue);
}

async function clearIssueLabels(c: WebContext, open: OpenRepository): Promise<Response> {
  await setLabels(c.var.app, c.var.actor, open, await issueOf(c, open), []);
  return c.body(null, 204);
}

async function removeIssueLabel(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const id = idOf(c);
  if (!(await labelsFor(app, open)).some((label) => label.id === id)) throw notFound('label');
  await removeLabels(app, actor, open, await issueOf(c, open), [id]);
  return c.body(null, 204);
}

async function answerIssue(c: WebContext, open: OpenRepository, issue: IssueRow): Promise<Response> {
  const labels = await labelsOfIssue(c.var.app, issue.id);
  return c.json(labels.map((label) => labelJson(c.var.app, ownerOf(open), label)));
}

async function labelsIn(c: WebContext, open: OpenRepository): Promise<number[]> {
  const { labels } = await bodyOf(c, issueLabelsBody);
  const names = labels.filter((one) => typeof one === 'string');
  const ids = labels.filter((one) => typeof one === 'number');
  return [...ids, ...(await labelIdsNamed(c.var.app, open, names))];
}

function fieldsOf(
  body: z.output<ReturnType<typeof changedLabelBody>>,
  known?: LabelRow,
): Record<string, unknown> {
  return {
    name: body.name ?? known?.name,
    description: body.description ?? known?.description,
    color: body.color ?? known?.color,
    isExclusive: body.exclusive ?? known?.isExclusive,
  };
}

function ownerOf({ path }: OpenRepository): string {
  return path.slice(1);
}

function idOf(c: WebContext): number {
  const id = Number(c.req.param('label'));
  if (!Number.isSafeInteger(id) || id < 1) throw notFound('label');
  return id;
}

function issueOf(c: WebContext, open: OpenRepository): Promise<IssueRow> {
  const number = Number(c.req.param('index'));
  // Beyond it some databases have no numbers.
  if (number > 2 ** 31 - 1) throw notFound('issue');
  return requireIssue(c.var.app, open, number);
}
