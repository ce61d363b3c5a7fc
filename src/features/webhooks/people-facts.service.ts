// What there is to say of people, teams, organizations, forks and of what a repository was before.
import { SYSTEM } from '../../base/actor.ts';
import { isoTime } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { labelJson } from '../issues/metadata.json.ts';
import { namedTeamsJson } from '../orgs/known-teams.json.ts';
import { teamsJson } from '../orgs/teams.json.ts';
import { summariesJson } from '../repos/repository.json.ts';
import { accountsJson, ghostJson } from '../users/accounts.json.ts';
import type { Facts, Json } from './facts.types.ts';
import { findLabelRow, findSummary, findTeam } from './happenings.store.ts';
import type { Happening } from './happenings.types.ts';

/** Whom and which team it is about, and what changed. */
export async function peopleFacts(app: App, happening: Happening): Promise<Partial<Facts>> {
  const { about, event } = happening;
  if (!event) return {};
  return {
    ...(about.userId === undefined ? {} : { person: await personOf(app, happening, about.userId) }),
    ...(about.teamId === undefined ? {} : { team: await teamOf(app, happening, about.teamId) }),
    ...(await forkOf(app, happening)),
    ...(await changesOf(app, happening)),
    ...roleOf(happening),
    ...(await invitationOf(app, happening)),
    ...(await organizationLabel(app, happening)),
  };
}

/** Of a deleted account no more is left than the name in the event. */
async function personOf(app: App, { event }: Happening, id: number): Promise<Json> {
  const known = (await accountsJson(app, undefined, [id])).get(id) ?? ghostJson(app);
  if (event?.kind !== 'user.deleted' || event.name === undefined) return known;
  return { ...ghostJson(app), id, login: event.name, username: event.name };
}

/** Whole to those of its organization; of a secret one that is asked for a review no more than its name. */
async function teamOf(app: App, { event, name: kind }: Happening, id: number): Promise<Json> {
  const row = await findTeam(app.db.read, id);
  if (row && kind !== 'team') {
    const named = (await namedTeamsJson(app, SYSTEM, row.organizationId, [row])).get(id);
    if (named) return named;
  }
  const [json] = row ? await teamsJson(app, SYSTEM, [row]) : [];
  if (json) return json;
  const name = event && 'name' in event && typeof event.name === 'string' ? event.name : '';
  const plain = { id, name, description: '', organization: null, includes_all_repositories: false };
  const may = { permission: 'none', units: [], units_map: {}, can_create_org_repo: false };
  return { ...plain, ...may, is_secret: false, parent_id: null, html_url: app.publicUrl() };
}

async function forkOf(app: App, { event, name }: Happening): Promise<Pick<Facts, 'fork'>> {
  if (event?.kind !== 'repository.forked' || name !== 'fork') return {};
  const summary = await findSummary(app.db.read, event.repositoryId);
  const [fork] = summary ? await summariesJson(app, SYSTEM, [summary]) : [];
  return fork ? { fork: { ...fork, parent: null, repo_transfer: null } } : {};
}

/** In GitHub's form. */
async function changesOf(app: App, { event }: Happening): Promise<Pick<Facts, 'changes'>> {
  if (event?.kind === 'repository.renamed')
    return { changes: { repository: { name: { from: event.from } } } };
  if (event?.kind === 'repository.visibility_changed')
    return { changes: { visibility: { from: event.from } } };
  if (event?.kind === 'repository.updated')
    return { changes: Object.fromEntries(event.changes.map((name) => [name, {}])) };
  if (event?.kind === 'repository.topics_changed') return { changes: { topics: {} } };
  if (event?.kind === 'repository.transferred') {
    const from = (await accountsJson(app, undefined, [event.fromId])).get(event.fromId);
    return { changes: { owner: { from } } };
  }
  if (event?.kind === 'collaborator.set')
    return {
      changes: { permission: { ...(event.before ? { from: event.before } : {}), to: event.permission } },
    };
  return {};
}

function roleOf({ event }: Happening): Pick<Facts, 'role'> {
  if (!event) return {};
  if ('role' in event && typeof event.role === 'string') return { role: event.role };
  if ('permission' in event && typeof event.permission === 'string') return { role: event.permission };
  return {};
}

/** Whom it was sent to; an address is told nobody but those who sent it, in their settings. */
async function invitationOf(app: App, { event }: Happening): Promise<Pick<Facts, 'invitation' | 'person'>> {
  if (event?.kind !== 'invitation.sent') return {};
  const created_at = isoTime(event.createdAt);
  const { invitedUserId: id } = event;
  if (id === undefined) return { invitation: { login: null, created_at } };
  const person = (await accountsJson(app, undefined, [id])).get(id) ?? ghostJson(app);
  return { invitation: { login: person.login, created_at }, person };
}

/** Of a deleted one its name. */
async function organizationLabel(app: App, { event }: Happening): Promise<Pick<Facts, 'label'>> {
  if (!event?.kind.startsWith('organization_label.') || !('organizationId' in event)) return {};
  if (!('labelId' in event)) return {};
  const { labelId: id, name } = event;
  const owner = String(
    (await accountsJson(app, undefined, [event.organizationId])).get(event.organizationId)?.login,
  );
  const row = await findLabelRow(app.db.read, id);
  if (row) return { label: labelJson(app, owner, row) };
  const url = `${app.publicUrl()}/api/v1/orgs/${owner}/labels/${id}`;
  return { label: { id, name, exclusive: false, is_archived: false, color: 'ededed', description: '', url } };
}
