// What the menus beside an issue send: labels, assignees, milestone and due date.
import { isAppError, notFound } from '../../base/errors.ts';
import { readFormEntries } from '../../platform/web/forms.ts';
import { redirectWithMessage } from '../../platform/web/page.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { issueHref } from './addresses.service.ts';
import { ISSUE, issueAt } from './issue-requests.web.ts';
import type { IssueRow } from './issues.types.ts';
import { changeAssignees, changeLabels, setDueOn, setMilestone } from './metadata.service.ts';
import { userIdsNamed } from './metadata-names.service.ts';

/** Everything that one may do here asks for the same. */
const triage = { method: 'post', access: 'issues:triage' } as const;

export const metadataRoutes: Route<Ability, OpenRepository>[] = [
  { ...triage, path: `${ISSUE}/labels`, handler: (c, open) => act(c, open, postLabels) },
  { ...triage, path: `${ISSUE}/assignees`, handler: (c, open) => act(c, open, postAssignees) },
  { ...triage, path: `${ISSUE}/milestone`, handler: (c, open) => act(c, open, postMilestone) },
  { ...triage, path: `${ISSUE}/due`, handler: (c, open) => act(c, open, postDue) },
];

type Act = (c: WebContext, open: OpenRepository, issue: IssueRow, form: SentForm) => Promise<void>;

/** A form whose fields may be repeated. */
export interface SentForm {
  all(name: string): string[];
  one(name: string): string;
}

/** Changes the issue and leads back to its page, which says what went wrong. */
export async function act(c: WebContext, open: OpenRepository, work: Act): Promise<Response> {
  const issue = await issueAt(c, open);
  const form = formOf(await readFormEntries(c));
  const to = issueHref(open.path, issue);
  try {
    await work(c, open, issue, form);
  } catch (error) {
    if (isAppError(error, 'invalid', 'conflict')) return redirectWithMessage(c, to, error.message, 'error');
    throw error;
  }
  return c.redirect(to, 303);
}

function formOf(entries: readonly [string, string][]): SentForm {
  const all = (name: string) => entries.filter(([field]) => field === name).map(([, value]) => value);
  return { all, one: (name) => all(name).at(-1) ?? '' };
}

/** What was chosen and what was there when the page was made: others may have changed it meanwhile. */
function differences(form: SentForm, chosen: string): { add: number[]; remove: number[] } {
  const now = idsOf(form.all(chosen));
  const before = idsOf(form.all('had'));
  return {
    add: now.filter((id) => !before.includes(id)),
    remove: before.filter((id) => !now.includes(id)),
  };
}

const postLabels: Act = async (c, open, issue, form) => {
  await changeLabels(c.var.app, c.var.actor, open, issue, differences(form, 'label'));
};

const postAssignees: Act = async (c, open, issue, form) => {
  const { app, actor } = c.var;
  const { add, remove } = differences(form, 'assignee');
  const named = await userIdsNamed(app, [form.one('username').replace(/^\s*@/, '')]);
  await changeAssignees(app, actor, open, issue, { add: [...add, ...named], remove });
};

const postMilestone: Act = async (c, open, issue, form) => {
  const [id = null] = idsOf([form.one('milestone')].filter(Boolean));
  await setMilestone(c.var.app, c.var.actor, open, issue, id);
};

const postDue: Act = async (c, open, issue, form) => {
  const dueOn = form.one('clear') === 'on' ? null : form.one('due_on');
  await setDueOn(c.var.app, c.var.actor, open, issue, dueOn);
};

/** Ids that a form of ours sent; throws AppError not_found for what it cannot have sent. */
export function idsOf(values: readonly string[]): number[] {
  return values.map((value) => {
    if (!/^[1-9]\d{0,14}$/.test(value)) throw notFound('choice');
    return Number(value);
  });
}
