// What stands beside an issue, and what may be chosen there.
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { issueHref } from './addresses.service.ts';
import { type Assignable, assignablePeople } from './assignees.service.ts';
import { type Development, developmentModel } from './development.present.ts';
import type { IssueRow } from './issues.types.ts';
import { labelsFor } from './labels.service.ts';
import { listLabelsOf } from './labels.store.ts';
import type { LabelRow } from './labels.types.ts';
import { listAssigneesOf } from './metadata.store.ts';
import { type DueDate, dueDateOf, type MilestoneItem, milestoneItem } from './milestones.present.ts';
import { findMilestoneNamed, listMilestones, progressOfOne } from './milestones.service.ts';
import { findMilestone } from './milestones.store.ts';
import type { MilestoneRow } from './milestones.types.ts';
import { formatQuery, parseQuery, withTerm } from './queries.service.ts';
import { queryHref } from './query-links.present.ts';
import { type Relations, relationsModel } from './relations.present.ts';
import { mayOnIssues } from './standing.policy.ts';

/** People in a menu; more are found by typing their name. */
export const PEOPLE_IN_MENU = 100;

export interface SidebarPerson {
  id: number;
  name: string;
  displayName: string;
  avatarHash: string | null;
}

export interface SidebarLabel {
  id: number;
  name: string;
  color: string;
  description: string;
  href: string;
}

/** What the menus offer; undefined for whoever may not choose. */
export interface SidebarChoices {
  people: SidebarPerson[];
  labels: SidebarLabel[];
  milestones: { id: number; title: string; due: DueDate | undefined }[];
  /** The person at the page, if they may be assigned. */
  selfId: number | undefined;
  mayManage: boolean;
}

export interface Sidebar {
  /** `/owner/name/issues/12`; the forms post below it. */
  path: string;
  repositoryPath: string;
  assignees: SidebarPerson[];
  labels: SidebarLabel[];
  milestone: MilestoneItem | undefined;
  due: DueDate | undefined;
  choices: SidebarChoices | undefined;
  /** Its parts and its parent are shown beside its text: partials `parts` and `parent`. */
  relations: Relations;
  /** Pull requests have no relations. */
  hasRelations: boolean;
  /** Undefined where there is none. */
  development: Development | undefined;
}

/** The sidebar of an issue, for whoever opened the repository; a constant number of statements. */
export async function sidebarModel(app: App, open: OpenRepository, issue: IssueRow): Promise<Sidebar> {
  const [assignees, labels, milestone, relations, development] = await Promise.all([
    listAssigneesOf(app.db.read, [issue.id]),
    listLabelsOf(app.db.read, [issue.id]),
    issue.milestoneId === null
      ? undefined
      : findMilestone(app.db.read, open.repository.id, issue.milestoneId),
    relationsModel(app, open, issue),
    developmentModel(app, open, issue),
  ]);
  return {
    path: issueHref(open.path, issue),
    repositoryPath: open.path,
    assignees: assignees.map(({ userId: id, name, displayName, avatarHash }) => ({
      id,
      name,
      displayName,
      avatarHash,
    })),
    labels: labels.map(({ label }) => sidebarLabel(open, label)),
    milestone: await shownMilestone(app, open, milestone),
    due: dueDateOf(app, issue.dueOn, issue.state === 'closed'),
    choices: relations.mayTriage ? await choicesFor(app, open, issue) : undefined,
    relations,
    hasRelations: !issue.isPull,
    development,
  };
}

async function shownMilestone(
  app: App,
  open: OpenRepository,
  row: MilestoneRow | undefined,
): Promise<MilestoneItem | undefined> {
  if (!row) return undefined;
  return milestoneItem(app, open, row, await progressOfOne(app, open, row));
}

async function choicesFor(
  app: App,
  open: OpenRepository,
  issue: IssueRow | undefined,
): Promise<SidebarChoices> {
  const [people, labels, milestones, mayManage] = await Promise.all([
    assignablePeople(app, open, issue, { limit: PEOPLE_IN_MENU }),
    labelsFor(app, open),
    listMilestones(app, open, 'open'),
    mayOnIssues(app, open, 'conversations:manage'),
  ]);
  const { actor } = open;
  return {
    people: people.map(sidebarPerson),
    labels: labels.map((label) => sidebarLabel(open, label)),
    milestones: milestones.map((row) => ({
      id: row.id,
      title: row.title,
      due: dueDateOf(app, row.dueOn, false),
    })),
    selfId: actor.kind === 'user' && people.some(({ id }) => id === actor.userId) ? actor.userId : undefined,
    mayManage,
  };
}

/** What the form of a new issue had chosen, as it was sent or as the address named it. */
export interface ChosenMetadata {
  labels: readonly string[];
  assignees: readonly string[];
  milestone: string;
  dueOn: string;
}

/** What stands beside the form of a new issue; nothing but the choices for whoever may not triage is left out. */
export async function newSidebarModel(app: App, open: OpenRepository, chosen: ChosenMetadata) {
  const mayTriage = await mayOnIssues(app, open, 'issues:triage');
  if (!mayTriage) return undefined;
  const choices = await choicesFor(app, open, undefined);
  const milestone = chosen.milestone ? await findMilestoneNamed(app, open, chosen.milestone) : undefined;
  const key = (name: string) => name.trim().toLowerCase();
  const labels = new Set(chosen.labels.map(key));
  const assignees = new Set(chosen.assignees.map(key));
  return {
    choices,
    labels: choices.labels.filter(({ name }) => labels.has(key(name))),
    assignees: choices.people.filter(({ name }) => assignees.has(key(name))),
    milestone: milestone && { id: milestone.id, title: milestone.title },
    dueOn: chosen.dueOn,
  };
}

function sidebarPerson({ id, name, displayName, avatarHash }: Assignable): SidebarPerson {
  return { id, name, displayName, avatarHash };
}

/** A label as the sidebar, lists and menus draw it; it leads to the open issues that have it. */
export function sidebarLabel(
  open: Pick<OpenRepository, 'path'>,
  { id, name, color, description }: LabelRow,
): SidebarLabel {
  const query = formatQuery(withTerm(parseQuery('is:open'), 'label', name));
  return { id, name, color, description, href: queryHref(`${open.path}/issues`, query) };
}
