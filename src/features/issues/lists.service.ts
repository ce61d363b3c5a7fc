// What stands around the list of a repository's issues: counts, pinned issues, and what its menus choose from.
import type { Actor } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import { permissionIncludes } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { namesOf } from '../users/authorship.service.ts';
import { assignablePeople } from './assignees.service.ts';
import { labelsFor } from './labels.service.ts';
import { countLabelsFor, countOpenMilestones, listPinned, listRecentPeople } from './lists.store.ts';
import { listMilestones } from './milestones.service.ts';

/** A pinned issue, for its card. */
export interface PinnedIssue extends Omit<Awaited<ReturnType<typeof listPinned>>[number], 'authorId'> {
  author: string | undefined;
}

export interface PersonChoice {
  name: string;
  displayName?: string;
  avatarHash: string | null;
}

/** Issues whose people are offered in menus: those that changed last. */
const RECENT_ISSUES = 500;
const MOST_PEOPLE = 200;

/** Counts of the tabs beside the list, and the pinned issues where they are shown. */
export async function listHeadOf(
  app: App,
  open: OpenRepository,
  showsPinned: boolean,
): Promise<{ labelCount: number; milestoneCount: number; pinned: PinnedIssue[] }> {
  const { id } = open.repository;
  const organizationId = open.owner.kind === 'organization' ? open.owner.id : undefined;
  const [labelCount, milestoneCount, pinned] = await Promise.all([
    countLabelsFor(app.db.read, id, organizationId),
    countOpenMilestones(app.db.read, id),
    showsPinned ? pinnedOf(app, id) : [],
  ]);
  return { labelCount, milestoneCount, pinned };
}

async function pinnedOf(app: App, repositoryId: number): Promise<PinnedIssue[]> {
  const rows = (await listPinned(app.db.read, repositoryId)).filter(({ isPull }) => !isPull);
  const names = await namesOf(
    app,
    rows.map(({ authorId }) => authorId),
  );
  return rows.map(({ authorId, ...row }) => ({ ...row, author: names.get(authorId)?.name }));
}

/** People for the menu of authors or assignees: the actor first, then who took part lately. */
async function peopleChoices(
  app: App,
  actor: Actor,
  open: OpenRepository,
  kind: 'author' | 'assignee',
  isPull: boolean,
): Promise<PersonChoice[]> {
  const ids = await listRecentPeople(app.db.read, open.repository.id, kind, isPull, RECENT_ISSUES);
  const own = actor.kind === 'user' ? [actor.userId] : [];
  const names = await namesOf(app, [...own, ...ids]);
  // Whom a repository knows, such as an organization's members, is for those who may assign them.
  const isKnown = kind === 'assignee' && permissionIncludes(open.permission, 'triage');
  const known = isKnown ? await assignablePeople(app, open, undefined, { limit: MOST_PEOPLE, isPull }) : [];
  const people = new Map<string, PersonChoice>();
  for (const id of [...own, ...ids.slice(0, MOST_PEOPLE)]) {
    const person = names.get(id);
    if (person) people.set(person.name, person);
  }
  for (const person of known) if (!people.has(person.name)) people.set(person.name, person);
  return [...people.values()];
}

/** What one of the filter menus chooses from. */
export async function filterChoices(
  app: App,
  actor: Actor,
  open: OpenRepository,
  key: 'author' | 'label' | 'milestone' | 'assignee',
  isPull = false,
) {
  if (key === 'label') return { labels: await labelsFor(app, open) };
  if (key === 'milestone') return { milestones: await listMilestones(app, open, 'all') };
  return { people: await peopleChoices(app, actor, open, key, isPull) };
}
