// Milestones, deadlines and assignable people in Gitea's REST API v1.
import { notFound } from '../../base/errors.ts';
import { describing } from '../../platform/api/description.ts';
import { bodyOf, queryOf } from '../../platform/web/api-input.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { accountsJson } from '../users/accounts.json.ts';
import { assignableToTell } from './assignees.service.ts';
import { parseDueOn } from './due-dates.input.ts';
import { deadlineBody } from './issue-bodies.input.ts';
import { requireIssue } from './issues.service.ts';
import { milestoneJson } from './metadata.json.ts';
import { setDueOn } from './metadata.service.ts';
import { changedMilestoneBody, milestoneListQuery, newMilestoneBody } from './milestones.input.ts';
import {
  changeMilestone,
  createMilestone,
  deleteMilestone,
  findMilestoneNamed,
  listMilestones,
  progressOf,
  progressOfOne,
  requireMilestone,
  setMilestoneState,
} from './milestones.service.ts';
import type { MilestoneRow } from './milestones.types.ts';

const REPOSITORY = '/api/v1/repos/:owner/:repo';
const MILESTONES = `${REPOSITORY}/milestones`;
/** An id, or a title, as in Gitea. */
const ONE = `${MILESTONES}/:milestone`;
const MOST_ASSIGNABLE = 1000;

const described = describing('issue');

export const milestoneApiRoutes: Route<Ability, OpenRepository>[] = [
  {
    method: 'get',
    path: MILESTONES,
    access: 'conversations:read',
    handler: getMilestones,
    api: described('issueGetMilestonesList', 'List the milestones of a repository', 'Milestone[]', {
      query: milestoneListQuery,
      paged: true,
    }),
  },
  {
    method: 'post',
    path: MILESTONES,
    access: 'conversations:manage',
    handler: postMilestone,
    api: described('issueCreateMilestone', 'Create a milestone', 'Milestone', {
      body: newMilestoneBody,
      example: { title: 'v3.0', description: 'The **third** one.', due_on: '2030-01-31T00:00:00Z' },
      status: 201,
    }),
  },
  {
    method: 'get',
    path: ONE,
    access: 'conversations:read',
    handler: getMilestone,
    api: described('issueGetMilestone', 'Get a milestone by its id or title', 'Milestone'),
  },
  {
    method: 'patch',
    path: ONE,
    access: 'conversations:manage',
    handler: patchMilestone,
    api: described('issueEditMilestone', 'Change a milestone', 'Milestone', {
      body: changedMilestoneBody,
      example: { state: 'closed' },
    }),
  },
  {
    method: 'delete',
    path: ONE,
    access: 'conversations:manage',
    handler: removeMilestone,
    api: described('issueDeleteMilestone', 'Delete a milestone', 'none'),
  },
  {
    method: 'get',
    path: `${REPOSITORY}/assignees`,
    access: 'conversations:read',
    handler: getAssignees,
    api: described('repoGetAssignees', 'List the people who can be assigned', 'User[]'),
  },
  {
    method: 'post',
    path: `${REPOSITORY}/issues/:index{[0-9]+}/deadline`,
    access: 'conversations:triage',
    handler: postDeadline,
    api: described('issueEditIssueDeadline', 'Set or remove the due date of an issue', 'IssueDeadline', {
      body: deadlineBody,
      example: { due_date: '2030-01-31T00:00:00Z' },
      status: 201,
    }),
  },
];

async function getMilestones(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const { page, limit } = pageOf(c);
  const { state = 'open', name = '' } = queryOf(c, milestoneListQuery);
  const rows = await listMilestones(app, open, state);
  const named = rows.filter(({ titleKey }) => titleKey.includes(name.toLowerCase()));
  const progress = await progressOf(app, open);
  setPages(c, { page, limit, total: named.length });
  const shown = named.slice((page - 1) * limit, page * limit);
  return c.json(shown.map((row) => milestoneJson(row, progress.get(row.id) ?? { open: 0, closed: 0 })));
}

async function getMilestone(c: WebContext, open: OpenRepository): Promise<Response> {
  return answer(c, open, await milestoneOf(c, open));
}

async function postMilestone(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const { title, description = '', due_on, state } = await bodyOf(c, newMilestoneBody);
  const row = await createMilestone(app, actor, open, { title, description, due_on });
  const isClosed = state === 'closed';
  return answer(c, open, isClosed ? await setMilestoneState(app, actor, open, row.id, 'closed') : row, 201);
}

async function patchMilestone(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const known = await milestoneOf(c, open);
  const body = await bodyOf(c, changedMilestoneBody);
  const { state } = body;
  const fields = {
    title: body.title || known.title,
    description: body.description ?? known.description,
    due_on: body.due_on === undefined ? known.dueOn : body.due_on,
  };
  const changed = await changeMilestone(app, actor, open, known.id, fields);
  return answer(c, open, state ? await setMilestoneState(app, actor, open, known.id, state) : changed);
}

async function removeMilestone(c: WebContext, open: OpenRepository): Promise<Response> {
  const { id } = await milestoneOf(c, open);
  await deleteMilestone(c.var.app, c.var.actor, open, id);
  return c.body(null, 204);
}

async function answer(
  c: WebContext,
  open: OpenRepository,
  row: MilestoneRow,
  status: 200 | 201 = 200,
): Promise<Response> {
  return c.json(milestoneJson(row, await progressOfOne(c.var.app, open, row)), status);
}

async function milestoneOf(c: WebContext, open: OpenRepository): Promise<MilestoneRow> {
  const text = c.req.param('milestone') ?? '';
  if (text.includes('\0') || text.length > 255) throw notFound('milestone');
  if (/^[1-9]\d{0,8}$/.test(text)) return requireMilestone(c.var.app, open, Number(text));
  const named = await findMilestoneNamed(c.var.app, open, text);
  if (!named) throw notFound('milestone');
  return named;
}

async function getAssignees(c: WebContext, open: OpenRepository): Promise<Response> {
  const people = await assignableToTell(c.var.app, open, MOST_ASSIGNABLE);
  const shown = await accountsJson(
    c.var.app,
    c.var.actor,
    people.map(({ id }) => id),
  );
  return c.json([...shown.values()]);
}

async function postDeadline(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const number = Number(c.req.param('index'));
  if (number > 2 ** 31 - 1) throw notFound('issue');
  const issue = await requireIssue(app, open, number);
  const dueOn = parseDueOn((await bodyOf(c, deadlineBody)).due_date, 'due_date');
  await setDueOn(app, actor, open, issue, dueOn);
  return c.json({ due_date: dueOn === null ? null : `${dueOn}T00:00:00Z` }, 201);
}
