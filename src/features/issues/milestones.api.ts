// Milestones, deadlines and assignable people in Gitea's REST API v1.
import { invalid, notFound } from '../../base/errors.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import { readJson } from '../../platform/web/json.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { accountJson } from '../users/accounts.json.ts';
import { assignableToTell } from './assignees.service.ts';
import { parseDueOn } from './due-dates.input.ts';
import { requireIssue } from './issues.service.ts';
import { milestoneJson } from './metadata.json.ts';
import { setDueOn } from './metadata.service.ts';
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

export const milestoneApiRoutes: Route<Ability, OpenRepository>[] = [
  { method: 'get', path: MILESTONES, access: 'conversations:read', handler: getMilestones },
  { method: 'post', path: MILESTONES, access: 'conversations:manage', handler: postMilestone },
  { method: 'get', path: ONE, access: 'conversations:read', handler: getMilestone },
  { method: 'patch', path: ONE, access: 'conversations:manage', handler: patchMilestone },
  { method: 'delete', path: ONE, access: 'conversations:manage', handler: removeMilestone },
  { method: 'get', path: `${REPOSITORY}/assignees`, access: 'conversations:read', handler: getAssignees },
  {
    method: 'post',
    path: `${REPOSITORY}/issues/:index{[0-9]+}/deadline`,
    access: 'conversations:triage',
    handler: postDeadline,
  },
];

async function getMilestones(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const { page, limit } = pageOf(c);
  const { state = 'open', name = '' } = c.req.query();
  const rows = await listMilestones(app, open, state === 'closed' || state === 'all' ? state : 'open');
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
  const body = await readJson(c);
  const { title, description, due_on } = body;
  const row = await createMilestone(app, actor, open, { title, description: description ?? '', due_on });
  const isClosed = stateIn(body) === 'closed';
  return answer(c, open, isClosed ? await setMilestoneState(app, actor, open, row.id, 'closed') : row, 201);
}

async function patchMilestone(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const known = await milestoneOf(c, open);
  const body = await readJson(c);
  const state = stateIn(body);
  const fields = {
    title: body.title ?? known.title,
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

function stateIn({ state }: Record<string, unknown>): 'open' | 'closed' | undefined {
  if (state === undefined || state === null || state === '') return undefined;
  if (state !== 'open' && state !== 'closed') throw invalid({ state: 'Give open or closed.' });
  return state;
}

async function getAssignees(c: WebContext, open: OpenRepository): Promise<Response> {
  const people = await assignableToTell(c.var.app, open, MOST_ASSIGNABLE);
  return c.json(people.map((one) => accountJson(c.var.app, one)));
}

async function postDeadline(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const number = Number(c.req.param('index'));
  if (number > 2 ** 31 - 1) throw notFound('issue');
  const issue = await requireIssue(app, open, number);
  const dueOn = parseDueOn((await readJson(c)).due_date, 'due_date');
  await setDueOn(app, actor, open, issue, dueOn);
  return c.json({ due_date: dueOn === null ? null : `${dueOn}T00:00:00Z` }, 201);
}
